"""The judge that the package ships, beside the one learnt from the log: believed where it is known to be no worse.

It was taught with the truth about simulated homes (`sayagain.labels.judge.session_judge`). In front of another
assistant it may know nothing; what followed each turn in the log tells, without any label of a person's.
"""

from collections.abc import Sequence

import numpy as np

from sayagain.errors import MissingExtra
from sayagain.labels import Label
from sayagain.labels.judge.session_judge import SessionJudge, open_judge
from sayagain.labels.judge.turn_fields import categories
from sayagain.models import load_encoder
from sayagain.rewriting.rank import Floats
from sayagain.turns import Session

__all__ = ["FAR", "MARGIN", "bias", "compare", "judge_agreement", "shipped_judge"]

FAR = 0.25
"""By how much P(defect) may lie off what followed in the mean. Verdicts are believed less than they deserve by up to
0.15 in homes, in either direction; an assistant that the judge does not know was off by 0.34 and more."""

MARGIN = 0.01
"""By how much its agreement with what followed may fall behind that of the judge learnt from the log."""

_CHANCE = 0.5

_SPOKEN = 4
"""So many values that it was taught on, for each that it was not, make an assistant one that it knows."""

_UNKNOWN = 1


def shipped_judge() -> SessionJudge | None:
    """Open the judge that sees what follows; None where the extra `models` is not installed."""
    try:
        return open_judge("offline", encoder=load_encoder())
    except MissingExtra:
        return None


def judge_agreement(p: Floats, labels: Sequence[Label | None], read: Sequence[str]) -> float | None:
    """Return how well P(defect) agrees with what followed: the AUC against the verdicts, each as far as it is believed.

    A verdict that is right with 80% counts as four fifths of one class and one fifth of the other, so that even a
    perfect judge stays far below 1; two judges of one log can be compared, not one judge on two logs.

    Args:
        p: shape (turns,).
        labels: of the turns; those without one do not count.
        read: the key of what was read in each turn.

    Returns:
        None where the verdicts are all of one kind.

    >>> from sayagain.turns import Hypothesis
    >>> on, off = Hypothesis(intent="On"), Hypothesis(intent="Off")
    >>> right = Label(turn_id="a", reading=on, provenance="done", probability=1.0, weight=1.0)
    >>> wrong = Label(turn_id="b", reading=off, provenance="rephrased", probability=1.0, weight=1.0)
    >>> judge_agreement(np.array([0.1, 0.9]), [right, wrong], [on.key, on.key])
    1.0
    """
    said, weight, defect = _followed(p, labels, read)
    values, place = np.unique(said, return_inverse=True)
    bad = np.bincount(place, weight * defect, len(values))
    good = np.bincount(place, weight * (1 - defect), len(values))
    # Of each value: the good ones below it, and half of those beside it.
    below = np.cumsum(good) - good / 2
    whole = bad.sum() * good.sum()
    return float((bad * below).sum() / whole) if whole > 0 else None


def bias(p: Floats, labels: Sequence[Label | None], read: Sequence[str]) -> float | None:
    """Return how far P(defect) lies off what followed, in the mean of the turns that have a verdict.

    Args:
        p: shape (turns,).
        labels: of the turns; those without one do not count.
        read: the key of what was read in each turn.

    Returns:
        In [-1, 1], above 0 where more defects are said than followed; None where there is no verdict.

    >>> from sayagain.turns import Hypothesis
    >>> on = Hypothesis(intent="On")
    >>> right = Label(turn_id="a", reading=on, provenance="done", probability=0.8, weight=1.0)
    >>> round(bias(np.array([0.9]), [right], [on.key]), 3)
    0.7
    """
    said, weight, defect = _followed(p, labels, read)
    return float((weight * (said - defect)).sum() / weight.sum()) if weight.sum() > 0 else None


def _followed(p: Floats, labels: Sequence[Label | None], read: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """Return of each turn with a verdict: what is said, how much the verdict weighs, P(defect) by it."""
    rows = [
        (float(each), label.weight, 1 - label.probability if label.reading.key == key else label.probability)
        for each, label, key in zip(p, labels, read, strict=True)
        if label is not None
    ]
    said, weight, defect = np.array(rows, np.float64).reshape(-1, 3).T
    return said, weight, defect


def compare(
    shipped: SessionJudge, log: Sequence[Session], labels: Sequence[Label | None], p: Floats, learnt: Floats | None
) -> tuple[bool, dict[str, float | None]]:
    """Say whether the shipped judge is to be believed about a log, and what that rests on.

    Args:
        shipped: the judge.
        log: what it judged.
        labels: of the turns of the log, in order.
        p: its P(defect), shape (turns,).
        learnt: that of the judge learnt from the log, which no turn's own user has taught; None where the log was too
            small for one. Then, and where what followed tells nothing, the shipped judge is believed about assistants
            that it was taught on. It is never believed where it lies `FAR` off what followed.
    """
    read = [turn.understood.key for session in log for turn in session.turns]
    theirs, own = judge_agreement(p, labels, read), None if learnt is None else judge_agreement(learnt, labels, read)
    off = bias(p, labels, read)
    # Where nothing that followed tells one turn from another, no judge agrees with it better than chance.
    telling = own is not None and own > _CHANCE + MARGIN
    level = theirs >= own - MARGIN if telling and theirs is not None and own is not None else _knows(shipped, log)
    # Of few turns any judge may rank well by chance; what is far off the scale was taught on something else.
    believed = level and (off is None or abs(off) <= FAR)
    return believed, {
        "agreement_shipped": theirs,
        "agreement_learnt": own,
        "bias_shipped": off,
        "shipped_judge": float(believed),
    }


def _knows(judge: SessionJudge, log: Sequence[Session]) -> bool:
    """Say whether an assistant reports mostly what the judge was taught on: domains, intents, kinds of response."""
    codes = np.concatenate([judge.model.categories.codes(categories(session)) for session in log])
    return int((codes > _UNKNOWN).sum()) >= _SPOKEN * max(int((codes == _UNKNOWN).sum()), 1)
