"""Resolve mode: the intent itself instead of words, and always with the room in which it was asked."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.area_registry import is_implicit_slot
from sayagain.errors import ServiceError
from sayagain.turns import Nlu, Slot

__all__ = ["PLACES", "ResolvedIntent", "resolve"]

PLACES = frozenset({"name", "area", "floor"})
"""Slots that say where; without one of them an intent acts on the whole house."""


class ResolvedIntent(msgspec.Struct, frozen=True, kw_only=True):
    """An intent that Home Assistant can execute."""

    intent: str
    """Its name."""
    slots: dict[str, Any]
    """Its slots, the room among them."""
    read: Nlu
    """What was read in the words, without what was added."""


async def resolve(
    home: HomeAssistant,
    text: str,
    *,
    language: str | None,
    device_id: str | None,
    area_id: str | None,
    area: str | None,
) -> ResolvedIntent | None:
    """Return the intent of words; None where Home Assistant's sentences do not match, or nothing says where to act.

    Args:
        home: is asked how it would read the words; nothing is done.
        text: the words.
        language: of the words.
        device_id: the device spoken to.
        area_id: the room that it stands in.
        area: the name of that room.
    """
    given = {"language": language, "device_id": device_id}
    fields = {name: value for name, value in given.items() if value is not None}
    try:
        answer = await home.call("conversation/agent/homeassistant/debug", sentences=[text], **fields)
    except ServiceError:
        return None
    found = (answer.get("results") or [None])[0]
    return _resolved(found, text, area_id, area) if isinstance(found, dict) else None


def _resolved(found: Mapping[str, Any], text: str, area_id: str | None, area: str | None) -> ResolvedIntent | None:
    # A trigger of the user's own runs an automation, and what aims at nothing (timers, the time of day) has more to it
    # than its slots: both are for Home Assistant itself.
    if not found.get("match") or found.get("source") == "trigger" or not found.get("targets"):
        return None
    intent = found["intent"]["name"]
    slots = {name: detail["value"] for name, detail in found.get("details", {}).items()}
    read = Nlu(
        engine="homeassistant",
        intent=intent,
        slots=tuple(
            Slot(name, value)
            for name, value in sorted(slots.items())
            if isinstance(value, str | int | float) and not is_implicit_slot(name, value, area, text)
        ),
    )
    if not PLACES & slots.keys():
        if area_id is None:
            return None
        slots["area"] = area_id
    elif area_id is not None:
        # Of several things of one name the one in this room is meant.
        slots["preferred_area_id"] = area_id
    return ResolvedIntent(intent=intent, slots=slots, read=read)
