"""Policies: the probability with which each of several choices is made; whoever draws from them logs it.

The first choice is the present one. A policy gets the estimated value of each and the outcomes seen so far; what may
not be explored has probability 0, unless it is the present choice.
"""

import math
import random
from collections.abc import Sequence
from typing import Protocol

import msgspec

from sayagain.errors import SettingError

__all__ = ["EpsilonGreedy", "Option", "Policy", "Softmax", "Thompson", "draw"]


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One choice."""

    value: float
    """Estimated P(it goes well), in [0, 1]."""
    wins: float = 0.0
    """Turns seen that went well with it, as a sum of probabilities."""
    losses: float = 0.0
    """Turns seen that went wrong."""
    safe: bool = True
    """Whether it may be explored: nothing that opens, unlocks, buys or calls, and nothing that a guardrail refuses."""


class Policy(Protocol):
    """From options, the present choice first, to the probability of each."""

    def propensities(self, options: Sequence[Option]) -> list[float]:
        """Return the probability of each option; they sum to 1."""


class EpsilonGreedy(msgspec.Struct, frozen=True):
    """The option of the highest value, and with a small probability any of the safe ones.

    >>> EpsilonGreedy(0.5).propensities([Option(value=0.8), Option(value=0.2), Option(value=0.9, safe=False)])
    [0.75, 0.25, 0.0]
    """

    epsilon: float
    """Share of choices made at random, in [0, 1]."""

    def __post_init__(self) -> None:
        """Check the share.

        Raises:
            SettingError: it is outside [0, 1].
        """
        if not 0 <= self.epsilon <= 1:
            raise SettingError(f"epsilon: {self.epsilon} is no share; expected a number from 0 to 1")

    def propensities(self, options: Sequence[Option]) -> list[float]:
        """Return the probability of each option."""
        allowed = _allowed(options)
        best = max(allowed, key=lambda place: (options[place].value, -place))
        return [
            (self.epsilon / len(allowed) + (1 - self.epsilon) * (place == best)) if place in allowed else 0.0
            for place in range(len(options))
        ]


class Softmax(msgspec.Struct, frozen=True):
    """Probabilities that grow with the value, the sharper the lower the temperature.

    >>> [round(p, 2) for p in Softmax(0.1).propensities([Option(value=0.5), Option(value=0.5), Option(value=0.2)])]
    [0.49, 0.49, 0.02]
    """

    temperature: float
    """Above 0; at 0.05 a value .1 higher is chosen 7 times as often."""

    def propensities(self, options: Sequence[Option]) -> list[float]:
        """Return the probability of each option."""
        allowed = _allowed(options)
        highest = max(options[place].value for place in allowed)
        weights = [
            math.exp((option.value - highest) / self.temperature) if place in allowed else 0.0
            for place, option in enumerate(options)
        ]
        total = sum(weights)
        return [weight / total for weight in weights]


class Thompson(msgspec.Struct, frozen=True):
    """Each option as often as it is the best under Beta posteriors of the outcomes seen, with the value as prior.

    The probabilities are shares of `draws` samples with a fixed seed, so what is logged is what was drawn from.

    Source: Chapelle and Li 2011, "An empirical evaluation of Thompson sampling".

    >>> good, bad = Option(value=0.5, wins=90, losses=10), Option(value=0.5, wins=10, losses=90)
    >>> Thompson().propensities([bad, good])
    [0.0, 1.0]
    """

    prior: float = 2.0
    """Turns that the estimated value counts for."""
    draws: int = 100
    """Samples behind the probabilities."""

    def propensities(self, options: Sequence[Option]) -> list[float]:
        """Return the probability of each option."""
        allowed = _allowed(options)
        if len(allowed) == 1:
            return [float(place in allowed) for place in range(len(options))]
        # The seed is that of the evidence: equal evidence gives equal probabilities in every process.
        rng = random.Random(repr([(option.value, option.wins, option.losses) for option in options]))  # noqa: S311
        counts = [0] * len(options)
        for _ in range(self.draws):
            sampled = {
                place: rng.betavariate(
                    0.5 + self.prior * options[place].value + options[place].wins,
                    0.5 + self.prior * (1 - options[place].value) + options[place].losses,
                )
                for place in allowed
            }
            counts[max(sampled, key=sampled.__getitem__)] += 1
        return [count / self.draws for count in counts]


def draw(propensities: Sequence[float], uniform: float) -> int:
    """Return the place of the option that a random number in [0, 1) falls on.

    >>> draw([0.9, 0.1], 0.5), draw([0.9, 0.1], 0.95)
    (0, 1)
    """
    total = 0.0
    for place, probability in enumerate(propensities):
        total += probability
        if uniform < total:
            return place
    return max(range(len(propensities)), key=lambda place: propensities[place])


def _allowed(options: Sequence[Option]) -> list[int]:
    return [place for place, option in enumerate(options) if place == 0 or option.safe]
