"""Skills: from a hypothesis to a deed, by entity resolution of its slots."""

from collections.abc import Callable, Sequence

import msgspec

from sayagain.household.deeds import NOTHING, Deed, Place
from sayagain.household.resolution import ResolvedEntity, find_alarm_time, find_contact, find_devices, find_work
from sayagain.turns import Hypothesis, Resolution

__all__ = ["Plan", "make_plan", "plan_best"]

Slots = dict[str, str]


class Plan(msgspec.Struct, frozen=True, gc=False):
    """The plan for a hypothesis in a place."""

    deed: Deed | None = None
    """The deed; None where the hypothesis cannot be resolved."""
    resolution: tuple[Resolution, ...] = ()
    """The trace of entity resolution."""
    error: str | None = None
    """Home Assistant's error code where there is no deed: `no_intent_match`, `no_valid_targets`, `failed_to_handle`."""


def make_plan(hypothesis: Hypothesis | None, place: Place) -> Plan:
    """Resolve a hypothesis to a deed.

    Args:
        hypothesis: the hypothesis; None or empty where nothing was understood.
        place: the place of the request.

    >>> from sayagain.household.home import homes
    >>> from sayagain.turns import Slot
    >>> home = homes(1, 1)[0]
    >>> place = Place(home, home.satellites[0])
    >>> make_plan(Hypothesis(intent="OvenSet", slots=(Slot("temperature", "180"),)), place).deed
    Deed(verb='oven', targets=('oven.oven',), value='180')
    """
    if hypothesis is None or hypothesis.empty:
        return Plan(error="no_intent_match")
    slots = {slot.name: str(slot.value) for slot in hypothesis.slots}
    skill = _SKILLS.get(hypothesis.intent)
    if skill is None:
        return Plan(error="failed_to_handle")
    return skill(slots, place)


def plan_best(hypotheses: Sequence[Hypothesis], place: Place) -> Plan:
    """Resolve the best of the ranked hypotheses; without any, nothing was understood."""
    return make_plan(hypotheses[0] if hypotheses else None, place)


def _plan_deed(verb: str, entity: ResolvedEntity, value: str = "") -> Plan:
    if not entity.targets:
        return Plan(None, entity.resolution, entity.error)
    return Plan(Deed(verb, entity.targets, value), entity.resolution)


