"""Live evidence: the outcomes of turns on which one rewrite was made, or held out.

A release knows a rewrite only from past turns. The reactions of users to the applied rewrite tell whether it is right,
so each such turn becomes one `RewriteOutcome`. A complaint (undo, correction, saying the request again, giving up, a
bad rating, a "no" to the question whether it was meant) counts against the rewrite, not against the user's words.
"""

from collections.abc import Iterable, Sequence

import msgspec

from sayagain.feedback import Signal, detect, trouble
from sayagain.teaching import TAUGHT_LAYERS, TEACHING
from sayagain.turns import Session, Turn

__all__ = ["RewriteOutcome", "RewriteTotals", "rewrite_outcomes", "total_outcomes"]

COMPLAINTS = frozenset({"undo", "correction", "repeat", "rephrase", "abandonment", "rating", "helped"})
"""Kinds of negative signals by which a user objects to what was done. Barge-in has other causes: in simulated homes it
followed right rewrites as often as wrong ones, and giving up thirty times less often."""

ANSWERS = frozenset({"rating", "helped", "correction"})
"""The same, for a rewrite that was only asked about: nothing was done, so there is nothing else to object to."""

EXPLICIT = frozenset({"rating", "helped"})
"""Kinds of signals by which a user says on purpose how it went."""

CLEAR = 0.45
"""Strength of a signal from which it objects or confirms, in [0, 1]; below, a change of mind is as likely."""

QUIET, OBJECTED, CONFIRMED = 0.1, 0.95, 0.02
"""P(failed) of a turn that nobody objected to, of one with a complaint or an error, and of one the user confirmed."""

UNTRACKED = frozenset({*TAUGHT_LAYERS, TEACHING})
"""Layers without evidence to keep: what a user taught is right by definition, and is taken back by forgetting it."""


class RewriteOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """How one turn went for which a rewrite was at hand."""

    turn_id: str
    """The turn."""
    rewrite_id: str
    """The rewrite."""
    user_id: str | None
    """Who spoke; None where that is unknown."""
    home: str | None = None
    """The home of the turn, whose users count as one among many users; None where that is unknown."""
    rewritten: bool
    """Whether the rewrite was applied or asked about; False where the holdout kept it back."""
    failed: float
    """P(the turn failed), in [0, 1], by what the user did next."""
    complaint: str | None
    """The kind of signal by which the user objected, such as `correction`; None where nobody objected. Never what was
    said: a withdrawal shows it to everybody, and keeps it when the user is forgotten."""
    at: int
    """Start of the turn, in milliseconds since 1970-01-01 UTC."""


class RewriteTotals(msgspec.Struct, frozen=True, kw_only=True):
    """The outcomes of one rewrite, summed over turns, or over users of whom each counts once."""

    good: float = 0.0
    """Rewritten turns that went well, as a sum of probabilities; or users, each by the mean of their turns."""
    bad: float = 0.0
    """Rewritten turns that failed; or users likewise."""
    good_alone: float = 0.0
    """Turns of the holdout, left as heard, that went well; or users likewise."""
    bad_alone: float = 0.0
    """Turns of the holdout that failed; or users likewise."""
    complaints: int = 0
    """Rewritten turns to which the user objected; always turns."""


def rewrite_outcomes(session: Session) -> list[RewriteOutcome]:
    """Return the outcome of each turn of a session that a tracked rewrite concerns.

    >>> from sayagain.turns import AppliedRewrite
    >>> applied = AppliedRewrite(id="r1", source="turn of the lamb", target="turn on the lamp", layer="table")
    >>> a = Turn(turn_id="a", started=0, request="turn on the lamp", applied_rewrite=applied)
    >>> b = Turn(turn_id="b", started=5_000, request="turn off the lamp")
    >>> [outcome.complaint for outcome in rewrite_outcomes(Session(session_id="s", turns=(a, b)))]
    ['undo']
    """
    tracked = {turn.turn_id for turn in session.turns if _is_tracked(turn)}
    if not tracked:
        return []
    signals: dict[str, list[Signal]] = {turn_id: [] for turn_id in tracked}
    for signal in detect(session):
        if signal.turn_id in tracked:
            signals[signal.turn_id].append(signal)
    outcomes = (_outcome(turn, signals[turn.turn_id]) for turn in session.turns if turn.turn_id in tracked)
    return [outcome for outcome in outcomes if outcome is not None]


def _outcome(turn: Turn, signals: Sequence[Signal]) -> RewriteOutcome | None:
    """Return the outcome of one turn; None where the user left a question about the rewrite without an answer."""
    applied = turn.applied_rewrite
    assert applied is not None
    confirmed = any(signal.positive and signal.kind in EXPLICIT and signal.strength >= CLEAR for signal in signals)
    strongest = max(
        (signal for signal in signals if not signal.positive), key=lambda signal: signal.strength, default=None
    )
    was_asked_about = applied.layer == "leave" and applied.arm is None
    kinds = ANSWERS if was_asked_about else COMPLAINTS
    objections = (
        signal for signal in signals if not signal.positive and signal.kind in kinds and signal.strength >= CLEAR
    )
    complaint = max(objections, key=lambda signal: signal.strength, default=None)
    if was_asked_about and complaint is None and not confirmed:
        return None
    if confirmed:
        failed = CONFIRMED
    elif complaint is not None or trouble(turn) is not None:
        failed = OBJECTED
    else:
        failed = max(QUIET, 0.8 * strongest.strength if strongest is not None else 0.0)
    return RewriteOutcome(
        turn_id=turn.turn_id,
        rewrite_id=applied.id,
        user_id=turn.user_id,
        home=turn.home,
        rewritten=applied.arm != "holdout",
        failed=failed,
        complaint=complaint.kind if complaint is not None and not confirmed else None,
        at=turn.started,
    )


def total_outcomes(outcomes: Iterable[RewriteOutcome], *, per_user: bool = False) -> RewriteTotals:
    """Sum outcomes of one rewrite.

    Args:
        outcomes: of the rewrite.
        per_user: count each user once, by the mean of their turns, however many there are; the users of a home are
            one, and so are unknown speakers.

    >>> one = RewriteOutcome(
    ...     turn_id="t", rewrite_id="r", user_id=None, rewritten=True, failed=1.0, complaint="no", at=0
    ... )
    >>> total_outcomes([one]).bad
    1.0
    """
    failures: dict[tuple[bool, str | None, str | None], list[float]] = {}
    complaints = 0
    for outcome in outcomes:
        user = outcome.user_id if outcome.home is None else None
        failures.setdefault((outcome.rewritten, outcome.home, user), []).append(outcome.failed)
        complaints += outcome.rewritten and outcome.complaint is not None
    sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for (rewritten, *_), failed in failures.items():
        turns = len(failed) if per_user else 1
        sums[rewritten][0] += (len(failed) - sum(failed)) / turns
        sums[rewritten][1] += sum(failed) / turns
    (good, bad), (good_alone, bad_alone) = sums[True], sums[False]
    return RewriteTotals(good=good, bad=bad, good_alone=good_alone, bad_alone=bad_alone, complaints=complaints)


def _is_tracked(turn: Turn) -> bool:
    applied = turn.applied_rewrite
    return applied is not None and applied.id != "none" and applied.layer not in UNTRACKED
