"""Situations: tests of circumstances, and events of a person's day that cause them."""

from collections.abc import Callable

import msgspec

from sayagain.household.ambiguity import Alternative, Family
from sayagain.household.deeds import Deed, Place
from sayagain.household.people import Person
from sayagain.household.world import World

__all__ = ["DaySituation", "cause_circumstance", "choose_alternative", "holds"]

_RECENT_MS = 60_000


class DaySituation(msgspec.Struct, frozen=True):
    """Everything that decides the meaning of an ambiguous request."""

    place: Place
    """Where, and what the session was about."""
    world: World
    """The state of the home."""
    person: Person
    """Who speaks."""
    minute: int
    """Local time, minutes after midnight."""
    now: int
    """Milliseconds."""

    @property
    def recent_deed(self) -> Deed | None:
        """What the session was about, if that was a moment ago."""
        memory = self.place.memory
        return memory.deed if memory is not None and self.now - memory.time <= _RECENT_MS else None


def choose_alternative(family: Family, situation: DaySituation) -> Alternative:
    """Return the hypothesis that the person means: the first whose circumstance holds, or the default."""
    return next((other for other in family.alternatives if holds(other.circumstance, situation)), family.default)


def holds(circumstance: str, situation: DaySituation) -> bool:
    """Return whether a circumstance holds; habits hold by person."""
    test = _TESTS.get(circumstance)
    return circumstance in situation.person.habits if test is None else test(situation)


def _state(situation: DaySituation, device: str) -> str:
    return situation.world.states.get(device, "")


def _activity(situation: DaySituation) -> str:
    return situation.world.activities.get(situation.place.area, "")


def _tv_on(situation: DaySituation) -> bool:
    return situation.world.playing.get(situation.place.area, "").startswith(("film.", "series."))


def _last_on_device(situation: DaySituation) -> bool:
    before = situation.recent_deed
    return before is not None and bool(before.targets) and before.targets[0] in situation.world.states


def _has(situation: DaySituation, domain: str) -> bool:
    return bool(situation.place.home.devices_of(domain, situation.place.area))


_TESTS: dict[str, Callable[[DaySituation], bool]] = {
    "oven on": lambda s: s.place.area == "kitchen" and _state(s, "oven.oven") != "off",
    "vacuum running": lambda s: _state(s, "vacuum.robot_vacuum") == "cleaning",
    "vacuum paused": lambda s: _state(s, "vacuum.robot_vacuum") == "paused",
    "alarm ringing": lambda s: s.world.alarm_start is not None,
    "timer ringing": lambda s: s.world.has_ringing_timer(s.now),
    "silent": lambda s: s.place.area not in s.world.playing or s.place.area in s.world.paused,
    "garage open": lambda s: _state(s, "cover.garage_door") == "open",
    "coffee brewing": lambda s: s.place.area == "kitchen" and _state(s, "coffee.coffee_machine") == "brewing",
    "tv on": _tv_on,
    "screen": lambda s: s.place.satellite.screen,
    "following a recipe": lambda s: _activity(s) == "following a recipe",
    "exercising": lambda s: _activity(s) == "exercising",
    "watching": lambda s: _activity(s) == "watching",
    "no fan here": lambda s: not _has(s, "fan"),
    "no blinds here": lambda s: not _has(s, "cover"),
    "elsewhere": lambda s: (
        bool(s.place.home.devices_of("media_player", s.place.area)) and s.place.area != "living_room"
    ),
    "working hours": lambda s: 540 <= s.minute < 1020 and s.place.home.device("light.desk_lamp") is not None,
    "afternoon": lambda s: 720 <= s.minute < 1080,
    "evening": lambda s: s.minute >= 1020,
    "night": lambda s: s.minute >= 1260 and s.place.home.device("media_player.bedroom_tv") is not None,
    "something before": _last_on_device,
    "lights before": lambda s: s.recent_deed is not None and any(t.startswith("light.") for t in s.recent_deed.targets),
    "timer before": lambda s: s.recent_deed is not None and s.recent_deed.verb == "start timer",
    "alarm before": lambda s: s.recent_deed is not None and s.recent_deed.verb == "set alarm",
    "doorbell rang": lambda s: s.world.sensors.get("binary_sensor.doorbell") == "on",
    "freezing": lambda s: float(s.world.sensors["sensor.outdoor_temperature"]) < 0,
    "back door open": lambda s: _state(s, "lock.back_door") == "unlocked",
    "crumbs in the kitchen": lambda s: s.world.sensors.get("sensor.kitchen_dirt") == "high",
}


