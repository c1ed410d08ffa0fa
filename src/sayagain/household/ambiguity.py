"""Ambiguous requests: families of requests whose meaning depends on the situation, as data.

Each family has the requests that belong to it, the reading that the assistant always takes, and the other readings with
the circumstance in which a person means them. The first circumstance that holds decides; if none does, the default is
meant. Circumstances are named here and judged in `situation.py`.

A slot's value may stand for something to be filled in: `@here` the room of the satellite, `@last` what the session was
about last, `@taste` what this person always has.
"""

from typing import Literal

import msgspec

__all__ = ["FAMILIES", "Alternative", "DecidingSignal", "Family", "find_family"]

DecidingSignal = Literal["device state", "device type", "activity", "room", "time", "habit", "session", "sensor"]
"""The signal that decides a family."""

Slots = tuple[tuple[str, str], ...]


class Alternative(msgspec.Struct, frozen=True, gc=False):
    """One hypothesis of an ambiguous request."""

    circumstance: str
    """The circumstance in which it is meant; empty for the default."""
    intent: str
    """The reading's intent."""
    slots: Slots = ()
    """The reading's slots."""


class Family(msgspec.Struct, frozen=True, gc=False):
    """Requests that share one set of hypotheses."""

    name: str
    """Name, for example `temperature`."""
    signal: DecidingSignal
    """The signal that decides which reading is meant."""
    requests: tuple[str, ...]
    """The wordings, the most frequent first."""
    default: Alternative
    """The hypothesis that the assistant acts on, whatever the situation."""
    alternatives: tuple[Alternative, ...]
    """The other readings."""


def _family(
    name: str,
    signal: DecidingSignal,
    requests: str,
    default: tuple[str, Slots],
    *others: tuple[str, str, Slots],
) -> Family:
    wordings = tuple(request.strip() for request in requests.split(";"))
    return Family(name, signal, wordings, Alternative("", *default), tuple(Alternative(*other) for other in others))


_HERE: Slots = (("area", "@here"),)
_LIGHTS_HERE: Slots = (("area", "@here"), ("domain", "light"))
_BLINDS_HERE: Slots = (("area", "@here"), ("domain", "cover"))
_LAST: Slots = (("name", "@last"),)

