"""The fit of people's reactions: rates that `scripts/fit_people.py` measured on the DSTC2 calls."""

from functools import lru_cache
from importlib import resources

import msgspec

__all__ = ["Fit", "Gap", "Rate", "Reactions", "fit"]


class Rate(msgspec.Struct, frozen=True):
    """A share with the counts behind it."""

    rate: float
    """The share, in [0, 1]."""
    count: int
    """Number of cases."""
    of: int
    """Number of all cases."""


class Gap(msgspec.Struct, frozen=True):
    """Silence before the next request, log-normal."""

    median_ms: int
    """Median, milliseconds."""
    sigma: float
    """Standard deviation of its logarithm."""
    of: int
    """Number of measured silences."""


class Reactions(msgspec.Struct, frozen=True):
    """The rates of reactions after a turn."""

    repeat: Rate
    """The same words again."""
    rephrase: Rate
    """The same meaning in other words."""
    rephrase_in_part: Rate
    """A part of the meaning again, in any words."""
    correct: Rate
    """A correction."""
    leave: Rate
    """End of the call."""
    move_on: Rate
    """Another request."""
    say_again: Rate
    """The same meaning again, in any words."""
    barge_in: Rate
    """A barge-in; share of the answered turns."""
    gap: Gap
    """Silence before the next request."""


class Fit(msgspec.Struct, frozen=True):
    """All measured rates."""

    source: str
    """The data that the rates were measured on."""
    calls: int
    """Number of calls."""
    turns: int
    """Number of turns."""
    misunderstood: Reactions
    """Reactions after a misunderstood turn."""
    understood: Reactions
    """Reactions after an understood turn."""
    thanks: Rate
    """Calls in which the caller thanks the system."""


@lru_cache(maxsize=1)
def fit() -> Fit:
    """Return the fit that the package ships.

    >>> 0.2 < fit().misunderstood.say_again.rate < 0.3
    True
    """
    text = (resources.files("sayagain.household") / "people_fit.json").read_bytes()
    return msgspec.json.decode(text, type=Fit)
