"""The shipped judge adapted to a log where it is not believed as it comes: calibration first, then a student.

What it says is brought to the scale of the judge that the log taught, and counts beside that one as evidence of its
own. A student says it again from what is known in this log alone (what was read, what followed, what is usual here),
each turn as opinions about other fitting units' turns taught it: what one opinion had by chance is averaged away.
"""

from collections.abc import Sequence

import lightgbm
import numpy as np

from sayagain.labels.judge.calibration import log_odds, sigmoid
from sayagain.rewriting.lexicon import FOLDS, fold
from sayagain.rewriting.rank import Floats, fit_booster

__all__ = ["adapt_judge"]

ROUNDS = 150
"""Of boosting, for each student."""


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
    said = _student(shipped, seen, units, seed)
    # An opinion that falls where the log's own rises is no evidence at all, rather than evidence of the opposite.
    slope, offset = sigmoid(said, learnt)
    usual = float(log_odds(learnt.mean(keepdims=True))[0])
    worth = slope * log_odds(said) + offset - usual if slope > 0 else np.zeros(len(said))
    p: Floats = 1 / (1 + np.exp(-(log_odds(learnt) + worth)))
    return p


def _student(shipped: Floats, seen: Floats, units: Sequence[str], seed: int) -> Floats:
    """Return what was said, as trees say it that were taught by what was said of other fitting units' turns."""
    folds = np.array([fold(unit) for unit in units])
    out = shipped.copy()
    for k in range(FOLDS):
        mine = folds == k
        if not mine.any() or mine.all():
            continue
        text = fit_booster(seen[~mine], shipped[~mine], np.ones(int((~mine).sum())), seed=seed, rounds=ROUNDS)
        if text:
            out[mine] = lightgbm.Booster(model_str=text).predict(seen[mine], num_threads=1)
    return np.clip(out, 0, 1)