def cause_circumstance(family: Family, situation: DaySituation, draw: float) -> None:
    """Let happen what makes a person say an ambiguous request: two times in five one of its circumstances.

    Time, rooms, habits and what was said before cannot be brought about here; they hold or they do not.

    Args:
        family: whose circumstances.
        situation: its world is changed.
        draw: in [0, 1), chooses the circumstance, or none.
    """
    world, area = situation.world, situation.place.area
    wanted = [other.circumstance for other in family.alternatives if other.circumstance in _MAKE]
    if not wanted:
        return
    for circumstance in wanted:
        _UNMAKE[circumstance](world, area)
    if draw < 0.4:
        _MAKE[wanted[int(draw / 0.4 * len(wanted))]](world, area, situation.now)


def _set(device: str, state: str) -> Callable[[World, str, int], None]:
    return lambda world, _, now: world.set_state(device, state, now)


def _unset(device: str, state: str) -> Callable[[World, str], None]:
    def unmake(world: World, area: str) -> None:
        del area
        if device in world.states:
            world.states[device] = state

    return unmake


def _sense(sensor: str, value: str | int) -> Callable[[World, str, int], None]:
    return lambda world, _, now: world.set_sensor(sensor, value, now)


def _unsense(sensor: str, value: str | int) -> Callable[[World, str], None]:
    def unmake(world: World, area: str) -> None:
        del area
        world.sensors[sensor] = value

    return unmake


def _busy(activity: str) -> Callable[[World, str, int], None]:
    return lambda world, area, now: world.set_activity(area, activity, now)


def _idle(world: World, area: str) -> None:
    world.activities.pop(area, None)


def _ring(world: World, area: str, now: int) -> None:
    del area
    world.alarm_start = now


def _quiet(world: World, area: str) -> None:
    del area
    world.alarm_start = None


def _ring_timer(world: World, area: str, now: int) -> None:
    del area
    world.timers.append((now - 5_000, ""))


def _clear_timers(world: World, area: str) -> None:
    del area
    world.timers.clear()


def _silence(world: World, area: str, now: int) -> None:
    del now
    world.playing.pop(area, None)


def _music(world: World, area: str) -> None:
    world.playing.setdefault(area, "playlist.pop_playlist")
    world.paused.discard(area)


def _film(world: World, area: str, now: int) -> None:
    del now
    world.playing[area] = "film.paddington"


_MAKE: dict[str, Callable[[World, str, int], None]] = {
    "oven on": _set("oven.oven", "180"),
    "vacuum running": _set("vacuum.robot_vacuum", "cleaning"),
    "vacuum paused": _set("vacuum.robot_vacuum", "paused"),
    "alarm ringing": _ring,
    "timer ringing": _ring_timer,
    "silent": _silence,
    "garage open": _set("cover.garage_door", "open"),
    "coffee brewing": _set("coffee.coffee_machine", "brewing"),
    "tv on": _film,
    "following a recipe": _busy("following a recipe"),
    "exercising": _busy("exercising"),
    "watching": _busy("watching"),
    "doorbell rang": _sense("binary_sensor.doorbell", "on"),
    "freezing": _sense("sensor.outdoor_temperature", -4),
    "back door open": _set("lock.back_door", "unlocked"),
    "crumbs in the kitchen": _sense("sensor.kitchen_dirt", "high"),
}

_UNMAKE: dict[str, Callable[[World, str], None]] = {
    "oven on": _unset("oven.oven", "off"),
    "vacuum running": _unset("vacuum.robot_vacuum", "docked"),
    "vacuum paused": _unset("vacuum.robot_vacuum", "docked"),
    "alarm ringing": _quiet,
    "timer ringing": _clear_timers,
    "silent": _music,
    "garage open": _unset("cover.garage_door", "closed"),
    "coffee brewing": _unset("coffee.coffee_machine", "idle"),
    "tv on": _music,
    "following a recipe": _idle,
    "exercising": _idle,
    "watching": _idle,
    "doorbell rang": _unsense("binary_sensor.doorbell", "off"),
    "freezing": _unsense("sensor.outdoor_temperature", 9),
    "back door open": _unset("lock.back_door", "locked"),
    "crumbs in the kitchen": _unsense("sensor.kitchen_dirt", "low"),
}
