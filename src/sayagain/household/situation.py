"""Situations: tests of circumstances, and the events that cause them."""

from collections.abc import Callable

import msgspec

from sayagain.household.deeds import Deed, Place
from sayagain.household.family import Alternative, Family
from sayagain.household.people import Person
from sayagain.household.world import World

__all__ = ["DaySituation", "cause_circumstance", "choose_alternative", "holds"]

_RECENT_MS = 60_000


class DaySituation(msgspec.Struct, frozen=True):
    """Everything that decides the meaning of an ambiguous request."""

    place: Place
    """The place, with the last deed of the session."""
    world: World
    """The state of the home."""
    person: Person
    """The speaker."""
    minute: int
    """Local time, minutes after midnight."""
    now: int
    """Time, in milliseconds."""

    @property
    def recent_deed(self) -> Deed | None:
        """The last deed of the session, if it is at most a minute old."""
        memory = self.place.memory
        return memory.deed if memory is not None and self.now - memory.time <= _RECENT_MS else None


def choose_alternative(family: Family, situation: DaySituation) -> Alternative:
    """Return the alternative that the person means: the first whose circumstance holds, or the default."""
    return next((other for other in family.alternatives if holds(other.circumstance, situation)), family.default)


def holds(circumstance: str, situation: DaySituation) -> bool:
    """Return whether a circumstance holds; habits are circumstances of the person."""
    test = _TESTS.get(circumstance)
    return circumstance in situation.person.habits if test is None else test(situation)


def _state(situation: DaySituation, device: str) -> str:
    return situation.world.states.get(device, "")


def _activity(situation: DaySituation) -> str:
    return situation.world.activities.get(situation.place.area, "")


def _is_tv_on(situation: DaySituation) -> bool:
    return situation.world.current_items.get(situation.place.area, "").startswith(("film.", "series."))


def _is_device_remembered(situation: DaySituation) -> bool:
    deed = situation.recent_deed
    return deed is not None and bool(deed.targets) and deed.targets[0] in situation.world.states


def _has_device(situation: DaySituation, domain: str) -> bool:
    return bool(situation.place.home.devices_of(domain, situation.place.area))


_TESTS: dict[str, Callable[[DaySituation], bool]] = {
    "oven on": lambda s: s.place.area == "kitchen" and _state(s, "oven.oven") != "off",
    "vacuum running": lambda s: _state(s, "vacuum.robot_vacuum") == "cleaning",
    "vacuum paused": lambda s: _state(s, "vacuum.robot_vacuum") == "paused",
    "alarm ringing": lambda s: s.world.alarm_start is not None,
    "timer ringing": lambda s: s.world.has_ringing_timer(s.now),
    "silent": lambda s: s.place.area not in s.world.current_items or s.place.area in s.world.paused_rooms,
    "garage open": lambda s: _state(s, "cover.garage_door") == "open",
    "coffee brewing": lambda s: s.place.area == "kitchen" and _state(s, "coffee.coffee_machine") == "brewing",
    "tv on": _is_tv_on,
    "screen": lambda s: s.place.satellite.screen,
    "following a recipe": lambda s: _activity(s) == "following a recipe",
    "exercising": lambda s: _activity(s) == "exercising",
    "watching": lambda s: _activity(s) == "watching",
    "no fan here": lambda s: not _has_device(s, "fan"),
    "no blinds here": lambda s: not _has_device(s, "cover"),
    "elsewhere": lambda s: (
        bool(s.place.home.devices_of("media_player", s.place.area)) and s.place.area != "living_room"
    ),
    "working hours": lambda s: 540 <= s.minute < 1020 and s.place.home.device("light.desk_lamp") is not None,
    "afternoon": lambda s: 720 <= s.minute < 1080,
    "evening": lambda s: s.minute >= 1020,
    "night": lambda s: s.minute >= 1260 and s.place.home.device("media_player.bedroom_tv") is not None,
    "something before": _is_device_remembered,
    "lights before": lambda s: s.recent_deed is not None and any(t.startswith("light.") for t in s.recent_deed.targets),
    "timer before": lambda s: s.recent_deed is not None and s.recent_deed.verb == "start timer",
    "alarm before": lambda s: s.recent_deed is not None and s.recent_deed.verb == "set alarm",
    "doorbell rang": lambda s: s.world.sensors.get("binary_sensor.doorbell") == "on",
    "freezing": lambda s: float(s.world.sensors["sensor.outdoor_temperature"]) < 0,
    "back door open": lambda s: _state(s, "lock.back_door") == "unlocked",
    "crumbs in the kitchen": lambda s: s.world.sensors.get("sensor.kitchen_dirt") == "high",
}


