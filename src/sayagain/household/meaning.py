"""The meaning of a want in a situation: the right hypothesis and the right deed."""

from collections.abc import Callable

import msgspec

from sayagain.household.ambiguity import FAMILIES, Alternative
from sayagain.household.deeds import Deed, Place
from sayagain.household.media_catalogue import catalogue
from sayagain.household.situation import DaySituation, choose_alternative
from sayagain.household.skills import make_plan
from sayagain.household.wants import Want
from sayagain.turns import Hypothesis, Slot

__all__ = ["Meaning", "find_meaning"]


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """The meaning of a request."""

    deed: Deed | None
    """The right deed; None for an impossible request."""
    reading: Hypothesis | None
    """The right hypothesis; its slots are still unresolved."""
    kind: str
    """The want's kind."""
    family: str = ""
    """The ambiguous family, if any."""
    circumstance: str = ""
    """What decided within the family; empty for its default."""


_FAMILIES = {family.name: family for family in FAMILIES}
_ITEMS = {item.id: item for item in catalogue()}
# These families are decided in entity resolution: the words are read rightly, and denote one of two numbers.
_RESOLVED = frozenset({"call", "namesake"})


def find_meaning(want: Want, said: str, situation: DaySituation) -> Meaning:
    """Return what a person means.

    Args:
        want: what the person wants.
        said: the words chosen for it; they matter where one want is said of different things.
        situation: where and when.
    """
    if want.kind == "impossible":
        return Meaning(None, None, want.kind)
    if want.kind == "family":
        return _ambiguous(want, said, situation)
    reading, deed = _MEANINGS[want.kind](want, situation.place, said)
    return Meaning(deed, reading, want.kind)


def _ambiguous(want: Want, said: str, situation: DaySituation) -> Meaning:
    family = _FAMILIES[want.target]
    option = choose_alternative(family, situation)
    reading = _filled(option, said, situation)
    deed = make_plan(reading, situation.place).deed
    if family.name in _RESOLVED:
        kept = tuple(slot for slot in reading.slots if slot.name != "line")
        reading = Hypothesis(intent=reading.intent, slots=kept)
    return Meaning(deed, reading, want.kind, family.name, option.circumstance)


def _filled(option: Alternative, said: str, situation: DaySituation) -> Hypothesis:
    person = situation.person
    values = {
        "@here": situation.place.area,
        "@taste": f"{person.taste} playlist",
        "@coffee": person.coffee,
        "@item": said.removeprefix("add ").removesuffix(" to the list"),
        "@twice": said.rpartition(" ")[2],
        "@namesake": said.rpartition(" ")[2],
    }
    slots = tuple(sorted(Slot(name, values.get(value, value)) for name, value in option.slots))
    return Hypothesis(intent=option.intent, slots=slots)


Maker = Callable[[Want, Place, str], tuple[Hypothesis, Deed | None]]


def _read(intent: str, **slots: str) -> Hypothesis:
    return Hypothesis(intent=intent, slots=tuple(sorted(Slot(name, value) for name, value in slots.items() if value)))


