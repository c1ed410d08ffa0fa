"""How probable it is that a request was meant for one that Home Assistant's templates have, or for none of them.

A conditional logit (see `candidate_model`) over signs that no language is particular about; its weights are fitted by
scripts/fit_template_requests.py.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

__all__ = ["SIGNS", "RequestSigns", "request_probabilities"]

WEIGHTS = (3.32, 2.69, -1.97, -1.4, 0.05, -0.59, 0.3, -0.41, 0.01, 0.36, 0.92, -0.55, 3.75, 0.87, 1.58)
"""One for each sign."""

NONE = 4.32
"""What it takes to believe that none was meant."""


class RequestSigns(msgspec.Struct, frozen=True, kw_only=True):
    """What speaks for one request and against it; all but `lean` in [0, 1]."""

    letters: float
    """Likeness of the letters of the whole."""
    sound: float
    """Likeness of the sound of the whole."""
    unsaid: float
    """Share of the words heard that nothing in the request is like."""
    strangest: float
    """Unlikeness to anything in the request of the word heard that is least like it."""
    unheard: float
    """Share of the request's words that nothing heard is like."""
    missing: float
    """Unlikeness to anything heard of the request's word that is least like it."""
    supplied: float
    """1 where the request states a direction and nothing heard does."""
    dropped: float
    """1 where what was heard states a direction and the request does not."""
    against: float
    """1 where a word of the opposite direction was heard, and none of the request's own."""
    agrees: float
    """1 where a word of the very direction was heard."""
    name: float
    """Likeness to anything heard of the word of its one thing's name that is least like it; 0 for several things."""
    several: float
    """1 where it acts on several things."""
    window: float
    """Likeness to the words of some stretch heard of what it names, whatever the gaps between words."""
    lean: float
    """How much more the words heard are like those of its direction than like those of the opposite, in [-1, 1]."""
    switches: float
    """1 where it switches something on or off, opens or closes it, which is most of what is asked for."""


SIGNS: tuple[str, ...] = RequestSigns.__struct_fields__
"""The signs in the order of their weights."""


def request_probabilities(signs: Sequence[RequestSigns]) -> list[float]:
    """Return how probable it is that each was meant, in [0, 1]; what is missing to 1 is that none was.

    >>> request_probabilities([])
    []
    """
    rows = np.array([msgspec.structs.astuple(one) for one in signs], float).reshape(-1, len(SIGNS))
    scores = np.append(rows @ np.array(WEIGHTS), NONE)
    powers = np.exp(scores - scores.max())
    return [float(power) for power in powers[:-1] / powers.sum()]
