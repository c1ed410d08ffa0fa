"""The meaning of a want in a situation: the right hypothesis and the right deed."""

from collections.abc import Callable

import msgspec

from sayagain.household.ambiguity import FAMILY_BY_NAME
from sayagain.household.deeds import Deed, Place
from sayagain.household.family import Alternative
from sayagain.household.media_catalogue import items_by_id
from sayagain.household.situation import DaySituation, choose_alternative
from sayagain.household.skills import make_plan
from sayagain.household.wants import Want
from sayagain.turns import Hypothesis, Slot

__all__ = ["Meaning", "find_meaning"]


class Meaning(msgspec.Struct, frozen=True, gc=False):
    """The meaning of a request."""

    deed: Deed | None
    """The right deed; None for an impossible request."""
    hypothesis: Hypothesis | None
    """The right hypothesis, before entity resolution."""
    kind: str
    """The want's kind."""
    family: str = ""
    """The ambiguous family, if any."""
    circumstance: str = ""
    """The circumstance that decided within the family; empty for its default."""


# Entity resolution decides these families: the hypothesis is right and denotes one of two numbers.
_CONTACT_FAMILIES = frozenset({"call", "namesake"})


def find_meaning(want: Want, said: str, situation: DaySituation) -> Meaning:
    """Return the meaning of a person's words.

    Args:
        want: the person's want.
        said: the words; they matter where the wordings of one want name different things.
        situation: the situation in which they are said.
    """
    if want.kind == "impossible":
        return Meaning(None, None, want.kind)
    if want.kind == "family":
        return _ambiguous_meaning(want, said, situation)
    hypothesis, deed = _MEANINGS[want.kind](want, situation.place, said)
    return Meaning(deed, hypothesis, want.kind)


def _ambiguous_meaning(want: Want, said: str, situation: DaySituation) -> Meaning:
    family = FAMILY_BY_NAME[want.target]
    alternative = choose_alternative(family, situation)
    hypothesis = _fill_hypothesis(alternative, said, situation)
    deed = make_plan(hypothesis, situation.place).deed
    if family.name in _CONTACT_FAMILIES:
        kept_slots = tuple(slot for slot in hypothesis.slots if slot.name != "line")
        hypothesis = Hypothesis(intent=hypothesis.intent, slots=kept_slots)
    return Meaning(deed, hypothesis, want.kind, family.name, alternative.circumstance)


def _fill_hypothesis(alternative: Alternative, said: str, situation: DaySituation) -> Hypothesis:
    person = situation.person
    values = {
        "@here": situation.place.area,
        "@taste": f"{person.taste} playlist",
        "@coffee": person.coffee,
        "@item": said.removeprefix("add ").removesuffix(" to the list"),
        "@twice": said.rpartition(" ")[2],
        "@namesake": said.rpartition(" ")[2],
    }
    slots = tuple(sorted(Slot(name, values.get(value, value)) for name, value in alternative.slots))
    return Hypothesis(intent=alternative.intent, slots=slots)


MeaningMaker = Callable[[Want, Place, str], tuple[Hypothesis, Deed | None]]


def _hypothesis(intent: str, **slots: str) -> Hypothesis:
    return Hypothesis(intent=intent, slots=tuple(sorted(Slot(name, value) for name, value in slots.items() if value)))


