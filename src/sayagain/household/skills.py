"""Skills: from a hypothesis to a deed, by entity resolution of its slots."""

from collections.abc import Callable

import msgspec

from sayagain.household.deeds import NOTHING, Deed, Place
from sayagain.household.resolution import ResolvedEntity, find_alarm_time, find_contact, find_devices, find_work
from sayagain.turns import Hypothesis, Resolution

__all__ = ["Plan", "make_plan"]

Slots = dict[str, str]


class Plan(msgspec.Struct, frozen=True, gc=False):
    """The resolution of a hypothesis in a place."""

    deed: Deed | None = None
    """The deed; None where the hypothesis cannot be resolved."""
    resolution: tuple[Resolution, ...] = ()
    """The trace of entity resolution."""
    error: str | None = None
    """Why not, in Home Assistant's words: `no_intent_match`, `no_valid_targets`, `failed_to_handle`."""


def make_plan(reading: Hypothesis | None, place: Place) -> Plan:
    """Resolve a hypothesis to a deed.

    Args:
        reading: the best reading; None or empty when nothing was understood.
        place: where it was said.

    >>> from sayagain.household.home import homes
    >>> from sayagain.turns import Slot
    >>> home = homes(1, 1)[0]
    >>> place = Place(home, home.satellites[0])
    >>> make_plan(Hypothesis(intent="OvenSet", slots=(Slot("temperature", "180"),)), place).deed
    Deed(verb='oven', targets=('oven.oven',), value='180')
    """
    if reading is None or reading.empty:
        return Plan(error="no_intent_match")
    slots = {slot.name: str(slot.value) for slot in reading.slots}
    skill = _SKILLS.get(reading.intent)
    if skill is None:
        return Plan(error="failed_to_handle")
    return skill(slots, place)


def _done(verb: str, found: ResolvedEntity, value: str = "") -> Plan:
    if not found.targets:
        return Plan(None, found.resolution, found.error)
    return Plan(Deed(verb, found.targets, value), found.resolution)


