"""The people of the homes: voice, temper, tastes, habits and wants of each person, drawn from a seed."""

from functools import lru_cache

import msgspec
import numpy as np

from sayagain.household.home import Home, homes
from sayagain.household.media_wants import draw_taste
from sayagain.household.outcome import VOICES, Voice
from sayagain.household.person_wants import draw_wants
from sayagain.household.phrases import COFFEES
from sayagain.household.wants import Want

__all__ = ["NOISE", "Person", "draw_people", "population"]

NOISE: dict[str, tuple[float, float, float, float]] = {
    "kitchen": (0.68, 0.22, 0.08, 0.02),
    "living_room": (0.75, 0.18, 0.05, 0.02),
    "kids_room": (0.70, 0.20, 0.08, 0.02),
    "bedroom": (0.90, 0.08, 0.015, 0.005),
    "office": (0.86, 0.12, 0.015, 0.005),
}
"""Probability of each of `CONDITIONS` in the rooms with a satellite; kitchens and children's rooms are noisier."""

_VOICE_SHARES = (0.12, 0.40, 0.18, 0.05, 0.17, 0.08)
"""Shares of people with each of `VOICES`: mostly those that the small recogniser understands best."""


class Person(msgspec.Struct, frozen=True):
    """A person who lives in a home. The assistant never sees any of these fields."""

    id: str
    """For example `home07.p1`."""
    home: str
    """The home's id."""
    voice: Voice
    """The voice of the person's recordings."""
    noise_factor: float
    """Factor on the noisy conditions of `NOISE`: 0 is always clean, 2 is twice as noisy."""
    taste: str
    """The genre that the person listens to."""
    coffee: str
    """The coffee that the person drinks."""
    habits: frozenset[str]
    """Circumstances of ambiguous families that always hold for this person."""
    requests_per_day: float
    """Mean number of requests a day without retries."""
    patience: float
    """Rate of retries after trouble, relative to others; 1 is average."""
    repeat_factor: float
    """Rate of repeats after trouble, relative to others."""
    playfulness: float
    """Rate of repeats after success, relative to others; some repeat for fun."""
    politeness: float
    """Rate of thanks, relative to others."""
    haste: float
    """Rate of barge-ins, relative to others."""
    candour: float
    """Probability that the person answers "did that help?", in [0, 1]."""
    steadiness: float
    """Probability of the favourite wording, in [0, 1]."""
    wants: tuple[Want, ...]
    """The person's wants."""

    def noise(self, area: str) -> tuple[float, ...]:
        """Return the probabilities of `CONDITIONS` around this person in a room; they sum to 1."""
        clean, *noisy_shares = NOISE[area]
        scaled_shares = [share * self.noise_factor for share in noisy_shares]
        total = clean + sum(scaled_shares)
        return (clean / total, *(share / total for share in scaled_shares))


@lru_cache(maxsize=4)
def population(seed: int, count: int = 100) -> tuple[tuple[Home, ...], tuple[Person, ...]]:
    """Return the homes of a seed and all people in them.

    >>> houses, people = population(1, 3)
    >>> [person.home for person in people] == [house.id for house in houses for _ in house.people]
    True
    """
    houses = homes(seed, count)
    return houses, tuple(person for house in houses for person in draw_people(seed, house))


def draw_people(seed: int, home: Home) -> tuple[Person, ...]:
    """Draw the people of one home."""
    return tuple(
        _draw_person(person_id, home, np.random.default_rng([seed, 2, home.number, index]))
        for index, person_id in enumerate(home.people)
    )


def _draw_person(person_id: str, home: Home, rng: np.random.Generator) -> Person:
    taste = draw_taste(rng)
    habit_probabilities = {
        "taste in music": 0.75,
        "taste in coffee": 0.7,
        "calls at work": 0.4,
        "knows brown": 0.45,
        "keeps one list": 0.3,
        "locks up at night": 0.35,
        "cooks by recipe": 0.4,
        "exercises": 0.35,
        "watches at night": 0.6,
    }
    habits = frozenset(name for name, probability in habit_probabilities.items() if rng.random() < probability)
    temper_draws = rng.gamma(3.0, 1 / 3.0, size=5)
    return Person(
        id=person_id,
        home=home.id,
        voice=VOICES[int(rng.choice(len(VOICES), p=_VOICE_SHARES))],
        noise_factor=float(rng.uniform(0.4, 1.6)),
        taste=taste,
        coffee=str(rng.choice(COFFEES)),
        habits=habits,
        requests_per_day=float(rng.gamma(6.0, 11.5 / 6.0)),
        patience=float(rng.uniform(0.6, 1.4)),
        repeat_factor=float(temper_draws[0]),
        # One person in eight repeats for fun, one in four never does.
        playfulness=float(rng.choice((4.0, 1.0, 0.0), p=(0.12, 0.63, 0.25))),
        politeness=float(temper_draws[2]),
        haste=float(temper_draws[3]),
        candour=float(rng.uniform(0.1, 0.9)),
        steadiness=float(rng.uniform(0.75, 0.95)),
        wants=draw_wants(home, taste, rng),
    )
