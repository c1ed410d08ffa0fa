"""Which of the requests that come near to what was heard was meant, or none of them: one probability for each.

A conditional logit over all of them and the choice "none" (D. McFadden 1974), so that a runner-up takes from the
probability of the best. Its weights are fitted by scripts/fit_homeassistant.py, on homes made up for it.
"""

import math
from collections.abc import Sequence

import msgspec

from sayagain.assistants.homeassistant.cold_start.candidate_weights import (
    NONE,
    NONE_WITH_MEANING,
    WEIGHTS,
    WEIGHTS_WITH_MEANING,
)

__all__ = ["NAMES", "MatchFeatures", "match_probabilities"]


class MatchFeatures(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for one request and against it."""

    slots: float
    """Likeness of the thing's name, where the action's words were found, in [0, 1]; 0 where they were not."""
    spotted: float
    """1 where the action's words were found as they are, less where they only sound so, 0 where they were not found."""
    used: float
    """Share of the words heard that told the action, in [0, 1]."""
    letters: float
    """Likeness of the letters of the whole, in [0, 1]."""
    sound: float
    """Likeness of the sound of the whole, in [0, 1]."""
    unheard: float
    """Share of the words of the name that nothing heard is like, in [0, 1]."""
    unsaid: float
    """Share of the words heard that nothing in the saying is like, in [0, 1]."""
    strangest: float
    """Unlikeness to anything in the saying of the word heard that is least like it, in [0, 1]."""
    elsewhere: float
    """1 where another room was named than the one that it is in."""
    here: float
    """1 where the room was not named."""
    asks: float
    """1 where it is a question."""
    meaning: float = 0.0
    """Cosine of the meanings, in [-1, 1]; 0 where there is no encoder."""
    outdone: float = 0.0
    """By how much what no home does comes nearer in meaning, in [0, 2]; 0 where there is no encoder."""


NAMES: tuple[str, ...] = MatchFeatures.__struct_fields__
"""The signs in the order of their weights; those of meaning last, for they may be missing."""


def match_probabilities(signs: Sequence[MatchFeatures], *, meaning: bool) -> list[float]:
    """Return how probable it is that each was meant, in [0, 1]; what is missing to 1 is that none was.

    Args:
        signs: of each request.
        meaning: whether there was an encoder.
    """
    weights, none = (WEIGHTS_WITH_MEANING, NONE_WITH_MEANING) if meaning else (WEIGHTS, NONE)
    scores = [sum(w * x for w, x in zip(weights, msgspec.structs.astuple(one), strict=False)) for one in signs]
    most = max([*scores, none])
    powers = [math.exp(score - most) for score in scores]
    total = sum(powers) + math.exp(none - most)
    return [power / total for power in powers]
