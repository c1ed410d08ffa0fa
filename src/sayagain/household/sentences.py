"""Our sentences beyond those of Home Assistant, in hassil's template language, as data."""

from typing import Any

__all__ = ["EXPANSIONS", "LISTS", "SENTENCES"]

_ROOM_SLOT = {"area": {"slot": True}}


def _domain_context(*domains: str) -> dict[str, Any]:
    return {"requires_context": {"domain": list(domains)}}


EXPANSIONS: dict[str, str] = {
    "dim": "(dim|lower|turn down)",
    "brighten": "(brighten|brighten up)",
    "alarm_article": "(an|my|the)",
    "switch": "(turn|switch)",
}
"""Our expansion rules."""

LISTS: dict[str, Any] = {
    "oven_degrees": {"range": {"from": 50, "to": 300, "step": 5}},
    "alarm_time": {"wildcard": True},
    "contact": {"wildcard": True},
    "heard_title": {"wildcard": True},
    "coffee_kind": {
        "values": [
            {"in": "[an] espresso", "out": "an espresso"},
            {"in": "[a] latte", "out": "a latte"},
            {"in": "[a] cappuccino", "out": "a cappuccino"},
            {"in": "[a] flat white", "out": "a flat white"},
            {"in": "[a] double espresso", "out": "a double espresso"},
        ]
    },
    "weather_day": {"values": ["today", "tomorrow"]},
    "book_class": {"values": [{"in": "audio[ ]book", "out": "audiobook"}, {"in": "book", "out": "audiobook"}]},
}
"""Our lists of values."""

# By intent: sentences, and further keys of hassil's data block.
SENTENCES: dict[str, list[tuple[tuple[str, ...], dict[str, Any]]]] = {
    "Dim": [
        (("<dim> [<the>] {name}",), _domain_context("light")),
        (("<dim> [<the>] lights in [<the>] {area}", "<dim> [<the>] {area} lights"), {"slots": {"domain": "light"}}),
        (("dim [<the>] lights",), {"slots": {"domain": "light"}, "requires_context": _ROOM_SLOT}),
    ],
    "Brighten": [
        (("<brighten> [<the>] {name}",), _domain_context("light")),
        (("<brighten> [<the>] lights",), {"slots": {"domain": "light"}, "requires_context": _ROOM_SLOT}),
    ],
    "OvenSet": [
        (
            (
                "(set|preheat|heat|turn) [up] [the] oven to {oven_degrees:temperature} [degrees]",
                "preheat to {oven_degrees:temperature} [degrees]",
            ),
            {},
        )
    ],
    "OvenOff": [(("<switch> off [the] oven", "<switch> [the] oven off", "oven off"), {})],
    "OvenTemperature": [
        (("how (hot|warm) is the oven", "(what is|what's|whats) the oven temperature"), {}),
    ],
    "MakeCoffee": [(("(make|brew) [me] {coffee_kind:kind}", "{coffee_kind:kind} please"), {})],
    "SetAlarm": [
        (
            (
                "(set|make) <alarm_article> alarm (for|at) {alarm_time:time}",
                "wake me [up] at {alarm_time:time}",
                "alarm at {alarm_time:time}",
            ),
            {},
        )
    ],
    "CancelAlarm": [(("(cancel|delete|remove|<switch> off) [<alarm_article>] alarm",), {})],
    "AlarmStatus": [(("when is my alarm", "what time is my alarm [set for]"), {})],
    "CallContact": [(("(call|ring|phone) {contact:name}",), {})],
    "ReadList": [
        (
            ("(what is|what's|whats) on [my|the] {name} [list]", "read [me] [my|the] {name} [list]"),
            _domain_context("todo"),
        ),
    ],
    "HassGetWeather": [
        (
            (
                "(what is|what's|whats) the weather [like] {weather_day:day}",
                "weather {weather_day:day}",
                "will it rain {weather_day:day}",
            ),
            {},
        )
    ],
    "OutdoorTemperature": [
        (("(what is|what's|whats) the temperature outside", "how (cold|warm|hot) is it outside"), {}),
    ],
    "HassMediaSearchAndPlay": [
        (
            ("play the {book_class:media_class} {heard_title:search_query}",),
            {"requires_context": _ROOM_SLOT},
        ),
        (("watch {heard_title:search_query}",), {"requires_context": _ROOM_SLOT}),
        (
            ("read me {heard_title:search_query}",),
            {"requires_context": _ROOM_SLOT, "slots": {"media_class": "audiobook"}},
        ),
    ],
    "HassSetVolume": [
        (("volume {volume:volume_level} percent", "volume to {volume:volume_level}"), {"requires_context": _ROOM_SLOT})
    ],
    "HassClimateSetTemperature": [
        (("(set|heat) [<the>] {area} to {temperature} [degrees]",), {}),
    ],
    "HassClimateGetTemperature": [(("how (cold|warm|hot) is [it <in>] [<the>] {area}",), {})],
    "HassVacuumReturnToBase": [(("stop vacuuming",), {})],
    "HassTurnOn": [
        (("(raise|open) [up] [<the>] {name}",), _domain_context("cover")),
        (("start [<the>] {name}",), _domain_context("fan", "switch", "scene")),
    ],
    "HassTurnOff": [(("stop [<the>] {name}",), _domain_context("fan", "switch"))],
    "HassGetState": [(("<is> [<the>] {name} still {on_off_states:state}",), _domain_context("light", "switch", "fan"))],
    "HassMediaUnpause": [(("keep playing",), {"requires_context": _ROOM_SLOT})],
    "HassNevermind": [(("forget it", "leave it"), {})],
    "HassRespond": [(("[great] (thank you|thanks)", "perfect", "yes [it did]", "no [it didn't]", "yeah"), {})],
}
"""Our sentences by intent; intents of Home Assistant are extended."""
