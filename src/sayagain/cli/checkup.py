"""Checks of an installation: Python, optional parts, the database, the service, Home Assistant."""

import asyncio
import importlib.metadata
import json
import platform
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

import sayagain
from sayagain.cli.output import iso
from sayagain.config import is_server, load_settings
from sayagain.errors import MissingExtra, SayagainError, SettingError
from sayagain.extras import install_command
from sayagain.store import open_store

__all__ = ["Check", "check_all"]

_SECONDS = 3.0
"""Longest wait for a service."""

_EXTRA = re.compile(r"""extra\s*==\s*['"]([\w-]+)['"]""")
_NAME = re.compile(r"[\w.-]+")


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What was found of one thing."""

    name: str
    """The thing."""
    state: Literal["ok", "missing", "broken"]
    """Whether it works, is not there, or is there and does not work."""
    found: str
    """What was found."""
    advice: str | None = None
    """What to do about it, or what comes next; None for nothing."""
    optional: bool = False
    """Whether sayagain does without it."""


def check_all(
    db: str | None, *, service: str, token: str | None, home: str | None, home_token: str | None
) -> list[Check]:
    """Return all checks, of what everything else rests on first.

    Args:
        db: database; None for that of the settings.
        service: address of a service.
        token: its token.
        home: address of a Home Assistant; None to try none.
        home_token: its token.
    """
    python = f"{platform.python_version()} in {sys.prefix}"
    checks = [
        Check(name="sayagain", state="ok", found=sayagain.__version__),
        Check(name="python", state="ok", found=python),
        *check_extras(),
        check_database(db),
        check_service(service, token),
    ]
    return checks if home is None else [*checks, check_home(home, home_token)]


def check_extras() -> Iterator[Check]:
    """Yield the optional parts, each with the packages that it lacks."""
    wanted: dict[str, list[str]] = {}
    for requirement in importlib.metadata.requires("sayagain") or []:
        condition, package = _EXTRA.search(requirement), _NAME.match(requirement)
        if condition is not None and package is not None:
            wanted.setdefault(condition[1], []).append(package[0])
    for extra, names in sorted(wanted.items()):
        lacking = [name for name in names if name != "sayagain" and not _is_installed(name)]
        yield Check(
            name=f"extra {extra}",
            state="missing" if lacking else "ok",
            found=f"without {', '.join(lacking)}" if lacking else "installed",
            advice=install_command(extra) if lacking else None,
            optional=True,
        )


def check_database(db: str | None) -> Check:
    """Return what the database holds; a missing one is not made."""
    try:
        settings = load_settings({"db": db})
    except SettingError as error:
        return Check(name="settings", state="broken", found=str(error), advice="mend the setting that is named")
    name = settings.db_name
    if not is_server(settings.db) and not Path(settings.db).exists():
        begin = "sayagain ingest LOG, sayagain attach ASSISTANT, or sayagain demo to see how it works"
        return Check(name="database", state="missing", found=f"{name}: none yet", advice=begin)
    try:
        with open_store(settings.db) as store:
            span, release = store.span(), store.release_in_use()
    except (SayagainError, OSError) as error:
        return Check(name="database", state="broken", found=str(error), advice="mend the database, or name another")
    if span is None:
        begin = "sayagain ingest LOG, or sayagain attach ASSISTANT"
        return Check(name="database", state="ok", found=f"{name}: no turns yet", advice=begin)
    learnt = "nothing was learnt yet" if release is None else f"release {release} is in use"
    return Check(
        name="database",
        state="ok",
        found=f"{name}: turns up to {iso(span[1])[:10]}; {learnt}",
        advice="sayagain learn, then sayagain promote" if release is None else None,
    )


def check_service(url: str, token: str | None) -> Check:
    """Return whether a service answers, and takes the token."""
    start = "sayagain serve, if programs or a browser are to use it"
    try:
        ready = _get(f"{url}/readyz", None)
    except urllib.error.HTTPError as error:
        advice = "read the log of the service, or name another address"
        return Check(name="service", state="broken", found=f"{url}: {_detail(error)}", advice=advice)
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        found = f"{url} cannot be reached: {reason}"
        return Check(name="service", state="missing", found=found, advice=start, optional=True)
    release = f"release {ready['release']}" if ready.get("release") else "no release in use"
    try:
        version = _get(f"{url}/v1/summary", token)["version"]
    except urllib.error.HTTPError as error:
        advice = "sayagain token create NAME --scope read --any-user, and give it as --service-token"
        return Check(name="service", state="broken", found=f"{url} is ready, but: {_detail(error)}", advice=advice)
    except (OSError, ValueError, KeyError) as error:
        advice = "read the log of the service"
        return Check(name="service", state="broken", found=f"{url} is ready, but: {error}", advice=advice)
    return Check(name="service", state="ok", found=f"{url} is ready: version {version}, {release}")


def check_home(url: str, token: str | None) -> Check:
    """Return whether Home Assistant can be reached, and whether it has an agent of ours."""
    name = "Home Assistant"
    if not token:
        advice = "create a token in your Home Assistant profile (Security), and give it as --token"
        return Check(name=name, state="broken", found="no token for it", advice=advice)
    try:
        version, agents = asyncio.run(_ask_home(url, token))
    except MissingExtra as error:
        advice = install_command("homeassistant")
        return Check(name=name, state="missing", found=str(error), advice=advice)
    except SayagainError as error:
        return Check(name=name, state="broken", found=str(error), advice="mend its address or token")
    if agents:
        return Check(name=name, state="ok", found=f"{url}: version {version}, with the agent {', '.join(agents)}")
    found = f"{url}: version {version}, without an agent of sayagain"
    return Check(name=name, state="ok", found=found, advice=f"sayagain attach homeassistant --url {url}")


async def _ask_home(url: str, token: str) -> tuple[str | None, list[str]]:
    from sayagain.assistants.homeassistant.api import HomeAssistant  # noqa: PLC0415  (an extra's part)

    async with HomeAssistant(url, token) as home:
        entities = await home.call("config/entity_registry/list")
        agents = [
            entity["entity_id"]
            for entity in entities
            if entity["entity_id"].startswith("conversation.") and "sayagain" in entity["entity_id"]
        ]
        return home.version, agents


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _get(url: str, token: str | None) -> dict[str, object]:
    if not url.startswith(("http://", "https://")):
        raise ValueError("it is no http address")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  (checked above)
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  (the same)
        content = json.load(answer)
    if not isinstance(content, dict):
        raise ValueError("it is no service of sayagain")  # noqa: TRY004  (what was answered, not what was called)
    return content


def _detail(error: urllib.error.HTTPError) -> str:
    try:
        problem = json.load(error)
    except ValueError:
        problem = None
    said = problem.get("detail") if isinstance(problem, dict) else None
    return str(said) if said else f"another service answers there, with status {error.code}"