FAMILIES: tuple[Family, ...] = (
    # What is on, open or running decides.
    _family(
        "temperature",
        "device state",
        "what is the temperature; what's the temperature; how hot is it",
        ("HassClimateGetTemperature", _HERE),
        ("oven on", "OvenTemperature", ()),
    ),
    _family(
        "remaining",
        "device state",
        "how much longer; how much time is left; how long to go",
        ("HassTimerStatus", ()),
        ("oven on", "OvenRemaining", ()),
        ("vacuum running", "HassGetState", (("name", "robot vacuum"),)),
    ),
    _family(
        "stop",
        "device state",
        "stop; stop it; that's enough",
        ("HassMediaPause", _HERE),
        ("alarm ringing", "StopAlarm", ()),
        ("timer ringing", "StopTimer", ()),
        ("vacuum running", "HassVacuumReturnToBase", (("name", "robot vacuum"),)),
    ),
    _family(
        "up",
        "device state",
        "turn it up; turn up",
        ("HassSetVolumeRelative", (("volume_step", "up"), ("area", "@here"))),
        ("silent", "Warmer", _HERE),
    ),
    _family(
        "down",
        "device state",
        "turn it down; turn down",
        ("HassSetVolumeRelative", (("volume_step", "down"), ("area", "@here"))),
        ("silent", "Cooler", _HERE),
    ),
    _family(
        "close",
        "device state",
        "close it; shut it",
        ("HassTurnOff", _BLINDS_HERE),
        ("garage open", "HassTurnOff", (("name", "garage door"),)),
    ),
    _family(
        "done",
        "device state",
        "is it done; is it ready",
        ("HassTimerStatus", ()),
        ("coffee brewing", "HassGetState", (("name", "coffee machine"),)),
        ("oven on", "OvenRemaining", ()),
    ),
    _family(
        "pause",
        "device state",
        "pause; pause it",
        ("HassMediaPause", _HERE),
        ("vacuum running", "VacuumPause", ()),
    ),
    _family(
        "resume",
        "device state",
        "resume; carry on",
        ("HassMediaUnpause", _HERE),
        ("vacuum paused", "HassVacuumStart", (("name", "robot vacuum"),)),
    ),
    _family(
        "off",
        "device state",
        "off; switch everything here off",
        ("HassTurnOff", _LIGHTS_HERE),
        ("oven on", "OvenOff", ()),
        ("tv on", "HassTurnOff", (("name", "@tv"),)),
    ),
    # The kind of device spoken to decides.
    _family(
        "door",
        "device type",
        "show me the front door; who is at the front door",
        ("HassGetState", (("name", "front door"),)),
        ("screen", "ShowCamera", (("name", "front door camera"),)),
    ),
    _family(
        "tonight",
        "device type",
        "what's on tonight; what's on this evening",
        ("Calendar", (("day", "tonight"),)),
        ("screen", "TvGuide", ()),
    ),
    _family(
        "news",
        "device type",
        "play the news; what's the news",
        ("News", (("kind", "radio"),)),
        ("screen", "News", (("kind", "video"),)),
    ),
    _family(
        "recipe",
        "device type",
        "find a pancake recipe; how do i make pancakes",
        ("Recipe", (("how", "read"),)),
        ("screen", "Recipe", (("how", "show"),)),
    ),
    # What the person is busy with decides.
    _family(
        "next",
        "activity",
        "next; go on",
        ("HassMediaNext", _HERE),
        ("following a recipe", "RecipeNext", ()),
        ("exercising", "ExerciseNext", ()),
    ),
    _family(
        "back",
        "activity",
        "go back; back",
        ("HassMediaPrevious", _HERE),
        ("following a recipe", "RecipeBack", ()),
    ),
    _family(
        "skip",
        "activity",
        "skip; skip this",
        ("HassMediaNext", _HERE),
        ("exercising", "ExerciseNext", ()),
    ),
    _family(
        "louder",
        "activity",
        "louder; make it louder",
        ("HassSetVolumeRelative", (("volume_step", "up"), ("area", "@here"))),
        ("watching", "HassSetVolumeRelative", (("volume_step", "up"), ("name", "@tv"))),
    ),
    _family(
        "quieter",
        "activity",
        "quieter; make it quieter",
        ("HassSetVolumeRelative", (("volume_step", "down"), ("area", "@here"))),
        ("watching", "HassSetVolumeRelative", (("volume_step", "down"), ("name", "@tv"))),
    ),
    _family(
        "lights",
        "activity",
        "lights; lights please",
        ("HassTurnOn", _LIGHTS_HERE),
        ("watching", "Dim", _LIGHTS_HERE),
    ),
    # The room decides.
    _family(
        "fan",
        "room",
        "turn on the fan; fan on",
        ("HassTurnOn", (("area", "@here"), ("domain", "fan"))),
        ("no fan here", "HassTurnOn", (("area", "@fan"), ("domain", "fan"))),
    ),
    _family(
        "blinds",
        "room",
        "open the blinds; open the curtains",
        ("HassTurnOn", _BLINDS_HERE),
        ("no blinds here", "HassTurnOn", (("area", "@cover"), ("domain", "cover"))),
    ),
    _family(
        "speaker",
        "room",
        "turn off the speaker; speaker off",
        ("HassTurnOff", (("name", "living room speaker"),)),
        ("elsewhere", "HassTurnOff", (("name", "@speaker"),)),
    ),
    # The time decides.
    _family(
        "lamp",
        "time",
        "turn on the lamp; switch on the lamp",
        ("HassTurnOn", (("name", "@lamp"),)),
        ("working hours", "HassTurnOn", (("name", "desk lamp"),)),
    ),
    _family(
        "half past six",
        "time",
        "set an alarm for half past six; wake me at half past six",
        ("SetAlarm", (("time", "06:30"),)),
        ("afternoon", "SetAlarm", (("time", "18:30"),)),
    ),
    _family(
        "blind",
        "time",
        "blinds; curtains",
        ("HassTurnOn", _BLINDS_HERE),
        ("evening", "HassTurnOff", _BLINDS_HERE),
    ),
    _family(
        "weather",
        "time",
        "what's the weather; how is the weather",
        ("HassGetWeather", (("day", "today"),)),
        ("evening", "HassGetWeather", (("day", "tomorrow"),)),
    ),
    _family(
        "television",
        "time",
        "turn on the tv; tv on",
        ("HassTurnOn", (("name", "living room tv"),)),
        ("night", "HassTurnOn", (("name", "bedroom tv"),)),
    ),
    # What this person always does decides.
    _family(
        "music",
        "habit",
        "play some music; play music; put some music on",
        ("HassMediaSearchAndPlay", (("search_query", "pop playlist"), ("area", "@here"))),
        ("taste in music", "HassMediaSearchAndPlay", (("search_query", "@taste"), ("area", "@here"))),
    ),
    _family(
        "coffee",
        "habit",
        "make coffee; make me a coffee; coffee please",
        ("MakeCoffee", (("kind", "filter coffee"),)),
        ("taste in coffee", "MakeCoffee", (("kind", "@coffee"),)),
    ),
    _family(
        "call",
        "habit",
        "call @twice; phone @twice",
        ("CallContact", (("name", "@twice"), ("line", "mobile"))),
        ("calls at work", "CallContact", (("name", "@twice"), ("line", "work"))),
    ),
    _family(
        "namesake",
        "habit",
        "call @namesake; ring @namesake",
        ("CallContact", (("name", "@namesake"), ("line", "fisher"))),
        ("knows brown", "CallContact", (("name", "@namesake"), ("line", "brown"))),
    ),
    _family(
        "list",
        "habit",
        "add stamps to the list; add batteries to the list",
        ("HassShoppingListAddItem", (("item", "@item"),)),
        ("keeps one list", "HassListAddItem", (("item", "@item"), ("name", "to do list"))),
    ),
    _family(
        "good night",
        "habit",
        "good night; goodnight",
        ("HassTurnOff", (("area", "@here"), ("domain", "light"))),
        ("locks up at night", "HassTurnOn", (("name", "front door"), ("domain", "lock"))),
    ),
    # What was just said decides.
    _family(
        "it off",
        "session",
        "turn it off; switch it off",
        ("HassTurnOff", _LIGHTS_HERE),
        ("something before", "HassTurnOff", _LAST),
    ),
    _family(
        "it on",
        "session",
        "turn it on; turn it back on",
        ("HassTurnOn", _LIGHTS_HERE),
        ("something before", "HassTurnOn", _LAST),
    ),
    _family(
        "warmer",
        "session",
        "make it warmer; a bit warmer",
        ("Warmer", _HERE),
        ("lights before", "HassLightSet", (("area", "@here"), ("temperature", "2700"))),
    ),
    _family(
        "brighter",
        "session",
        "brighter; make it brighter",
        ("Brighten", _LIGHTS_HERE),
        ("lights before", "Brighten", _LAST),
    ),
    _family(
        "cancel",
        "session",
        "cancel; cancel that",
        ("HassNevermind", ()),
        ("timer before", "HassCancelTimer", ()),
        ("alarm before", "CancelAlarm", ()),
    ),
    # What a sensor tells decides.
    _family(
        "someone",
        "sensor",
        "is someone there; is anyone there",
        ("HassGetState", (("name", "@motion"),)),
        ("doorbell rang", "HassGetState", (("name", "doorbell"),)),
    ),
    _family(
        "cold",
        "sensor",
        "is it cold; how cold is it",
        ("HassClimateGetTemperature", _HERE),
        ("freezing", "OutdoorTemperature", ()),
    ),
    _family(
        "lock up",
        "sensor",
        "lock the door; lock up",
        ("HassTurnOn", (("name", "front door"), ("domain", "lock"))),
        ("back door open", "HassTurnOn", (("name", "back door"), ("domain", "lock"))),
    ),
    _family(
        "clean up",
        "sensor",
        "clean up; vacuum please",
        ("HassVacuumStart", (("name", "robot vacuum"),)),
        ("crumbs in the kitchen", "HassVacuumCleanArea", (("area", "kitchen"),)),
    ),
)
"""Every family; titles shared by works of several kinds (`play harry potter`) are one more, made from the catalogue."""

# Understanding reads no apostrophes.
_FAMILY_BY_REQUEST = {request.replace("'", ""): family for family in FAMILIES for request in family.requests}


def find_family(request: str) -> Family | None:
    """Return the family that a request belongs to, if any.

    >>> find_family("turn it up").deciding
    'device state'
    """
    return _FAMILY_BY_REQUEST.get(request.replace("'", ""))
