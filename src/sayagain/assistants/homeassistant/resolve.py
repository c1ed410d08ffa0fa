"""Resolve mode: the intent itself instead of words, always with the room of the request."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.area_registry import is_implicit_slot
from sayagain.errors import ServiceError
from sayagain.turns import Nlu, Slot

__all__ = ["PLACES", "ResolvedIntent", "resolve"]

PLACES = frozenset({"name", "area", "floor"})
"""Slots that name a target; without one of them an intent acts on the whole house."""


class ResolvedIntent(msgspec.Struct, frozen=True, kw_only=True):
    """An intent that Home Assistant can execute."""

    intent: str
    """Name of the intent."""
    slots: dict[str, Any]
    """Slots, including the room."""
    nlu: Nlu
    """The NLU hypothesis of the words, without the added room."""


async def resolve(
    home: HomeAssistant,
    text: str,
    *,
    language: str | None,
    device_id: str | None,
    area_id: str | None,
    area: str | None,
) -> ResolvedIntent | None:
    """Return the intent of words; None if no sentence of Home Assistant matches, or if no target is known.

    Args:
        home: parses the words without acting.
        text: the words.
        language: language of the words.
        device_id: the device spoken to.
        area_id: area id of the device.
        area: name of that area.
    """
    optional_fields = {"language": language, "device_id": device_id}
    fields = {name: value for name, value in optional_fields.items() if value is not None}
    try:
        answer = await home.call("conversation/agent/homeassistant/debug", sentences=[text], **fields)
    except ServiceError:
        return None
    result = (answer.get("results") or [None])[0]
    return _to_intent(result, text, area_id, area) if isinstance(result, dict) else None


def _to_intent(result: Mapping[str, Any], text: str, area_id: str | None, area: str | None) -> ResolvedIntent | None:
    # A sentence trigger runs an automation, and an intent without targets (timers, the time of day) needs more than its
    # slots: Home Assistant itself handles both.
    if not result.get("match") or result.get("source") == "trigger" or not result.get("targets"):
        return None
    intent = result["intent"]["name"]
    slots = {name: detail["value"] for name, detail in result.get("details", {}).items()}
    nlu = Nlu(
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
        # Of several entities of one name, the one in this room is meant.
        slots["preferred_area_id"] = area_id
    return ResolvedIntent(intent=intent, slots=slots, nlu=nlu)
