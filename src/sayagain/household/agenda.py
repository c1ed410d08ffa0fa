"""The agenda: the visits and wants of each person of a home in one week, independent of the assistant.

The agenda has random generators of its own, so all arms of an experiment share it.
"""

from collections.abc import Iterator
from itertools import accumulate

import msgspec
import numpy as np

from sayagain.household.home import Home, Satellite
from sayagain.household.people import Person
from sayagain.household.wants import Want

__all__ = ["DAY_MS", "START", "Errand", "Visit", "visits"]

START = 1_780_272_000_000
"""Start of the first week, UTC, in milliseconds: midnight of 2026-06-01, a Monday."""

DAY_MS = 86_400_000
_MINUTE_MS = 60_000

_MINUTE_DISTRIBUTIONS = {
    "morning": (450.0, 55.0),
    "day": (900.0, 190.0),
    "evening": (1165.0, 85.0),
    "night": (1310.0, 50.0),
    "any": (930.0, 240.0),
}
"""Mean and standard deviation of the minute of the day at which a want comes up."""
_PRECEDING_KINDS = {
    "it off": ("switch on", "fan on", "light on"),
    "it on": ("switch off", "fan off", "light off"),
    "warmer": ("light on",),
    "brighter": ("light on",),
    "cancel": ("timer", "alarm"),
}
"""Kinds of wants that likely come just before an ambiguous request that refers back, by its family."""
_FALSE_WAKES_PER_DAY = 0.35
"""Mean number of false wakes a day in a home, by television or chatter."""
_OUTAGE_PROBABILITY = 0.10
"""Probability of an outage on one day in one home."""
_VOICE_ALARM_PROBABILITY = 0.12
"""Probability that a person with an alarm and a coffee habit stops it by voice and asks for coffee on a workday."""
_AMBIGUOUS_WEIGHT = 0.5
"""Factor on the weight of ambiguous wants."""
_FOLLOW_UP_PROBABILITY = 0.28
"""Probability that a want comes up in the visit of the one before it."""


class Errand(msgspec.Struct, frozen=True, gc=False):
    """One occurrence of a want."""

    want: Want
    """The want."""
    draws: tuple[float, float, float, float]
    """Random numbers in [0, 1) for the first try: wording, noise, take, circumstance."""


class Visit(msgspec.Struct, frozen=True, gc=False):
    """A visit to a satellite: one session of one person."""

    time: int
    """Start, in milliseconds."""
    minute: int
    """Local time, minutes after midnight."""
    person: int
    """Index of the person among the home's people; -1 for the television."""
    satellite: Satellite
    """The satellite spoken to."""
    errands: tuple[Errand, ...]
    """The errands, in order."""
    alarm_rings: bool = False
    """Whether an alarm rings at the start."""
    outages: frozenset[str] = frozenset()
    """Ids of devices and verbs of services that do not work."""


