"""Adaptation of the shipped judge to a log that it does not fit as it is: a student model first, then calibration.

A student predicts the opinions of the shipped judge from the evidence of this log alone (the hypothesis, the next
turns, what is usual here). It judges each turn after training on other fitting units' turns, which averages chance
errors out.
Calibration then brings its opinions to the scale of the judge learnt from the log, and both count as evidence.
"""

from collections.abc import Sequence

import lightgbm
import numpy as np

from sayagain.labels.judge.calibration import log_odds, sigmoid
from sayagain.rewriting.lexicon import FOLDS, fold
from sayagain.rewriting.rank import Floats, fit_booster

__all__ = ["adapt_judge"]

ROUNDS = 150
"""Boosting rounds of each student."""


def adapt_judge(shipped: Floats, learnt: Floats, seen: Floats, units: Sequence[str], *, seed: int) -> Floats:
    """Return P(defect) by the judge learnt from the log and the adapted shipped one together.

    The odds of the one are multiplied by what the opinion of the other is worth against the log's share of defects
    (naive Bayes: as if the two erred independently of each other).

    Args:
        shipped: P(defect) as the shipped judge says, shape (turns,).
        learnt: as the judge learnt from the log says, each turn by models that did not see its fitting unit.
        seen: as made by `sayagain.learning.judge.evidence`, shape (turns, columns).
        units: the fitting unit of each turn.
        seed: of the boosting.

    >>> log = np.array([0.1, 0.2, 0.9])
    >>> p = adapt_judge(np.array([0.97, 0.98, 0.99]), log, np.zeros((3, 1)), ["a", "b", "c"], seed=1)
    >>> bool(np.abs(p - log).max() < 0.01)
    True
    """
    student_opinion = _student_opinions(shipped, seen, units, seed)
    # An opinion that falls where the learnt one rises is no evidence, rather than evidence of the opposite.
    slope, offset = sigmoid(student_opinion, learnt)
    mean_log_odds = float(log_odds(learnt.mean(keepdims=True))[0])
    opinion_log_odds = (
        slope * log_odds(student_opinion) + offset - mean_log_odds if slope > 0 else np.zeros(len(student_opinion))
    )
    p: Floats = 1 / (1 + np.exp(-(log_odds(learnt) + opinion_log_odds)))
    return p


def _student_opinions(shipped: Floats, evidence: Floats, units: Sequence[str], seed: int) -> Floats:
    """Return the shipped opinions as predicted by models trained on the opinions about other fitting units' turns."""
    folds = np.array([fold(unit) for unit in units])
    out = shipped.copy()
    for k in range(FOLDS):
        in_fold = folds == k
        if not in_fold.any() or in_fold.all():
            continue
        text = fit_booster(
            evidence[~in_fold], shipped[~in_fold], np.ones(int((~in_fold).sum())), seed=seed, rounds=ROUNDS
        )
        if text:
            out[in_fold] = lightgbm.Booster(model_str=text).predict(evidence[in_fold], num_threads=1)
    return np.clip(out, 0, 1)
