"""Run the add-on: the service, what Home Assistant needs to find it, and the agent if it was chosen.

The Supervisor gives the options in /data/options.json, its token in SUPERVISOR_TOKEN, and the name of this container
in HOSTNAME. See https://developers.home-assistant.io/docs/add-ons/communication.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

DATA = Path(os.environ.get("SAYAGAIN_ADDON_DATA", "/data"))
SUPERVISOR = os.environ.get("SAYAGAIN_ADDON_SUPERVISOR", "http://supervisor")
INGRESS = "172.30.32.2"
"""Address of the Supervisor, which signs people in before it passes them on to the console."""

SCOPES = ("rewrite", "observe", "teach", "read")
SERVICE_PORT, AGENT_PORT = 8787, 10500
START_SECONDS = 120


def main() -> int:
    """Run until a process ends or the Supervisor stops the add-on; return the exit code."""
    options = json.loads((DATA / "options.json").read_text(encoding="utf-8"))
    host, token = os.environ["HOSTNAME"], make_token()
    processes = [start("serve", *service_arguments(options))]
    stop_with(processes)
    if not wait_until_ready(processes[0]):
        return end(processes)
    if options["agent"] == "wyoming":
        processes.append(start("attach", "homeassistant", *agent_arguments(host), token=token))
        announce("wyoming", {"uri": f"tcp://{host}:{AGENT_PORT}"})
    else:
        announce("sayagain", {"host": host, "port": SERVICE_PORT, "token": token})
    while all(process.poll() is None for process in processes):
        time.sleep(0.5)
    return end(processes)


def make_token() -> str:
    """Return the token of this home; made at the first start, and again if its file was deleted."""
    path = DATA / "token"
    if not path.exists():
        scopes = [argument for scope in SCOPES for argument in ("--scope", scope)]
        # The name of a token is taken for good, also when its secret is lost.
        name = f"homeassistant-{int(time.time())}"
        made = subprocess.run(
            [*sayagain("token", "create"), name, "--home", "home", *scopes, "--db", str(database())],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        path.touch(mode=0o600)
        path.write_text(made.stdout.strip(), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def service_arguments(options: dict[str, str]) -> list[str]:
    """Return the arguments of the service."""
    address = ["--host", "0.0.0.0", "--port", str(SERVICE_PORT)]  # noqa: S104  (a container of its own; tokens guard it)
    return [*address, "--learn-at", options["learn_at"], "--signing-proxy", INGRESS, "--db", str(database())]


def agent_arguments(host: str) -> list[str]:
    """Return the arguments of the agent, which reaches Home Assistant through the Supervisor."""
    service = ["--service", f"http://127.0.0.1:{SERVICE_PORT}"]
    return ["--url", f"{SUPERVISOR}/core", "--host", host, "--port", str(AGENT_PORT), *service, "--db", str(database())]


def database() -> Path:
    """Return the database, which is in the folder that the Supervisor backs up."""
    return DATA / "home.db"


def sayagain(*words: str) -> list[str]:
    """Return a command of sayagain."""
    return [sys.executable, "-m", "sayagain.cli", *words]


def start(*words: str, token: str | None = None) -> subprocess.Popen[bytes]:
    """Start a command; secrets go through its environment, which other processes cannot list."""
    environment = dict(os.environ)
    if token is not None:
        environment["SAYAGAIN_HOMEASSISTANT_TOKEN"] = os.environ["SUPERVISOR_TOKEN"]
        environment["SAYAGAIN_SERVICE_TOKEN"] = token
    return subprocess.Popen(sayagain(*words), env=environment)


def wait_until_ready(service: subprocess.Popen[bytes]) -> bool:
    """Return whether the service answers before it ends or the time is over."""
    end_time = time.monotonic() + START_SECONDS
    while service.poll() is None and time.monotonic() < end_time:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{SERVICE_PORT}/readyz", timeout=2):
                return True
        except OSError:
            time.sleep(0.2)
    return False


def announce(name: str, config: dict[str, object]) -> None:
    """Have Home Assistant offer to set up what it found; without it the add-on runs on, and is set up by hand."""
    request = urllib.request.Request(
        f"{SUPERVISOR}/discovery",
        json.dumps({"service": name, "config": config}).encode(),
        {"Authorization": f"Bearer {os.environ['SUPERVISOR_TOKEN']}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10):
            print(f"Home Assistant offers to set up {name}", file=sys.stderr)
    except OSError as error:
        print(f"the Supervisor did not take the discovery of {name}: {error}", file=sys.stderr)


def stop_with(processes: list[subprocess.Popen[bytes]]) -> None:
    """Pass SIGTERM on to the processes."""

    def stop(*_: object) -> None:
        for process in processes:
            process.terminate()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def end(processes: list[subprocess.Popen[bytes]]) -> int:
    """Stop what still runs; return the exit code of the first process that failed, or 0."""
    for process in processes:
        process.terminate()
    codes = [process.wait() for process in processes]
    return next((code for code in codes if code > 0), 0)


if __name__ == "__main__":
    sys.exit(main())
