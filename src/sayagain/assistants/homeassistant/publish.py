"""Teaching Home Assistant itself: files put in place at once, tried, and taken back when anything goes wrong."""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError

__all__ = ["Published", "add_alias", "publish"]

CANARY = "never mind"
"""What every Home Assistant understands and nothing is done for."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What became of files."""

    understood: tuple[str, ...] = ()
    """Sentences that Home Assistant understands from them now."""
    taken_back: str | None = None
    """Why the files are as they were before; None when they are in place."""


async def publish(home: HomeAssistant, files: Mapping[str, bytes], folder: Path) -> Published:
    """Put files into Home Assistant's folder of configuration, have it read them, and see that it understands.

    Args:
        home: is told to read them, and tried.
        files: as `sentences` gives them.
        folder: its folder of configuration; where it reads another one, the files stay and nothing is understood.

    Raises:
        OSError: a file cannot be written.
    """
    try:
        blocks = [yaml.safe_load(content) for content in files.values()]
    except yaml.YAMLError as error:
        return Published(taken_back=f"they are no YAML: {' '.join(str(error).split())}")
    before = {name: (folder / name).read_bytes() if (folder / name).exists() else None for name in files}
    for name, content in files.items():
        _write(folder / name, content)
    try:
        understood = await _tried(home, blocks)
    except ServiceError as error:
        for name, earlier in before.items():
            if earlier is None:
                (folder / name).unlink(missing_ok=True)
            else:
                _write(folder / name, earlier)
        with contextlib.suppress(ServiceError):
            await home.post("/api/services/conversation/reload")
        return Published(taken_back=str(error))
    return Published(understood=understood)


async def add_alias(home: HomeAssistant, entity_id: str, names: set[str]) -> tuple[str, ...]:
    """Give a thing other names beside those that it has; returns those that are new.

    Args:
        home: whose thing.
        entity_id: the thing.
        names: what it is also called.

    Raises:
        ServiceError: there is no such thing, or Home Assistant refuses.
    """
    entry = await home.call("config/entity_registry/get", entity_id=entity_id)
    # A null among them is the thing's own name: without it, that would be gone.
    has = list(entry.get("aliases") or [None])
    known = {each.casefold() for each in has if isinstance(each, str)}
    new = tuple(sorted(name for name in names if name.casefold() not in known))
    if new:
        await home.call("config/entity_registry/update", entity_id=entity_id, aliases=[*has, *new])
    return new


async def _tried(home: HomeAssistant, blocks: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    await home.post("/api/services/conversation/reload")
    understood: list[str] = []
    for block in blocks:
        language = block["language"]
        texts = [text for intent in block["intents"].values() for each in intent["data"] for text in each["sentences"]]
        found = await home.call("conversation/agent/homeassistant/debug", sentences=[CANARY, *texts], language=language)
        if not (found["results"][0] or {}).get("match"):
            raise ServiceError(f"Home Assistant no longer understands “{CANARY}”")
        for text, each in zip(texts, found["results"][1:], strict=True):
            if each is not None and each.get("source") == "custom":
                understood.append(text)
        answer = await home.converse(CANARY, language=language)
        if answer["response"].get("response_type") == "error":
            raise ServiceError(f"Home Assistant answers “{CANARY}” with an error")
    return tuple(understood)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".sayagain-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Home Assistant may run as another user than we do.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
