"""Ambiguous requests whose meaning depends on the moment: the time, the speaker's habits, the session, the sensors."""

from sayagain.household.family import AREA_HERE, BLINDS_HERE, LAST_DEVICE, LIGHTS_HERE, Family, make_family

__all__ = ["MOMENT_FAMILIES"]

MOMENT_FAMILIES: tuple[Family, ...] = (
    # The time decides.
    make_family(
        "lamp",
        "time",
        "turn on the lamp; switch on the lamp",
        ("HassTurnOn", (("name", "@lamp"),)),
        ("working hours", "HassTurnOn", (("name", "desk lamp"),)),
    ),
    make_family(
        "half past six",
        "time",
        "set an alarm for half past six; wake me at half past six",
        ("SetAlarm", (("time", "06:30"),)),
        ("afternoon", "SetAlarm", (("time", "18:30"),)),
    ),
    make_family(
        "blind",
        "time",
        "blinds; curtains",
        ("HassTurnOn", BLINDS_HERE),
        ("evening", "HassTurnOff", BLINDS_HERE),
    ),
    make_family(
        "weather",
        "time",
        "what's the weather; how is the weather",
        ("HassGetWeather", (("day", "today"),)),
        ("evening", "HassGetWeather", (("day", "tomorrow"),)),
    ),
    make_family(
        "television",
        "time",
        "turn on the tv; tv on",
        ("HassTurnOn", (("name", "living room tv"),)),
        ("night", "HassTurnOn", (("name", "bedroom tv"),)),
    ),
    # What this person always does decides.
    make_family(
        "music",
        "habit",
        "play some music; play music; put some music on",
        ("HassMediaSearchAndPlay", (("search_query", "pop playlist"), ("area", "@here"))),
        ("taste in music", "HassMediaSearchAndPlay", (("search_query", "@taste"), ("area", "@here"))),
    ),
    make_family(
        "coffee",
        "habit",
        "make coffee; make me a coffee; coffee please",
        ("MakeCoffee", (("kind", "filter coffee"),)),
        ("taste in coffee", "MakeCoffee", (("kind", "@coffee"),)),
    ),
    make_family(
        "call",
        "habit",
        "call @twice; phone @twice",
        ("CallContact", (("name", "@twice"), ("line", "mobile"))),
        ("calls at work", "CallContact", (("name", "@twice"), ("line", "work"))),
    ),
    make_family(
        "namesake",
        "habit",
        "call @namesake; ring @namesake",
        ("CallContact", (("name", "@namesake"), ("line", "fisher"))),
        ("knows brown", "CallContact", (("name", "@namesake"), ("line", "brown"))),
    ),
    make_family(
        "list",
        "habit",
        "add stamps to the list; add batteries to the list",
        ("HassShoppingListAddItem", (("item", "@item"),)),
        ("keeps one list", "HassListAddItem", (("item", "@item"), ("name", "to do list"))),
    ),
    make_family(
        "good night",
        "habit",
        "good night; goodnight",
        ("HassTurnOff", (("area", "@here"), ("domain", "light"))),
        ("locks up at night", "HassTurnOn", (("name", "front door"), ("domain", "lock"))),
    ),
    # What was just said decides.
    make_family(
        "it off",
        "session",
        "turn it off; switch it off",
        ("HassTurnOff", LIGHTS_HERE),
        ("something before", "HassTurnOff", LAST_DEVICE),
    ),
    make_family(
        "it on",
        "session",
        "turn it on; turn it back on",
        ("HassTurnOn", LIGHTS_HERE),
        ("something before", "HassTurnOn", LAST_DEVICE),
    ),
    make_family(
        "warmer",
        "session",
        "make it warmer; a bit warmer",
        ("Warmer", AREA_HERE),
        ("lights before", "HassLightSet", (("area", "@here"), ("temperature", "2700"))),
    ),
    make_family(
        "brighter",
        "session",
        "brighter; make it brighter",
        ("Brighten", LIGHTS_HERE),
        ("lights before", "Brighten", LAST_DEVICE),
    ),
    make_family(
        "cancel",
        "session",
        "cancel; cancel that",
        ("HassNevermind", ()),
        ("timer before", "HassCancelTimer", ()),
        ("alarm before", "CancelAlarm", ()),
    ),
    # What a sensor tells decides.
    make_family(
        "someone",
        "sensor",
        "is someone there; is anyone there",
        ("HassGetState", (("name", "@motion"),)),
        ("doorbell rang", "HassGetState", (("name", "doorbell"),)),
    ),
    make_family(
        "cold",
        "sensor",
        "is it cold; how cold is it",
        ("HassClimateGetTemperature", AREA_HERE),
        ("freezing", "OutdoorTemperature", ()),
    ),
    make_family(
        "lock up",
        "sensor",
        "lock the door; lock up",
        ("HassTurnOn", (("name", "front door"), ("domain", "lock"))),
        ("back door open", "HassTurnOn", (("name", "back door"), ("domain", "lock"))),
    ),
    make_family(
        "clean up",
        "sensor",
        "clean up; vacuum please",
        ("HassVacuumStart", (("name", "robot vacuum"),)),
        ("crumbs in the kitchen", "HassVacuumCleanArea", (("area", "kitchen"),)),
    ),
)
"""The families that the time, a habit, the session or a sensor decides."""
