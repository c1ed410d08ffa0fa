"""The signal: one piece of feedback about one turn."""

from collections.abc import Callable
from typing import Annotated, Literal, Self

import msgspec

from sayagain.turns import Session, Turn

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
"""The kinds that the package detects; a detector from another package has its own kind."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One piece of feedback about one turn, implicit or explicit.

    >>> Signal(turn_id="t1", kind="repeat", positive=False, strength=0.8, evidence="said again 3 s later").positive
    False
    """

    turn_id: str
    """Id of the turn that it refers to, not of the turn in which it was found."""
    kind: str
    """One of `Kind`, or the kind of an added detector."""
    positive: bool
    """True for evidence that the turn went well, False for evidence that it failed."""
    strength: Annotated[float, msgspec.Meta(ge=0, le=1)]
    """How clear a case of its kind it is, in [0, 1]; not a defect probability, which the judge learns."""
    evidence: str
    """The evidence in plain words, for `explain`."""

    @classmethod
    def about(cls, turn: Turn, kind: Kind, strength: float, evidence: str, *, positive: bool = False) -> Self:
        """Return a signal about a turn, its strength rounded to three digits.

        >>> Signal.about(Turn(turn_id="t1", started=0, request="jazz"), "repeat", 2 / 3, "said again").strength
        0.667
        """
        return cls(turn_id=turn.turn_id, kind=kind, positive=positive, strength=round(strength, 3), evidence=evidence)


Detector = Callable[[Session], list[Signal]]
"""A pure function over one session; `detect` runs them all."""
