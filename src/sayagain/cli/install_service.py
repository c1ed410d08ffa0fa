"""The command that writes a systemd unit for the service."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions
from sayagain.config import is_server, load_settings
from sayagain.errors import SettingError
from sayagain.learner.nightly_learning import time_of_day

__all__ = ["install_service", "service_unit"]

NAME = "sayagain.service"

_SYSTEM_FOLDER = Path("/etc/systemd/system")
_USER_FOLDER = Path(".config/systemd/user")
_STATE_FOLDER = "/var/lib/sayagain"
"""The folder that systemd makes for `StateDirectory=sayagain`."""

_UNIT = """\
[Unit]
Description=sayagain, the self-learning layer for conversational assistants
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=5
TimeoutStopSec=30
WorkingDirectory={folder}
{account}
NoNewPrivileges=yes

[Install]
WantedBy={target}
"""

_ACCOUNT = """\
DynamicUser=yes
StateDirectory=sayagain
PrivateTmp=yes
ProtectSystem=strict
ProtectHome=read-only
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictSUIDSGID=yes
LockPersonality=yes"""
"""An account of the service's own. The manager of a user cannot confine a service like this on every system."""


def install_service(
    *,
    user: Annotated[bool, Parameter(negative="")] = False,
    host: str = "127.0.0.1",
    port: int = 8787,
    learn_at: str = "03:00",
    environment_file: Path | None = None,
    output: Path | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Write a systemd unit that runs the service from boot on and learns every night; print the commands that start it.

    Without `--user` the service runs under an account of its own, with its database in /var/lib/sayagain.

    Args:
        user: Whether to write a unit of your own account, which needs no root; its database is the one of `--db`.
        host: Address to listen on; an address that other machines can reach requires a token.
        port: Port to listen on.
        learn_at: Time of day at which to learn.
        environment_file: File that sets SAYAGAIN_DB and the like, readable by root alone: for a server, whose address
            holds a password.
        output: File for the unit; by default systemd's own folder.
        common: Options of every command.
    """
    time_of_day(learn_at)
    db = load_settings({"db": common.db}).db
    if environment_file is None and (db == ":memory:" or is_server(db)):
        raise SettingError("--db is no file; write SAYAGAIN_DB=… to a file, and name it with --environment-file")
    file = Path(db).absolute() if user else Path(_STATE_FOLDER, Path(db).name)
    path = output or (Path.home() / _USER_FOLDER if user else _SYSTEM_FOLDER) / NAME
    unit = service_unit(file, user=user, host=host, port=port, learn_at=learn_at, environment_file=environment_file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(unit, encoding="utf-8")
    control = "systemctl --user" if user else "sudo systemctl"
    steps = [f"{control} daemon-reload", f"{control} enable --now {NAME}", f"{control} status {NAME}"]
    record = {"file": str(path), "db": None if environment_file else str(file), "commands": steps}
    common.output.result(record, [f"the unit is in {path}; start it with:", *(f"  {step}" for step in steps)])


def service_unit(
    file: Path, *, user: bool, host: str, port: int, learn_at: str, environment_file: Path | None = None
) -> str:
    """Return a systemd unit that runs the service.

    Args:
        file: database of the service, an absolute path.
        user: whether it is a unit of a user's own.
        host: address to listen on.
        port: port to listen on.
        learn_at: time of day at which to learn.
        environment_file: names the database instead.

    >>> unit = service_unit(Path("/data/home.db"), user=True, host="::1", port=1, learn_at="3:00")
    >>> unit.splitlines()[-1]
    'WantedBy=default.target'
    """
    database = [] if environment_file is not None else ["--db", str(file)]
    arguments = ["serve", *database, "--host", host, "--port", str(port), "--learn-at", learn_at]
    account = "" if user else f"{_ACCOUNT}\n"
    if environment_file is not None:
        account += f"EnvironmentFile={_escape(str(environment_file.absolute()))}\n"
    return _UNIT.format(
        command=_escape(shlex.join([sys.executable, "-m", "sayagain.cli", *arguments])),
        folder=_escape(str(file.parent)),
        account=account.rstrip("\n"),
        target="default.target" if user else "multi-user.target",
    )


def _escape(text: str) -> str:
    """Return a text for a unit, where a percent sign begins a specifier."""
    return text.replace("%", "%%")