def _device(intent: str, verb: str, slot: str = "") -> Maker:
    """A want about one device, called by its name; `slot` takes the want's value."""

    def make(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
        device = place.home.device(want.target)
        name = device.name if device is not None else want.target
        slots = {"name": name, slot: want.value} if slot else {"name": name}
        return _read(intent, **slots), Deed(verb, (want.target,), want.value if slot else "")

    return make


def _lights(intent: str, verb: str, where: str) -> Maker:
    def make(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
        area = want.target if where == "named" else place.area if where == "here" else ""
        lights = tuple(sorted(d.id for d in place.home.devices_of("light", area or None)))
        return _read(intent, domain="light", area=area), Deed(verb, lights)

    return make


def _room(intent: str, verb: str, slot: str = "") -> Maker:
    """A want about what plays in the room where one is, or on the television where that is said."""

    def make(want: Want, place: Place, said: str) -> tuple[Hypothesis, Deed | None]:
        if said.endswith(" tv"):
            reading = _read(intent, name="tv")
            return reading, make_plan(reading, place).deed
        reading = _read(intent, area=place.area, **({slot: want.value} if slot else {}))
        return reading, Deed(verb, (place.area,), want.value if slot else "")

    return make


def _plain(intent: str, deed: Deed, **slots: str) -> Maker:
    reading = _read(intent, **slots)
    return lambda _, __, ___: (reading, deed)


def _work(want: Want, _: Place, said: str) -> tuple[Hypothesis, Deed]:
    item = _ITEMS[want.target]
    query = f"{item.title} by {item.by}" if said.endswith(f" by {item.by}") else item.title
    return _read("HassMediaSearchAndPlay", search_query=query), Deed("play", (item.id,))


def _heat(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    device = place.home.device(want.target)
    area = device.area if device is not None else ""
    reading = _read("HassClimateSetTemperature", area=area, temperature=want.value)
    return reading, Deed("heat", (want.target,), want.value)


def _how_warm(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    device = place.home.device(want.target)
    reading = _read("HassClimateGetTemperature", area=device.area if device is not None else "")
    return reading, Deed("tell", (want.target,))


def _timer(want: Want, _: Place, __: str) -> tuple[Hypothesis, Deed]:
    minutes = int(want.value)
    unit = {"hours": str(minutes // 60)} if minutes % 60 == 0 else {"minutes": want.value}
    reading = _read("HassStartTimer", name=want.target, **unit)
    return reading, Deed("start timer", (), f"{60 * minutes} {want.target}")


def _vacuum(want: Want, _: Place, __: str) -> tuple[Hypothesis, Deed]:
    return _read("HassVacuumCleanArea", area=want.value), Deed("vacuum", (want.target,), want.value)


def _call(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    name = next((c.name for c in place.home.contacts if c.id == want.target), "")
    return _read("CallContact", name=name), Deed("call", (want.target,))


def _add(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    device = place.home.device(want.target)
    name = device.name if device is not None else ""
    return _read("HassListAddItem", name=name, item=want.value), Deed("add", (want.target,), want.value)


def _remove(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    device = place.home.device(want.target)
    name = device.name if device is not None else ""
    return _read("HassListRemoveItem", name=name, item=want.value), Deed("remove", (want.target,), want.value)


def _volume(step: str) -> Maker:
    def make(_: Want, place: Place, __: str) -> tuple[Hypothesis, Deed]:
        reading = _read("HassSetVolumeRelative", volume_step=step, area=place.area)
        return reading, Deed(f"volume {step}", (place.area,))

    return make


_ON, _OFF = _device("HassTurnOn", "turn on"), _device("HassTurnOff", "turn off")
_TELL = _device("HassGetState", "tell")

_MEANINGS: dict[str, Maker] = {
    **dict.fromkeys(("light on", "fan on", "switch on", "nickname on"), _ON),
    **dict.fromkeys(("light off", "fan off", "switch off", "nickname off", "tv off"), _OFF),
    "lights on": _lights("HassTurnOn", "turn on", "named"),
    "lights off": _lights("HassTurnOff", "turn off", "named"),
    "here on": _lights("HassTurnOn", "turn on", "here"),
    "here off": _lights("HassTurnOff", "turn off", "here"),
    "all off": _lights("HassTurnOff", "turn off", "everywhere"),
    "lights left": _plain("HassGetState", Deed("tell", ("light",)), domain="light"),
    "dim": _device("Dim", "dim"),
    "brightness": _device("HassLightSet", "brightness", "brightness"),
    "color": _device("HassLightSet", "color", "color"),
    "cover open": _device("HassTurnOn", "open"),
    "cover close": _device("HassTurnOff", "close"),
    "cover half": _device("HassSetPosition", "position", "position"),
    "lock": _device("HassTurnOn", "lock"),
    "unlock": _device("HassTurnOff", "unlock"),
    **dict.fromkeys(("locked", "closed", "is on"), _TELL),
    "heat": _heat,
    "thermostat": _device("HassClimateSetTemperature", "heat", "temperature"),
    "how warm": _how_warm,
    "outdoor": _plain("OutdoorTemperature", Deed("tell", ("sensor.outdoor_temperature",))),
    "timer": _timer,
    "named timer": _timer,
    "timer cancel": _plain("HassCancelTimer", Deed("cancel timer")),
    "timer left": _plain("HassTimerStatus", Deed("tell", ("timer",))),
    "alarm": lambda want, _, __: (_read("SetAlarm", time=want.value), Deed("set alarm", (), want.value)),
    "alarm cancel": _plain("CancelAlarm", Deed("cancel alarm")),
    "alarm when": _plain("AlarmStatus", Deed("tell", ("alarm",))),
    "shop add": _add,
    "todo add": _add,
    "shop remove": _remove,
    "shop read": _plain("ReadList", Deed("tell", ("todo.shopping_list",)), name="shopping list"),
    "todo read": _plain("ReadList", Deed("tell", ("todo.to_do_list",)), name="to do list"),
    **dict.fromkeys(("song", "album", "artist", "playlist", "film", "series", "audiobook", "podcast"), _work),
    "pause": _room("HassMediaPause", "pause"),
    "resume": _room("HassMediaUnpause", "resume"),
    "next": _room("HassMediaNext", "next"),
    "previous": _room("HassMediaPrevious", "previous"),
    "volume": _room("HassSetVolume", "volume", "volume_level"),
    "volume up": _volume("up"),
    "volume down": _volume("down"),
    "mute": _room("HassMediaPlayerMute", "mute"),
    "oven": lambda want, _, __: (
        _read("OvenSet", temperature=want.value),
        Deed("oven", ("oven.oven",), want.value),
    ),
    "oven off": _plain("OvenOff", Deed("turn off", ("oven.oven",))),
    "oven hot": _plain("OvenTemperature", Deed("tell", ("oven.oven",))),
    "brew": lambda want, _, __: (_read("MakeCoffee", kind=want.value), Deed("brew", (want.target,), want.value)),
    "call": _call,
    "broadcast": lambda want, _, __: (
        _read("HassBroadcast", message=want.value),
        Deed("announce", (), want.value),
    ),
    "scene": _device("HassTurnOn", "activate"),
    "vacuum": _vacuum,
    "vacuum home": lambda want, _, __: (_read("HassVacuumReturnToBase"), Deed("dock", (want.target,))),
    "weather tomorrow": _plain("HassGetWeather", Deed("tell", ("weather",), "tomorrow"), day="tomorrow"),
    "time": _plain("HassGetCurrentTime", Deed("tell", ("time",))),
    "date": _plain("HassGetCurrentDate", Deed("tell", ("date",))),
}
