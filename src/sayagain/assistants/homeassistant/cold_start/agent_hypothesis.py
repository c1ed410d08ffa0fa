"""What Home Assistant's own agent would do with a request: intents, their slots, and the things that they act on."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.cold_start.home import Entity, HomeSnapshot
from sayagain.text import normalise

__all__ = ["AIMED", "QUESTIONS", "AgentHypothesis", "IntentCall", "intent_targets"]

QUESTIONS = frozenset(
    {
        "HassGetState",
        "HassClimateGetTemperature",
        "HassGetCurrentTime",
        "HassGetCurrentDate",
        "HassGetWeather",
        "HassTimerStatus",
    }
)
"""Intents that answer and change nothing."""

_DOMAINS = {
    "HassLightSet": "light",
    "HassClimateSetTemperature": "climate",
    "HassClimateGetTemperature": "climate",
    "HassFanSetSpeed": "fan",
    "HassVacuumStart": "vacuum",
    "HassVacuumReturnToBase": "vacuum",
    "HassLawnMowerStartMowing": "lawn_mower",
    "HassLawnMowerDock": "lawn_mower",
    "HassHumidifierSetpoint": "humidifier",
    "HassHumidifierMode": "humidifier",
    "HassMediaPause": "media_player",
    "HassMediaUnpause": "media_player",
    "HassMediaNext": "media_player",
    "HassMediaPrevious": "media_player",
    "HassMediaPlayerMute": "media_player",
    "HassMediaPlayerUnmute": "media_player",
    "HassMediaSearchAndPlay": "media_player",
    "HassSetVolume": "media_player",
    "HassSetVolumeRelative": "media_player",
}
"""Intents that act on one domain, said or not."""

AIMED = frozenset({*_DOMAINS, "HassTurnOn", "HassTurnOff", "HassToggle", "HassSetPosition", "HassGetState"})
"""Intents that need something to act on."""

_LACKING = {
    # (intent, domain) → the bits of `supported_features` that it needs, so that acting would not end in an error.
    ("HassTurnOn", "cover"): 1,
    ("HassTurnOff", "cover"): 2,
    ("HassSetPosition", "cover"): 4,
    ("HassFanSetSpeed", "fan"): 1,
    ("HassVacuumStart", "vacuum"): 8192,
    ("HassVacuumReturnToBase", "vacuum"): 16,
    ("HassMediaPause", "media_player"): 1,
    ("HassSetVolume", "media_player"): 4,
}


class IntentCall(msgspec.Struct, frozen=True, kw_only=True):
    """One intent of a request; "turn on this and that" has two."""

    intent: str
    """As Home Assistant names it, for example `HassTurnOn`."""
    slots: dict[str, Any]
    """Its slots; rooms and things by id where the matcher knows them, else by name."""
    targets: frozenset[str]
    """The things acted on, or asked about."""

    @property
    def does(self) -> str:
        """What is done, whatever to: two frames that differ in this do different things."""
        apart = {"name", "area", "floor", "domain", "device_class", "preferred_area_id"}
        rest = sorted((key, _plain(value)) for key, value in self.slots.items() if key not in apart)
        return "|".join([self.intent, *(f"{key}={value}" for key, value in rest)])


class AgentHypothesis(msgspec.Struct, frozen=True, kw_only=True):
    """What would be done with a request."""

    frames: tuple[IntentCall, ...]
    """Its intents, in order."""
    left: tuple[str, ...] = ()
    """Words that bear meaning and were not used."""
    guessed: tuple[str, ...] = ()
    """Words that were taken for a name that they only resemble."""
    sentence: bool = True
    """Whether a sentence template matched all of it; otherwise its words were only spotted."""

    @property
    def targets(self) -> frozenset[str]:
        """All things acted on or asked about."""
        return frozenset().union(*(frame.targets for frame in self.frames))

    @property
    def asks(self) -> bool:
        """Whether it is a question, so that nothing changes."""
        return all(frame.intent in QUESTIONS for frame in self.frames)

    @property
    def meaning(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What is done to what, however it was said."""
        return tuple(sorted((frame.does, tuple(sorted(frame.targets))) for frame in self.frames))


def _plain(value: Any) -> str:  # noqa: ANN401  (a slot's value)
    # One matcher gives 25, the other 25.0.
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def intent_targets(
    home: HomeSnapshot, intent: str, slots: Mapping[str, Any], room: str | None
) -> frozenset[str] | None:
    """Find what an intent acts on, as Home Assistant matches its targets.

    Args:
        home: the home.
        intent: the intent.
        slots: as recognised.
        room: the id of the room that is spoken in; tells namesakes apart, and stands in where a domain alone is named.

    Returns:
        None where the intent needs something to act on and there is nothing, or nothing that could do it.
    """
    if intent not in AIMED:
        return frozenset()
    found = [entity for entity in home.exposed if _fits(home, entity, slots)]
    domain = _DOMAINS.get(intent)
    if domain is not None:
        found = [entity for entity in found if entity.domain == domain]
    if not any(key in slots for key in ("name", "area", "floor", "domain", "device_class")):
        here = [entity for entity in found if entity.area == room]
        # Music that is named by nothing is the one that plays, or that was paused last.
        found = here or (found if len(found) == 1 or domain == "media_player" else [])
    if "name" in slots and len(found) > 1:
        # Namesakes: the one in this room, or else they cannot be told apart.
        found = [entity for entity in found if entity.area == room] or found
    able = [entity for entity in found if _able(entity, intent)]
    if intent in {"HassTurnOn", "HassTurnOff"}:
        able = [entity for entity in able if entity.domain not in _NEVER_SWITCHED]
    return frozenset(entity.id for entity in able) or None


_NEVER_SWITCHED = frozenset({"sensor", "binary_sensor"})


def _able(entity: Entity, intent: str) -> bool:
    wanted = _LACKING.get((intent, entity.domain), 0)
    return entity.features & wanted == wanted


def _fits(home: HomeSnapshot, entity: Entity, slots: Mapping[str, Any]) -> bool:
    name, area, floor = slots.get("name"), slots.get("area"), slots.get("floor")
    if name is not None and name != entity.id and normalise(str(name)) not in map(normalise, entity.names):
        return False
    if area is not None or floor is not None:
        room = next((room for room in home.areas if room.id == entity.area), None)
        if room is None:
            return False
        if area is not None and area != room.id and normalise(str(area)) not in map(normalise, room.names):
            return False
        if floor is not None:
            level = next((level for level in home.floors if level.id == room.floor), None)
            if level is None or (floor != level.id and normalise(str(floor)) not in map(normalise, level.names)):
                return False
    for key, own in (("domain", entity.domain), ("device_class", entity.device_class)):
        wanted = slots.get(key)
        if wanted is not None and own not in (wanted if isinstance(wanted, list | tuple | set) else (wanted,)):
            return False
    return True
