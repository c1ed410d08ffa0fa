"""The training targets of a session: which turns failed, where goals begin, and whether they were reached."""

import msgspec

from sayagain.turns import Session

__all__ = ["SessionTargets"]


class SessionTargets(msgspec.Struct, frozen=True, kw_only=True):
    """A session with the training targets of its turns; None where a target is unknown."""

    session: Session
    """At most `LONGEST` turns."""
    defect: tuple[float | None, ...]
    """Probability that each turn was answered wrongly; 0 or 1 for a true label."""
    start: tuple[bool | None, ...]
    """Whether a goal begins with each turn."""
    reached: tuple[bool | None, ...]
    """Whether the goal of each turn was reached in the end."""
    last: tuple[bool, ...]
    """Whether each turn is the last of its goal."""
    weights: tuple[float, ...] | None = None
    """Weight of each turn's `defect`, 1 for a true label; None for all 1."""
