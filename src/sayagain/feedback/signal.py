"""The signal: one piece of feedback about one turn."""

from collections.abc import Callable
from typing import Annotated, Literal

import msgspec

from sayagain.turns import Session

__all__ = ["Detector", "Kind", "Signal"]

Kind = Literal[
    "barge-in",
    "rephrase",
    "repeat",
    "abandonment",
    "correction",
    "undo",
    "no-response",
    "rating",
    "helped",
    "follow-up",
    "playback-kept",
    "thanks",
]
"""The kinds that the package detects; a detector that another package adds has a kind of its own."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of feedback about one turn, implicit or explicit.

    >>> Signal(turn_id="t1", kind="repeat", positive=False, strength=0.8, evidence="said again 3 s later").positive
    False
    """

    turn_id: str
    """The turn that it speaks about, not the one in which it was found."""
    kind: str
    """What was seen: one of `Kind`, or the name that an added detector gives it."""
    positive: bool
    """True when it says that the turn went well, False when it says that it failed."""
    strength: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """How clear a case of its kind it is, in [0, 1]; not a probability of a defect: the judge learns that."""
    evidence: str
    """Why, in plain words, for `explain`."""


Detector = Callable[[Session], list[Signal]]
"""A pure function over one session; `detect` runs them all."""