def cause_circumstance(family: Family, situation: DaySituation, draw: float) -> None:
    """Reset a family's circumstances, and cause one of them with probability 0.4.

    Time, rooms, habits and the session cannot be changed here.

    Args:
        family: the family.
        situation: the situation, whose world is changed.
        draw: random number in [0, 1) that chooses the circumstance, or none.
    """
    world, area = situation.world, situation.place.area
    circumstances = [other.circumstance for other in family.alternatives if other.circumstance in _CAUSES]
    if not circumstances:
        return
    for circumstance in circumstances:
        _RESETS[circumstance](world, area)
    if draw < 0.4:
        _CAUSES[circumstances[int(draw / 0.4 * len(circumstances))]](world, area, situation.now)


def _set_device(device: str, state: str) -> Callable[[World, str, int], None]:
    return lambda world, _, now: world.set_state(device, state, now)


def _reset_device(device: str, state: str) -> Callable[[World, str], None]:
    def reset(world: World, area: str) -> None:
        del area
        if device in world.states:
            world.states[device] = state

    return reset


def _set_sensor(sensor: str, value: str | int) -> Callable[[World, str, int], None]:
    return lambda world, _, now: world.set_sensor(sensor, value, now)


def _reset_sensor(sensor: str, value: str | int) -> Callable[[World, str], None]:
    def reset(world: World, area: str) -> None:
        del area
        world.sensors[sensor] = value

    return reset


def _start_activity(activity: str) -> Callable[[World, str, int], None]:
    return lambda world, area, now: world.set_activity(area, activity, now)


def _end_activity(world: World, area: str) -> None:
    world.activities.pop(area, None)


def _ring_alarm(world: World, area: str, now: int) -> None:
    del area
    world.alarm_start = now


def _stop_alarm(world: World, area: str) -> None:
    del area
    world.alarm_start = None


def _ring_timer(world: World, area: str, now: int) -> None:
    del area
    world.timers.append((now - 5_000, ""))


def _clear_timers(world: World, area: str) -> None:
    del area
    world.timers.clear()


def _stop_playing(world: World, area: str, now: int) -> None:
    del now
    world.current_items.pop(area, None)


def _play_music(world: World, area: str) -> None:
    world.current_items.setdefault(area, "playlist.pop_playlist")
    world.paused_rooms.discard(area)


def _play_film(world: World, area: str, now: int) -> None:
    del now
    world.current_items[area] = "film.paddington"


_CAUSES: dict[str, Callable[[World, str, int], None]] = {
    "oven on": _set_device("oven.oven", "180"),
    "vacuum running": _set_device("vacuum.robot_vacuum", "cleaning"),
    "vacuum paused": _set_device("vacuum.robot_vacuum", "paused"),
    "alarm ringing": _ring_alarm,
    "timer ringing": _ring_timer,
    "silent": _stop_playing,
    "garage open": _set_device("cover.garage_door", "open"),
    "coffee brewing": _set_device("coffee.coffee_machine", "brewing"),
    "tv on": _play_film,
    "following a recipe": _start_activity("following a recipe"),
    "exercising": _start_activity("exercising"),
    "watching": _start_activity("watching"),
    "doorbell rang": _set_sensor("binary_sensor.doorbell", "on"),
    "freezing": _set_sensor("sensor.outdoor_temperature", -4),
    "back door open": _set_device("lock.back_door", "unlocked"),
    "crumbs in the kitchen": _set_sensor("sensor.kitchen_dirt", "high"),
}

_RESETS: dict[str, Callable[[World, str], None]] = {
    "oven on": _reset_device("oven.oven", "off"),
    "vacuum running": _reset_device("vacuum.robot_vacuum", "docked"),
    "vacuum paused": _reset_device("vacuum.robot_vacuum", "docked"),
    "alarm ringing": _stop_alarm,
    "timer ringing": _clear_timers,
    "silent": _play_music,
    "garage open": _reset_device("cover.garage_door", "closed"),
    "coffee brewing": _reset_device("coffee.coffee_machine", "idle"),
    "tv on": _play_music,
    "following a recipe": _end_activity,
    "exercising": _end_activity,
    "watching": _end_activity,
    "doorbell rang": _reset_sensor("binary_sensor.doorbell", "off"),
    "freezing": _reset_sensor("sensor.outdoor_temperature", 9),
    "back door open": _reset_device("lock.back_door", "locked"),
    "crumbs in the kitchen": _reset_sensor("sensor.kitchen_dirt", "low"),
}
