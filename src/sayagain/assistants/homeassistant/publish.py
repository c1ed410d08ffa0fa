"""Publication of files to Home Assistant: written atomically, tried, and restored if anything fails."""

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
from sayagain.languages import language_of

__all__ = ["PublishResult", "add_alias", "publish"]

CANARY = "never mind"
"""A sentence without effect that every Home Assistant understands in English."""


class PublishResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of a publication."""

    understood: tuple[str, ...] = ()
    """Sentences of the files that Home Assistant understands now."""
    failure: str | None = None
    """Why the earlier files were restored; None if the new ones are in place."""


async def publish(home: HomeAssistant, files: Mapping[str, bytes], folder: Path) -> PublishResult:
    """Write files into Home Assistant's configuration folder, reload them, and check that it understands them.

    Args:
        home: the Home Assistant.
        files: the result of `custom_sentences`.
        folder: its configuration folder; if it reads another one, the files stay and nothing is understood.

    Raises:
        OSError: a file cannot be written.
    """
    try:
        blocks = [yaml.safe_load(content) for content in files.values()]
    except yaml.YAMLError as error:
        return PublishResult(failure=f"the files are not YAML: {' '.join(str(error).split())}")
    backups = {name: (folder / name).read_bytes() if (folder / name).exists() else None for name in files}
    for name, content in files.items():
        _write(folder / name, content)
    try:
        understood = await _try_out(home, blocks)
    except ServiceError as error:
        for name, backup in backups.items():
            if backup is None:
                (folder / name).unlink(missing_ok=True)
            else:
                _write(folder / name, backup)
        with contextlib.suppress(ServiceError):
            await home.post("/api/services/conversation/reload")
        return PublishResult(failure=str(error))
    return PublishResult(understood=understood)


async def add_alias(home: HomeAssistant, entity_id: str, names: set[str]) -> tuple[str, ...]:
    """Add aliases to an entity and return those that are new.

    Args:
        home: the Home Assistant.
        entity_id: the entity.
        names: the aliases.

    Raises:
        ServiceError: there is no such entity, or Home Assistant refuses.
    """
    entry = await home.call("config/entity_registry/get", entity_id=entity_id)
    # A null among them stands for the entity's own name, which must stay.
    aliases = list(entry.get("aliases") or [None])
    known_names = {alias.casefold() for alias in aliases if isinstance(alias, str)}
    new_aliases = tuple(sorted(name for name in names if name.casefold() not in known_names))
    if new_aliases:
        await home.call("config/entity_registry/update", entity_id=entity_id, aliases=[*aliases, *new_aliases])
    return new_aliases


async def _try_out(home: HomeAssistant, blocks: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    await home.post("/api/services/conversation/reload")
    understood: list[str] = []
    for block in blocks:
        language = block["language"]
        texts = [
            text for intent in block["intents"].values() for entry in intent["data"] for text in entry["sentences"]
        ]
        canary = [CANARY] if language_of(language) == "en" else []
        results = await home.call(
            "conversation/agent/homeassistant/debug", sentences=[*canary, *texts], language=language
        )
        if canary and not (results["results"][0] or {}).get("match"):
            raise ServiceError(f"Home Assistant no longer understands “{CANARY}”")
        for text, result in zip(texts, results["results"][len(canary) :], strict=True):
            if result is not None and result.get("source") == "custom":
                understood.append(text)
        if not canary:
            continue
        answer = await home.converse(CANARY, language=language)
        if answer["response"].get("response_type") == "error":
            raise ServiceError(f"Home Assistant answers “{CANARY}” with an error")
    return tuple(understood)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary_path = tempfile.mkstemp(dir=path.parent, prefix=".sayagain-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Home Assistant may run as another user.
        Path(temporary_path).chmod(0o644)
        Path(temporary_path).replace(path)
    except BaseException:
        Path(temporary_path).unlink(missing_ok=True)
        raise