def _telling_skill(*targets: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    return lambda slots, _: Plan(Deed("tell", targets, slots.get("day", value)))


def _constant_skill(verb: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    return lambda slots, _: Plan(Deed(verb, (), slots.get("kind", slots.get("how", value))))


def _find_devices(slots: Slots, place: Place, domain: str | None = None) -> ResolvedEntity:
    area = slots.get("area")
    if area in {"@fan", "@cover"}:
        device = place.nearest_device(area.removeprefix("@"))
        area = None if device is None else device.area
    name, domain_filter = slots.get("name"), domain or slots.get("domain")
    device_class = slots.get("device_class")
    if device_class is not None:
        domain_filter = "cover"
    entity = find_devices(place, name=name, area=area, domain=domain_filter, device_class=device_class)
    if slots.get("floor") and entity.targets:
        floor_areas = {a.id for a in place.home.areas if a.floor == slots["floor"]}
        targets_on_floor = tuple(
            t for t in entity.targets if (d := place.home.device(t)) is not None and d.area in floor_areas
        )
        return ResolvedEntity(targets_on_floor, entity.resolution, None if targets_on_floor else "no_valid_targets")
    return entity


_TURN_ON_VERBS = {"cover": "open", "lock": "lock", "scene": "activate", "vacuum": "vacuum"}
_TURN_OFF_VERBS = {"cover": "close", "lock": "unlock", "vacuum": "dock"}


def _switching_skill(verb: str, verbs: dict[str, str]) -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        entity = _find_devices(slots, place)
        if not entity.targets:
            return _plan_deed(verb, entity)
        return _plan_deed(verbs.get(entity.targets[0].partition(".")[0], verb), entity)

    return skill


def _domain_skill(verb: str, domain: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    """Return a skill for the devices of one domain.

    Args:
        verb: the verb of the deed.
        domain: the domain of the devices.
        value: the slot that holds the deed's value, if any.
    """
    return lambda slots, place: _plan_deed(verb, _find_devices(slots, place, domain), slots.get(value, ""))


def _set_light(slots: Slots, place: Place) -> Plan:
    entity = _find_devices(slots, place, "light")
    for verb in ("brightness", "color", "temperature"):
        if verb in slots:
            return _plan_deed(verb, entity, slots[verb])
    return _plan_deed("turn on", entity)


def _climate_skill(verb: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        entity = _find_devices(slots, place, "climate")
        if "name" not in slots and entity.targets:
            # A room means its radiator; the thermostat needs its name, or a room without a radiator.
            radiators = tuple(target for target in entity.targets if target != "climate.thermostat")
            entity = ResolvedEntity(radiators or entity.targets, entity.resolution)
        if not entity.targets and "name" not in slots:
            entity = ResolvedEntity(("climate.thermostat",), entity.resolution)
        return _plan_deed(verb, entity, slots.get(value, ""))

    return skill


def _tell_state(slots: Slots, place: Place) -> Plan:
    if "name" not in slots:
        return Plan(Deed("tell", (slots.get("domain", slots.get("device_class", "state")),)))
    return _plan_deed("tell", _find_devices(slots, place))


def _player_skill(verb: str, value: str = "") -> Callable[[Slots, Place], Plan]:
    """Return a skill for the player of a room, or for a named player."""

    def skill(slots: Slots, place: Place) -> Plan:
        value_text = slots.get(value, "")
        if "name" in slots:
            entity = _find_devices(slots, place, "media_player")
            return _plan_deed(verb, entity, value_text)
        return Plan(Deed(verb, (slots.get("area", place.area),), value_text))

    return skill


def _step_volume(slots: Slots, place: Place) -> Plan:
    step = slots.get("volume_step", "up")
    return _player_skill("volume down" if step.startswith(("-", "down")) else "volume up")(slots, place)


def _play(slots: Slots, _: Place) -> Plan:
    return _plan_deed("play", find_work(slots.get("search_query", ""), slots.get("media_class")))


def _start_timer(slots: Slots, _: Place) -> Plan:
    seconds = sum(int(slots.get(unit, 0)) * size for unit, size in (("hours", 3600), ("minutes", 60), ("seconds", 1)))
    return Plan(Deed("start timer", (), f"{seconds} {slots.get('name', slots.get('conversation_command', ''))}"))


def _set_alarm(slots: Slots, _: Place) -> Plan:
    slot_text = slots.get("time", "")
    time = (
        slot_text
        if len(slot_text) == 5 and slot_text[2] == ":" and slot_text[:2].isdigit() and int(slot_text[:2]) > 12
        else find_alarm_time(slot_text)
    )
    status = "not_found" if time is None else "ok"
    resolution = (Resolution(slot="time", raw=slot_text, id=time, status=status),)
    if time is None:
        return Plan(None, resolution, "no_valid_targets")
    return Plan(Deed("set alarm", (), time), resolution)


def _list_skill(verb: str, target: str = "") -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        entity = (
            ResolvedEntity((target,)) if "name" not in slots else _find_devices({"name": slots["name"]}, place, "todo")
        )
        return _plan_deed(verb, entity, slots.get("item", ""))

    return skill


def _call_contact(slots: Slots, place: Place) -> Plan:
    return _plan_deed("call", find_contact(place, slots.get("name", ""), slots.get("line")))


def _vacuum_skill(verb: str) -> Callable[[Slots, Place], Plan]:
    def skill(slots: Slots, place: Place) -> Plan:
        vacuum = place.nearest_device("vacuum")
        if vacuum is None:
            return Plan(error="no_valid_targets")
        return Plan(Deed(verb, (vacuum.id,), slots.get("area", "") if verb == "vacuum" else ""))

    return skill


def _do_nothing(_: Slots, __: Place) -> Plan:
    return Plan(NOTHING)


_SKILLS: dict[str, Callable[[Slots, Place], Plan]] = {
    "HassTurnOn": _switching_skill("turn on", _TURN_ON_VERBS),
    "HassTurnOff": _switching_skill("turn off", _TURN_OFF_VERBS),
    "HassLightSet": _set_light,
    "Dim": _domain_skill("dim", "light"),
    "Brighten": _domain_skill("brighten", "light"),
    "HassSetPosition": _domain_skill("position", "cover", "position"),
    "HassFanSetSpeed": _domain_skill("speed", "fan", "percentage"),
    "HassClimateSetTemperature": _climate_skill("heat", "temperature"),
    "HassClimateGetTemperature": _climate_skill("tell"),
    "Warmer": _climate_skill("warmer"),
    "Cooler": _climate_skill("cooler"),
    "HassGetState": _tell_state,
    "HassStartTimer": _start_timer,
    "HassCancelTimer": _constant_skill("cancel timer"),
    "HassCancelAllTimers": _constant_skill("cancel timer"),
    "HassTimerStatus": _telling_skill("timer"),
    "StopTimer": _constant_skill("silence timer"),
    "SetAlarm": _set_alarm,
    "CancelAlarm": _constant_skill("cancel alarm"),
    "AlarmStatus": _telling_skill("alarm"),
    "StopAlarm": _constant_skill("silence alarm"),
    "HassListAddItem": _list_skill("add"),
    "HassShoppingListAddItem": _list_skill("add", "todo.shopping_list"),
    "HassListRemoveItem": _list_skill("remove"),
    "HassListCompleteItem": _list_skill("remove"),
    "HassShoppingListCompleteItem": _list_skill("remove", "todo.shopping_list"),
    "ReadList": _list_skill("tell"),
    "HassMediaSearchAndPlay": _play,
    "HassMediaPause": _player_skill("pause"),
    "HassMediaUnpause": _player_skill("resume"),
    "HassMediaNext": _player_skill("next"),
    "HassMediaPrevious": _player_skill("previous"),
    "HassSetVolume": _player_skill("volume", "volume_level"),
    "HassSetVolumeRelative": _step_volume,
    "HassMediaPlayerMute": _player_skill("mute"),
    "HassMediaPlayerUnmute": _player_skill("unmute"),
    "News": _constant_skill("news"),
    "Recipe": _constant_skill("recipe"),
    "RecipeNext": _constant_skill("next step"),
    "RecipeBack": _constant_skill("last step"),
    "ExerciseNext": _constant_skill("next exercise"),
    "Calendar": _telling_skill("calendar"),
    "TvGuide": _telling_skill("tv guide"),
    "ShowCamera": _domain_skill("show", "camera"),
    "OvenSet": lambda slots, _: Plan(Deed("oven", ("oven.oven",), slots.get("temperature", ""))),
    "OvenOff": lambda _, __: Plan(Deed("turn off", ("oven.oven",))),
    "OvenTemperature": _telling_skill("oven.oven"),
    "OvenRemaining": _telling_skill("oven remaining"),
    "MakeCoffee": lambda slots, _: Plan(Deed("brew", ("coffee.coffee_machine",), slots.get("kind", ""))),
    "CallContact": _call_contact,
    "HassBroadcast": lambda slots, _: Plan(Deed("announce", (), slots.get("message", ""))),
    "HassGetWeather": lambda slots, _: Plan(Deed("tell", ("weather",), slots.get("day", "today"))),
    "HassGetCurrentTime": _telling_skill("time"),
    "HassGetCurrentDate": _telling_skill("date"),
    "OutdoorTemperature": _telling_skill("sensor.outdoor_temperature"),
    "HassVacuumStart": _vacuum_skill("vacuum"),
    "HassVacuumCleanArea": _vacuum_skill("vacuum"),
    "HassVacuumReturnToBase": _vacuum_skill("dock"),
    "VacuumPause": _vacuum_skill("pause vacuum"),
    "HassNevermind": _do_nothing,
    "HassRespond": _do_nothing,
}
