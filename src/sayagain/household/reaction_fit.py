"""The fit: how people react, measured from the DSTC2 calls by `scripts/fit_people.py`, and what had to be assumed."""

from functools import lru_cache
from importlib import resources

import msgspec

__all__ = ["Fit", "Gap", "Rate", "Reactions", "fit"]


class Rate(msgspec.Struct, frozen=True):
    """A share with the counts behind it."""

    rate: float
    """In [0, 1]."""
    count: int
    """How many."""
    of: int
    """Of how many."""


class Gap(msgspec.Struct, frozen=True):
    """Silence before the next request, log-normal."""

    median_ms: int
    """Median, milliseconds."""
    sigma: float
    """Standard deviation of its logarithm."""
    of: int
    """How many silences were measured."""


class Reactions(msgspec.Struct, frozen=True):
    """What people do after a turn."""

    repeat: Rate
    """The same words again."""
    rephrase: Rate
    """The same meaning in other words."""
    rephrase_in_part: Rate
    """A part of the meaning again, in any words."""
    correct: Rate
    """Says what was wrong."""
    leave: Rate
    """Ends the call."""
    move_on: Rate
    """Something else."""
    say_again: Rate
    """The same meaning again, in any words."""
    barge_in: Rate
    """Cuts in; of the turns that were answered."""
    gap: Gap
    """Silence before the next request."""


class Fit(msgspec.Struct, frozen=True):
    """All that was measured."""

    source: str
    """Where."""
    calls: int
    """How many calls."""
    turns: int
    """How many turns."""
    misunderstood: Reactions
    """After a turn that was misunderstood."""
    understood: Reactions
    """After one that was not."""
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