def visits(home: Home, people: tuple[Person, ...], week: int, seed: int) -> list[Visit]:
    """Draw the visits of one week of a home, in order of time.

    Args:
        home: the home.
        people: the people who live there.
        week: number of the week, from 0.
        seed: seed of the replay.
    """
    home_rng = np.random.default_rng([seed, 5, home.number, week])
    outages = [_draw_outages(home, home_rng) for _ in range(7)]
    drawn_visits = [
        _draw_false_wake(home, home_rng, day)
        for day in range(7)
        for _ in range(int(home_rng.poisson(_FALSE_WAKES_PER_DAY)))
    ]
    for index, person in enumerate(people):
        rng = np.random.default_rng([seed, 3, home.number, index, week])
        drawn_visits += _draw_visits(home, person, index, rng)
    start = START + week * 7 * DAY_MS
    week_visits = [
        msgspec.structs.replace(visit, time=start + visit.time, outages=outages[visit.time // DAY_MS])
        for visit in drawn_visits
    ]
    week_visits.sort(key=lambda visit: (visit.time, visit.person))
    return week_visits


def _draw_outages(home: Home, rng: np.random.Generator) -> frozenset[str]:
    if rng.random() >= _OUTAGE_PROBABILITY:
        return frozenset()
    if rng.random() < 0.35:
        return frozenset({str(rng.choice(("play", "tell", "call")))})
    device_ids = [
        d.id for d in home.devices if d.domain in {"light", "cover", "climate", "lock", "fan", "switch", "coffee"}
    ]
    return frozenset(
        device_ids[int(i)] for i in rng.choice(len(device_ids), size=min(3, len(device_ids)), replace=False)
    )


def _draw_false_wake(home: Home, rng: np.random.Generator, day: int) -> Visit:
    minute = int(np.clip(rng.normal(1170, 110), 420, 1410))
    satellite = home.satellite_in("living_room") or home.satellites[0]
    draws = (float(rng.random()), float(rng.random()), float(rng.random()), 0.0)
    time = day * DAY_MS + minute * _MINUTE_MS + int(rng.integers(_MINUTE_MS))
    return Visit(time, minute, -1, satellite, (Errand(Want("television", 1.0), draws),))


def _draw_visits(home: Home, person: Person, index: int, rng: np.random.Generator) -> Iterator[Visit]:
    wants = person.wants
    cumulative_weights = np.array(
        list(accumulate(want.weight * (_AMBIGUOUS_WEIGHT if want.kind == "family" else 1) for want in wants))
    )
    for day in range(7):
        count = int(rng.poisson(person.requests_per_day * (1.25 if day >= 5 else 0.9)))
        chosen_wants = [
            wants[int(i)] for i in np.searchsorted(cumulative_weights, rng.random(count) * cumulative_weights[-1])
        ]
        normals, draws = rng.standard_normal(count), rng.random((count, 4)).tolist()
        satellite_draws, follow_up_draws = rng.random(count), rng.random(count)
        schedule = []
        for position, want in enumerate(chosen_wants):
            mean_minute, minute_spread = _MINUTE_DISTRIBUTIONS[want.time_of_day]
            minute = int(min(1438, max(330, mean_minute + minute_spread * normals[position])))
            schedule.append((minute, position, want))
        schedule.sort(key=lambda entry: entry[:2])
        open_visit: Visit | None = None
        for minute, position, want in schedule:
            errands = _draw_errands(person, want, draws[position])
            if (
                open_visit is not None
                and follow_up_draws[position] < _FOLLOW_UP_PROBABILITY
                and want.area in {"", open_visit.satellite.area}
            ):
                open_visit = msgspec.structs.replace(open_visit, errands=(*open_visit.errands, *errands))
                continue
            if open_visit is not None:
                yield open_visit
            satellite = _draw_satellite(home, want, float(satellite_draws[position]))
            offset_ms = int(draws[position][0] * 59_000)
            time = day * DAY_MS + minute * _MINUTE_MS + offset_ms
            open_visit = Visit(time, minute, index, satellite, errands)
        if open_visit is not None:
            yield open_visit
        yield from _draw_alarm_visits(home, person, index, day, rng)


def _draw_satellite(home: Home, want: Want, draw: float) -> Satellite:
    satellites = [satellite for satellite in home.satellites if satellite.area == want.area] or home.satellites
    return satellites[int(draw * len(satellites))]


def _draw_errands(person: Person, want: Want, draws: list[float]) -> tuple[Errand, ...]:
    errand = Errand(want, (draws[0], draws[1], draws[2], draws[3]))
    preceding_kinds = _PRECEDING_KINDS.get(want.target) if want.kind == "family" else None
    if preceding_kinds is None or draws[3] > 0.6:
        return (errand,)
    preceding_wants = [other for other in person.wants if other.kind in preceding_kinds]
    if not preceding_wants:
        return (errand,)
    preceding_want = preceding_wants[int(draws[0] * len(preceding_wants))]
    return (Errand(preceding_want, (draws[1], draws[2], draws[0], draws[3])), errand)


def _draw_alarm_visits(home: Home, person: Person, index: int, day: int, rng: np.random.Generator) -> Iterator[Visit]:
    """Draw the visits around an alarm: stopping it, and asking for coffee some minutes later."""
    alarms = [want for want in person.wants if want.kind == "alarm"]
    draws = rng.random((2, 4)).tolist()
    if not alarms or day >= 5 or "taste in coffee" not in person.habits or rng.random() > _VOICE_ALARM_PROBABILITY:
        return
    hour, minute = alarms[0].value.split(":")
    alarm_minute = int(hour) * 60 + int(minute)
    bedroom = home.satellite_in("bedroom") or home.satellites[-1]
    kitchen = next(s for s in home.satellites if s.area == "kitchen")
    stop_want = Want("family", 1.0, wordings=("stop",), target="stop")
    coffee_want = Want("family", 1.0, wordings=("make coffee", "coffee please"), target="coffee")
    alarm_time = day * DAY_MS + alarm_minute * _MINUTE_MS
    stop_draws, coffee_draws = draws
    yield Visit(
        alarm_time + 9_000,
        alarm_minute,
        index,
        bedroom,
        (Errand(stop_want, (stop_draws[0], stop_draws[1], stop_draws[2], 0.9)),),
        alarm_rings=True,
    )
    coffee_delay = 5 + int(6 * coffee_draws[3])
    coffee_errand = Errand(coffee_want, (coffee_draws[0], coffee_draws[1], coffee_draws[2], 0.9))
    yield Visit(alarm_time + coffee_delay * _MINUTE_MS, alarm_minute + coffee_delay, index, kitchen, (coffee_errand,))
