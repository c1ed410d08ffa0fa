"""Habituation: people who know the assistant avoid wordings and wants that never work for them.

Most people drop wordings that the assistant never understands, and stop asking for what it never does. Without
habituation, half of all failures would be the same few hopeless requests, repeated every day for ten weeks.
"""

import msgspec
import numpy as np

from sayagain.household.assistant import HouseholdAssistant
from sayagain.household.deeds import Place
from sayagain.household.home import Home
from sayagain.household.meaning import find_meaning
from sayagain.household.outcome import Delivery
from sayagain.household.people import Person
from sayagain.household.recorded_speech import RecordedSpeech
from sayagain.household.situation import DaySituation
from sayagain.household.skills import plan_best
from sayagain.household.wants import Want
from sayagain.household.world import World

__all__ = ["HABITUATION_PROBABILITY", "habituate"]

HABITUATION_PROBABILITY = 0.85
"""Probability, for each want, that a person has noticed which wordings never work."""

_DROPPED_WEIGHT = 0.2
"""Factor on the weight of a want that no wording fulfils."""


def habituate(
    home: Home, people: tuple[Person, ...], assistant: HouseholdAssistant, recorded: RecordedSpeech, seed: int
) -> tuple[Person, ...]:
    """Return people with the wordings and wants that they keep after some experience with the assistant.

    Ambiguous requests stay, since they work some of the time. Private names stay too, since people do not notice that
    the assistant does not know them.

    Args:
        home: the home of the people.
        people: the people as drawn.
        assistant: the assistant of the home.
        recorded: the recognition outcomes; those without noise decide.
        seed: seed of the replay.
    """
    return tuple(
        _habituate_person(home, person, assistant, recorded, np.random.default_rng([seed, 6, home.number, index]))
        for index, person in enumerate(people)
    )


def _habituate_person(
    home: Home, person: Person, assistant: HouseholdAssistant, recorded: RecordedSpeech, rng: np.random.Generator
) -> Person:
    draws = rng.random(len(person.wants))
    wants = tuple(
        _habituate_want(home, person, want, assistant, recorded)
        if draw < HABITUATION_PROBABILITY and _is_habituable(want)
        else want
        for want, draw in zip(person.wants, draws, strict=True)
    )
    return msgspec.structs.replace(person, wants=wants)


def _is_habituable(want: Want) -> bool:
    return want.kind not in {"family", "impossible"} and not want.kind.startswith("nickname")


def _habituate_want(
    home: Home, person: Person, want: Want, assistant: HouseholdAssistant, recorded: RecordedSpeech
) -> Want:
    satellite = home.satellite_in(want.area) or home.satellites[0]
    place = Place(home, satellite)
    situation = DaySituation(place, World(home), person, 720, 0)

    def succeeds(wording: str) -> bool:
        heard = recorded.outcome(Delivery(wording, person.voice, "clean"), 0.0).best
        hypotheses = assistant.understanding.hypotheses(heard, home, place.area)
        deed = plan_best(hypotheses, place).deed
        return deed == find_meaning(want, wording, situation).deed

    wordings = [wording for wording in want.wordings if wording in recorded.requests]
    working = [wording for wording in wordings if succeeds(wording)]
    if not working:
        return msgspec.structs.replace(want, weight=want.weight * _DROPPED_WEIGHT)
    return msgspec.structs.replace(
        want, wordings=(*working, *(wording for wording in wordings if wording not in working))
    )