def _device_meaning(intent: str, verb: str, slot: str = "") -> MeaningMaker:
    """Return a maker for wants about one device, called by its name; the slot takes the want's value."""

    def make(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
        device = place.home.device(want.target)
        name = device.name if device is not None else want.target
        slots = {"name": name, slot: want.value} if slot else {"name": name}
        return _hypothesis(intent, **slots), Deed(verb, (want.target,), want.value if slot else "")

    return make


def _lights_meaning(intent: str, verb: str, scope: str) -> MeaningMaker:
    def make(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
        area = want.target if scope == "named" else place.area if scope == "here" else ""
        lights = tuple(sorted(d.id for d in place.home.devices_of("light", area or None)))
        return _hypothesis(intent, domain="light", area=area), Deed(verb, lights)

    return make


def _room_meaning(intent: str, verb: str, slot: str = "") -> MeaningMaker:
    """Return a maker for wants about the player of the room, or the television where the words name it."""

    def make(want: Want, place: Place, said: str) -> tuple[Hypothesis, Deed | None]:
        if said.endswith(" tv"):
            hypothesis = _hypothesis(intent, name="tv")
            return hypothesis, make_plan(hypothesis, place).deed
        hypothesis = _hypothesis(intent, area=place.area, **({slot: want.value} if slot else {}))
        return hypothesis, Deed(verb, (place.area,), want.value if slot else "")

    return make


def _fixed_meaning(intent: str, deed: Deed, **slots: str) -> MeaningMaker:
    hypothesis = _hypothesis(intent, **slots)
    return lambda _, __, ___: (hypothesis, deed)


def _work_meaning(want: Want, _: Place, said: str) -> tuple[Hypothesis, Deed]:
    item = items_by_id()[want.target]
    query = f"{item.title} by {item.by}" if said.endswith(f" by {item.by}") else item.title
    return _hypothesis("HassMediaSearchAndPlay", search_query=query), Deed("play", (item.id,))


def _heating_meaning(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    device = place.home.device(want.target)
    area = device.area if device is not None else ""
    hypothesis = _hypothesis("HassClimateSetTemperature", area=area, temperature=want.value)
    return hypothesis, Deed("heat", (want.target,), want.value)


def _temperature_meaning(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    device = place.home.device(want.target)
    hypothesis = _hypothesis("HassClimateGetTemperature", area=device.area if device is not None else "")
    return hypothesis, Deed("tell", (want.target,))


def _timer_meaning(want: Want, _: Place, __: str) -> tuple[Hypothesis, Deed]:
    minutes = int(want.value)
    unit = {"hours": str(minutes // 60)} if minutes % 60 == 0 else {"minutes": want.value}
    hypothesis = _hypothesis("HassStartTimer", name=want.target, **unit)
    return hypothesis, Deed("start timer", (), f"{60 * minutes} {want.target}")


def _vacuum_meaning(want: Want, _: Place, __: str) -> tuple[Hypothesis, Deed]:
    return _hypothesis("HassVacuumCleanArea", area=want.value), Deed("vacuum", (want.target,), want.value)


def _call_meaning(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
    name = next((c.name for c in place.home.contacts if c.id == want.target), "")
    return _hypothesis("CallContact", name=name), Deed("call", (want.target,))


def _list_meaning(intent: str, verb: str) -> MeaningMaker:
    def make(want: Want, place: Place, _: str) -> tuple[Hypothesis, Deed]:
        device = place.home.device(want.target)
        name = device.name if device is not None else ""
        return _hypothesis(intent, name=name, item=want.value), Deed(verb, (want.target,), want.value)

    return make


def _volume_meaning(step: str) -> MeaningMaker:
    def make(_: Want, place: Place, __: str) -> tuple[Hypothesis, Deed]:
        hypothesis = _hypothesis("HassSetVolumeRelative", volume_step=step, area=place.area)
        return hypothesis, Deed(f"volume {step}", (place.area,))

    return make


_TURN_ON, _TURN_OFF = _device_meaning("HassTurnOn", "turn on"), _device_meaning("HassTurnOff", "turn off")
_TELL = _device_meaning("HassGetState", "tell")

_MEANINGS: dict[str, MeaningMaker] = {
    **dict.fromkeys(("light on", "fan on", "switch on", "nickname on"), _TURN_ON),
    **dict.fromkeys(("light off", "fan off", "switch off", "nickname off", "tv off"), _TURN_OFF),
    "lights on": _lights_meaning("HassTurnOn", "turn on", "named"),
    "lights off": _lights_meaning("HassTurnOff", "turn off", "named"),
    "here on": _lights_meaning("HassTurnOn", "turn on", "here"),
    "here off": _lights_meaning("HassTurnOff", "turn off", "here"),
    "all off": _lights_meaning("HassTurnOff", "turn off", "everywhere"),
    "lights left": _fixed_meaning("HassGetState", Deed("tell", ("light",)), domain="light"),
    "dim": _device_meaning("Dim", "dim"),
    "brightness": _device_meaning("HassLightSet", "brightness", "brightness"),
    "color": _device_meaning("HassLightSet", "color", "color"),
    "cover open": _device_meaning("HassTurnOn", "open"),
    "cover close": _device_meaning("HassTurnOff", "close"),
    "cover half": _device_meaning("HassSetPosition", "position", "position"),
    "lock": _device_meaning("HassTurnOn", "lock"),
    "unlock": _device_meaning("HassTurnOff", "unlock"),
    **dict.fromkeys(("locked", "closed", "is on"), _TELL),
    "heat": _heating_meaning,
    "thermostat": _device_meaning("HassClimateSetTemperature", "heat", "temperature"),
    "how warm": _temperature_meaning,
    "outdoor": _fixed_meaning("OutdoorTemperature", Deed("tell", ("sensor.outdoor_temperature",))),
    "timer": _timer_meaning,
    "named timer": _timer_meaning,
    "timer cancel": _fixed_meaning("HassCancelTimer", Deed("cancel timer")),
    "timer left": _fixed_meaning("HassTimerStatus", Deed("tell", ("timer",))),
    "alarm": lambda want, _, __: (_hypothesis("SetAlarm", time=want.value), Deed("set alarm", (), want.value)),
    "alarm cancel": _fixed_meaning("CancelAlarm", Deed("cancel alarm")),
    "alarm when": _fixed_meaning("AlarmStatus", Deed("tell", ("alarm",))),
    **dict.fromkeys(("shop add", "todo add"), _list_meaning("HassListAddItem", "add")),
    "shop remove": _list_meaning("HassListRemoveItem", "remove"),
    "shop read": _fixed_meaning("ReadList", Deed("tell", ("todo.shopping_list",)), name="shopping list"),
    "todo read": _fixed_meaning("ReadList", Deed("tell", ("todo.to_do_list",)), name="to do list"),
    **dict.fromkeys(("song", "album", "artist", "playlist", "film", "series", "audiobook", "podcast"), _work_meaning),
    "pause": _room_meaning("HassMediaPause", "pause"),
    "resume": _room_meaning("HassMediaUnpause", "resume"),
    "next": _room_meaning("HassMediaNext", "next"),
    "previous": _room_meaning("HassMediaPrevious", "previous"),
    "volume": _room_meaning("HassSetVolume", "volume", "volume_level"),
    "volume up": _volume_meaning("up"),
    "volume down": _volume_meaning("down"),
    "mute": _room_meaning("HassMediaPlayerMute", "mute"),
    "oven": lambda want, _, __: (
        _hypothesis("OvenSet", temperature=want.value),
        Deed("oven", ("oven.oven",), want.value),
    ),
    "oven off": _fixed_meaning("OvenOff", Deed("turn off", ("oven.oven",))),
    "oven hot": _fixed_meaning("OvenTemperature", Deed("tell", ("oven.oven",))),
    "brew": lambda want, _, __: (_hypothesis("MakeCoffee", kind=want.value), Deed("brew", (want.target,), want.value)),
    "call": _call_meaning,
    "broadcast": lambda want, _, __: (
        _hypothesis("HassBroadcast", message=want.value),
        Deed("announce", (), want.value),
    ),
    "scene": _device_meaning("HassTurnOn", "activate"),
    "vacuum": _vacuum_meaning,
    "vacuum home": lambda want, _, __: (_hypothesis("HassVacuumReturnToBase"), Deed("dock", (want.target,))),
    "weather tomorrow": _fixed_meaning("HassGetWeather", Deed("tell", ("weather",), "tomorrow"), day="tomorrow"),
    "time": _fixed_meaning("HassGetCurrentTime", Deed("tell", ("time",))),
    "date": _fixed_meaning("HassGetCurrentDate", Deed("tell", ("date",))),
}