def _told(*targets: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    return lambda slots, _: Plan(Deed("tell", targets, slots.get("day", value)))


def _fixed(verb: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    return lambda slots, _: Plan(Deed(verb, (), slots.get("kind", slots.get("how", value))))


def _devices(slots: Slots, place: Place, domain: str | None = None) -> ResolvedEntity:
    area = slots.get("area")
    if area in {"@fan", "@cover"}:
        device = place.nearest_device(area.removeprefix("@"))
        area = None if device is None else device.area
    name, kind = slots.get("name"), domain or slots.get("domain")
    device_class = slots.get("device_class")
    if device_class is not None:
        kind = "cover"
    found = find_devices(place, name=name, area=area, domain=kind, device_class=device_class)
    if slots.get("floor") and found.targets:
        on_floor = {a.id for a in place.home.areas if a.floor == slots["floor"]}
        kept = tuple(t for t in found.targets if (d := place.home.device(t)) is not None and d.area in on_floor)
        return ResolvedEntity(kept, found.resolution, None if kept else "no_valid_targets")
    return found


_ON = {"cover": "open", "lock": "lock", "scene": "activate", "vacuum": "vacuum"}
_OFF = {"cover": "close", "lock": "unlock", "vacuum": "dock"}


def _switch(verb: str, verbs: dict[str, str]) -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        found = _devices(slots, place)
        if not found.targets:
            return _done(verb, found)
        return _done(verbs.get(found.targets[0].partition(".")[0], verb), found)

    return skill


def _on(verb: str, domain: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    """Return a skill that does one thing to the devices of one domain; the value is the slot of that name."""
    return lambda slots, place: _done(verb, _devices(slots, place, domain), slots.get(value, ""))


def _light_set(slots: Slots, place: Place) -> Plan:
    found = _devices(slots, place, "light")
    for verb in ("brightness", "color", "temperature"):
        if verb in slots:
            return _done(verb, found, slots[verb])
    return _done("turn on", found)


def _climate(verb: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        found = _devices(slots, place, "climate")
        if "name" not in slots and found.targets:
            # A room has its radiator; the thermostat is meant by name, or where there is no radiator.
            radiators = tuple(target for target in found.targets if target != "climate.thermostat")
            found = ResolvedEntity(radiators or found.targets, found.resolution)
        if not found.targets and "name" not in slots:
            found = ResolvedEntity(("climate.thermostat",), found.resolution)
        return _done(verb, found, slots.get(value, ""))

    return skill


def _state(slots: Slots, place: Place) -> Plan:
    if "name" not in slots:
        return Plan(Deed("tell", (slots.get("domain", slots.get("device_class", "state")),)))
    return _done("tell", _devices(slots, place))


def _player(verb: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    """Return a skill for what plays in a room; a player that is named stands for its room."""

    def skill(slots: Slots, place: Place) -> Plan:
        said = slots.get(value, "")
        if "name" in slots:
            found = _devices(slots, place, "media_player")
            return _done(verb, found, said)
        return Plan(Deed(verb, (slots.get("area", place.area),), said))

    return skill


def _volume_step(slots: Slots, place: Place) -> Plan:
    step = slots.get("volume_step", "up")
    return _player("volume down" if step.startswith(("-", "down")) else "volume up")(slots, place)


def _play(slots: Slots, _: Place) -> Plan:
    return _done("play", find_work(slots.get("search_query", ""), slots.get("media_class")))


def _timer(slots: Slots, _: Place) -> Plan:
    seconds = sum(int(slots.get(unit, 0)) * size for unit, size in (("hours", 3600), ("minutes", 60), ("seconds", 1)))
    return Plan(Deed("start timer", (), f"{seconds} {slots.get('name', slots.get('conversation_command', ''))}"))


def _alarm(slots: Slots, _: Place) -> Plan:
    raw = slots.get("time", "")
    time = raw if len(raw) == 5 and raw[2] == ":" and raw[:2].isdigit() and int(raw[:2]) > 12 else find_alarm_time(raw)
    status = "not_found" if time is None else "ok"
    resolution = (Resolution(slot="time", raw=raw, id=time, status=status),)
    if time is None:
        return Plan(None, resolution, "no_valid_targets")
    return Plan(Deed("set alarm", (), time), resolution)


def _list(verb: str, target: str = "") -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        found = ResolvedEntity((target,)) if "name" not in slots else _devices({"name": slots["name"]}, place, "todo")
        return _done(verb, found, slots.get("item", ""))

    return skill


def _contact(slots: Slots, place: Place) -> Plan:
    return _done("call", find_contact(place, slots.get("name", ""), slots.get("line")))


def _vacuum(verb: str) -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        vacuum = place.nearest_device("vacuum")
        if vacuum is None:
            return Plan(error="no_valid_targets")
        return Plan(Deed(verb, (vacuum.id,), slots.get("area", "") if verb == "vacuum" else ""))

    return skill


def _nothing(_: Slots, __: Place) -> Plan:
    return Plan(NOTHING)


_SKILLS: dict[str, Callable[[Slots, Place], Plan]] = {
    "HassTurnOn": _switch("turn on", _ON),
    "HassTurnOff": _switch("turn off", _OFF),
    "HassLightSet": _light_set,
    "Dim": _on("dim", "light"),
    "Brighten": _on("brighten", "light"),
    "HassSetPosition": _on("position", "cover", "position"),
    "HassFanSetSpeed": _on("speed", "fan", "percentage"),
    "HassClimateSetTemperature": _climate("heat", "temperature"),
    "HassClimateGetTemperature": _climate("tell"),
    "Warmer": _climate("warmer"),
    "Cooler": _climate("cooler"),
    "HassGetState": _state,
    "HassStartTimer": _timer,
    "HassCancelTimer": _fixed("cancel timer"),
    "HassCancelAllTimers": _fixed("cancel timer"),
    "HassTimerStatus": _told("timer"),
    "StopTimer": _fixed("silence timer"),
    "SetAlarm": _alarm,
    "CancelAlarm": _fixed("cancel alarm"),
    "AlarmStatus": _told("alarm"),
    "StopAlarm": _fixed("silence alarm"),
    "HassListAddItem": _list("add"),
    "HassShoppingListAddItem": _list("add", "todo.shopping_list"),
    "HassListRemoveItem": _list("remove"),
    "HassListCompleteItem": _list("remove"),
    "HassShoppingListCompleteItem": _list("remove", "todo.shopping_list"),
    "ReadList": _list("tell"),
    "HassMediaSearchAndPlay": _play,
    "HassMediaPause": _player("pause"),
    "HassMediaUnpause": _player("resume"),
    "HassMediaNext": _player("next"),
    "HassMediaPrevious": _player("previous"),
    "HassSetVolume": _player("volume", "volume_level"),
    "HassSetVolumeRelative": _volume_step,
    "HassMediaPlayerMute": _player("mute"),
    "HassMediaPlayerUnmute": _player("unmute"),
    "News": _fixed("news"),
    "Recipe": _fixed("recipe"),
    "RecipeNext": _fixed("next step"),
    "RecipeBack": _fixed("last step"),
    "ExerciseNext": _fixed("next exercise"),
    "Calendar": _told("calendar"),
    "TvGuide": _told("tv guide"),
    "ShowCamera": _on("show", "camera"),
    "OvenSet": lambda slots, _: Plan(Deed("oven", ("oven.oven",), slots.get("temperature", ""))),
    "OvenOff": lambda _, __: Plan(Deed("turn off", ("oven.oven",))),
    "OvenTemperature": _told("oven.oven"),
    "OvenRemaining": _told("oven remaining"),
    "MakeCoffee": lambda slots, _: Plan(Deed("brew", ("coffee.coffee_machine",), slots.get("kind", ""))),
    "CallContact": _contact,
    "HassBroadcast": lambda slots, _: Plan(Deed("announce", (), slots.get("message", ""))),
    "HassGetWeather": lambda slots, _: Plan(Deed("tell", ("weather",), slots.get("day", "today"))),
    "HassGetCurrentTime": _told("time"),
    "HassGetCurrentDate": _told("date"),
    "OutdoorTemperature": _told("sensor.outdoor_temperature"),
    "HassVacuumStart": _vacuum("vacuum"),
    "HassVacuumCleanArea": _vacuum("vacuum"),
    "HassVacuumReturnToBase": _vacuum("dock"),
    "VacuumPause": _vacuum("pause vacuum"),
    "HassNevermind": _nothing,
    "HassRespond": _nothing,
}
