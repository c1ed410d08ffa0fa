"""Ambiguous requests whose meaning depends on the place: its devices, the kind of satellite, the activity, the room."""

from sayagain.household.family import AREA_HERE, BLINDS_HERE, LIGHTS_HERE, Family, make_family

__all__ = ["PLACE_FAMILIES"]

PLACE_FAMILIES: tuple[Family, ...] = (
    # What is on, open or running decides.
    make_family(
        "temperature",
        "device state",
        "what is the temperature; what's the temperature; how hot is it",
        ("HassClimateGetTemperature", AREA_HERE),
        ("oven on", "OvenTemperature", ()),
    ),
    make_family(
        "remaining",
        "device state",
        "how much longer; how much time is left; how long to go",
        ("HassTimerStatus", ()),
        ("oven on", "OvenRemaining", ()),
        ("vacuum running", "HassGetState", (("name", "robot vacuum"),)),
    ),
    make_family(
        "stop",
        "device state",
        "stop; stop it; that's enough",
        ("HassMediaPause", AREA_HERE),
        ("alarm ringing", "StopAlarm", ()),
        ("timer ringing", "StopTimer", ()),
        ("vacuum running", "HassVacuumReturnToBase", (("name", "robot vacuum"),)),
    ),
    make_family(
        "up",
        "device state",
        "turn it up; turn up",
        ("HassSetVolumeRelative", (("volume_step", "up"), ("area", "@here"))),
        ("silent", "Warmer", AREA_HERE),
    ),
    make_family(
        "down",
        "device state",
        "turn it down; turn down",
        ("HassSetVolumeRelative", (("volume_step", "down"), ("area", "@here"))),
        ("silent", "Cooler", AREA_HERE),
    ),
    make_family(
        "close",
        "device state",
        "close it; shut it",
        ("HassTurnOff", BLINDS_HERE),
        ("garage open", "HassTurnOff", (("name", "garage door"),)),
    ),
    make_family(
        "done",
        "device state",
        "is it done; is it ready",
        ("HassTimerStatus", ()),
        ("coffee brewing", "HassGetState", (("name", "coffee machine"),)),
        ("oven on", "OvenRemaining", ()),
    ),
    make_family(
        "pause",
        "device state",
        "pause; pause it",
        ("HassMediaPause", AREA_HERE),
        ("vacuum running", "VacuumPause", ()),
    ),
    make_family(
        "resume",
        "device state",
        "resume; carry on",
        ("HassMediaUnpause", AREA_HERE),
        ("vacuum paused", "HassVacuumStart", (("name", "robot vacuum"),)),
    ),
    make_family(
        "off",
        "device state",
        "off; switch everything here off",
        ("HassTurnOff", LIGHTS_HERE),
        ("oven on", "OvenOff", ()),
        ("tv on", "HassTurnOff", (("name", "@tv"),)),
    ),
    # The kind of device spoken to decides.
    make_family(
        "door",
        "device type",
        "show me the front door; who is at the front door",
        ("HassGetState", (("name", "front door"),)),
        ("screen", "ShowCamera", (("name", "front door camera"),)),
    ),
    make_family(
        "tonight",
        "device type",
        "what's on tonight; what's on this evening",
        ("Calendar", (("day", "tonight"),)),
        ("screen", "TvGuide", ()),
    ),
    make_family(
        "news",
        "device type",
        "play the news; what's the news",
        ("News", (("kind", "radio"),)),
        ("screen", "News", (("kind", "video"),)),
    ),
    make_family(
        "recipe",
        "device type",
        "find a pancake recipe; how do i make pancakes",
        ("Recipe", (("how", "read"),)),
        ("screen", "Recipe", (("how", "show"),)),
    ),
    # What the person is busy with decides.
    make_family(
        "next",
        "activity",
        "next; go on",
        ("HassMediaNext", AREA_HERE),
        ("following a recipe", "RecipeNext", ()),
        ("exercising", "ExerciseNext", ()),
    ),
    make_family(
        "back",
        "activity",
        "go back; back",
        ("HassMediaPrevious", AREA_HERE),
        ("following a recipe", "RecipeBack", ()),
    ),
    make_family(
        "skip",
        "activity",
        "skip; skip this",
        ("HassMediaNext", AREA_HERE),
        ("exercising", "ExerciseNext", ()),
    ),
    make_family(
        "louder",
        "activity",
        "louder; make it louder",
        ("HassSetVolumeRelative", (("volume_step", "up"), ("area", "@here"))),
        ("watching", "HassSetVolumeRelative", (("volume_step", "up"), ("name", "@tv"))),
    ),
    make_family(
        "quieter",
        "activity",
        "quieter; make it quieter",
        ("HassSetVolumeRelative", (("volume_step", "down"), ("area", "@here"))),
        ("watching", "HassSetVolumeRelative", (("volume_step", "down"), ("name", "@tv"))),
    ),
    make_family(
        "lights",
        "activity",
        "lights; lights please",
        ("HassTurnOn", LIGHTS_HERE),
        ("watching", "Dim", LIGHTS_HERE),
    ),
    # The room decides.
    make_family(
        "fan",
        "room",
        "turn on the fan; fan on",
        ("HassTurnOn", (("area", "@here"), ("domain", "fan"))),
        ("no fan here", "HassTurnOn", (("area", "@fan"), ("domain", "fan"))),
    ),
    make_family(
        "blinds",
        "room",
        "open the blinds; open the curtains",
        ("HassTurnOn", BLINDS_HERE),
        ("no blinds here", "HassTurnOn", (("area", "@cover"), ("domain", "cover"))),
    ),
    make_family(
        "speaker",
        "room",
        "turn off the speaker; speaker off",
        ("HassTurnOff", (("name", "living room speaker"),)),
        ("elsewhere", "HassTurnOff", (("name", "@speaker"),)),
    ),
)
"""The families that a device's state, the kind of device, the activity or the room decides."""
