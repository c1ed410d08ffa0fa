"""The choice between the shipped judge and the judge learnt from the log: the shipped one where it is no worse.

The shipped judge was trained on the ground truth of simulated homes (`sayagain.labels.judge.session_judge`). It may not
fit another assistant; the weak labels of the log tell, without annotations by people.
"""

from collections.abc import Sequence

import numpy as np

from sayagain.labels import Label
from sayagain.labels.judge.session_judge import SessionJudge
from sayagain.labels.judge.turn_fields import categories
from sayagain.rewriting.rank import Floats
from sayagain.turns import Session

__all__ = ["FAR", "MARGIN", "bias", "compare", "judge_agreement"]

FAR = 0.25
"""Largest mean difference between P(defect) and the weak labels. Label probabilities are off by up to 0.15 in homes, in
either direction; the difference for an unknown assistant was 0.34 and more."""

MARGIN = 0.01
"""Margin by which its agreement with the weak labels may fall behind that of the judge learnt from the log."""

_CHANCE = 0.5

_KNOWN_PER_UNKNOWN = 4
"""Number of known categories for each unknown one that makes an assistant a known one."""

_UNKNOWN = 1


def judge_agreement(p: Floats, labels: Sequence[Label | None], read: Sequence[str]) -> float | None:
    """Return the agreement of P(defect) with the weak labels: the AUC, each label weighted by its probability.

    A label with probability 80% counts as four fifths of one class and one fifth of the other, so even a perfect judge
    stays far below 1. The value compares two judges of one log, not one judge on two logs.

    Args:
        p: shape (turns,).
        labels: of the turns; those without one do not count.
        read: the key of what was read in each turn.

    Returns:
        None where all labels are of one class.

    >>> from sayagain.turns import Hypothesis
    >>> on, off = Hypothesis(intent="On"), Hypothesis(intent="Off")
    >>> right = Label(turn_id="a", hypothesis=on, provenance="done", probability=1.0, weight=1.0)
    >>> wrong = Label(turn_id="b", hypothesis=off, provenance="rephrased", probability=1.0, weight=1.0)
    >>> judge_agreement(np.array([0.1, 0.9]), [right, wrong], [on.key, on.key])
    1.0
    """
    p_labelled, weight, defect = _opinions_and_labels(p, labels, read)
    values, place = np.unique(p_labelled, return_inverse=True)
    bad = np.bincount(place, weight * defect, len(values))
    good = np.bincount(place, weight * (1 - defect), len(values))
    # For each value: the weight of good turns below it, and half of the weight at it.
    below = np.cumsum(good) - good / 2
    pair_weight = bad.sum() * good.sum()
    return float((bad * below).sum() / pair_weight) if pair_weight > 0 else None


def bias(p: Floats, labels: Sequence[Label | None], read: Sequence[str]) -> float | None:
    """Return the mean difference between P(defect) and the weak labels, over the turns with a label.

    Args:
        p: shape (turns,).
        labels: of the turns; those without one do not count.
        read: the key of what was read in each turn.

    Returns:
        In [-1, 1], above 0 where the judge overestimates defects; None where there is no label.

    >>> from sayagain.turns import Hypothesis
    >>> on = Hypothesis(intent="On")
    >>> right = Label(turn_id="a", hypothesis=on, provenance="done", probability=0.8, weight=1.0)
    >>> round(bias(np.array([0.9]), [right], [on.key]), 3)
    0.7
    """
    p_labelled, weight, defect = _opinions_and_labels(p, labels, read)
    return float((weight * (p_labelled - defect)).sum() / weight.sum()) if weight.sum() > 0 else None


def _opinions_and_labels(
    p: Floats, labels: Sequence[Label | None], keys: Sequence[str]
) -> tuple[Floats, Floats, Floats]:
    """Return for each turn with a label: P(defect) by the judge, the weight of the label, P(defect) by the label."""
    rows = [
        (float(probability), label.weight, 1 - label.probability if label.hypothesis.key == key else label.probability)
        for probability, label, key in zip(p, labels, keys, strict=True)
        if label is not None
    ]
    p_labelled, weight, defect = np.array(rows, np.float64).reshape(-1, 3).T
    return p_labelled, weight, defect


def compare(
    shipped: SessionJudge, log: Sequence[Session], labels: Sequence[Label | None], p: Floats, learnt: Floats | None
) -> tuple[bool, dict[str, float | None]]:
    """Return whether to use the shipped judge for a log, with the figures behind the choice.

    Args:
        shipped: the judge.
        log: what it judged.
        labels: of the turns of the log, in order.
        p: its P(defect), shape (turns,).
        learnt: P(defect) by the judge learnt from the log, cross-fitted by user; None where the log was too small for
            one. Then, and where the weak labels are uninformative, the shipped judge is used for assistants that it was
            trained on. It is never used where its bias exceeds `FAR`.
    """
    keys = [turn.understood.key for session in log for turn in session.turns]
    shipped_agreement, learnt_agreement = (
        judge_agreement(p, labels, keys),
        None if learnt is None else judge_agreement(learnt, labels, keys),
    )
    shipped_bias = bias(p, labels, keys)
    # With uninformative labels, no judge agrees with them better than chance.
    is_informative = learnt_agreement is not None and learnt_agreement > _CHANCE + MARGIN
    is_as_good = (
        shipped_agreement >= learnt_agreement - MARGIN
        if is_informative and shipped_agreement is not None and learnt_agreement is not None
        else _knows(shipped, log)
    )
    # On few turns any judge may rank well by chance; a large bias shows that its training data do not fit.
    uses_shipped = is_as_good and (shipped_bias is None or abs(shipped_bias) <= FAR)
    return uses_shipped, {
        "agreement_shipped": shipped_agreement,
        "agreement_learnt": learnt_agreement,
        "bias_shipped": shipped_bias,
        "shipped_judge": float(uses_shipped),
    }


def _knows(judge: SessionJudge, log: Sequence[Session]) -> bool:
    """Return whether an assistant mostly reports categories of the training data: domains, intents, response types."""
    codes = np.concatenate([judge.model.categories.codes(categories(session)) for session in log])
    return int((codes > _UNKNOWN).sum()) >= _KNOWN_PER_UNKNOWN * max(int((codes == _UNKNOWN).sum()), 1)
