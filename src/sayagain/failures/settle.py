"""The failure point of a turn that the judge of its log has judged: two opinions on whether it failed, pooled."""

from math import exp, log

from sayagain.failures.failure_point import FAILURE_POINTS, FailurePoint, Isolation
from sayagain.labels import Judgement

__all__ = ["settle"]

_SUREST = 0.98
"""Highest probability that either opinion counts with, so that neither outvotes the other by conviction alone."""


def settle(isolation: Isolation, judgement: Judgement | None, *, believed: bool = True) -> Isolation:
    """Return a failure point by both opinions: they are pooled on whether the turn failed, the isolator says where.

    The judge was compared with what the log shows; the isolator was trained on simulated homes alone, but knows the
    rest of the log. The pool is the mean of their log-odds.

    Args:
        isolation: the isolator's opinion.
        judgement: what learning made of the turn; None leaves the opinion as it is.
        believed: whether the isolator's opinion on whether turns fail counts in this log, see `agrees`.

    Source: Genest and Zidek 1986, "Combining probability distributions": the logarithmic opinion pool.

    >>> opinion = Isolation(turn_id="t", stage="correct", probabilities={"correct": 0.6, "asr": 0.3, "nlu": 0.1})
    >>> settled = settle(opinion, Judgement(turn_id="t", p_defect=0.9, defect=True))
    >>> settled.stage, round(settled.p_defect, 2)
    ('asr', 0.71)
    """
    if judgement is None:
        return isolation
    failing: dict[FailurePoint, float] = {
        name: isolation.probabilities.get(name, 0.0) for name in FAILURE_POINTS if name != "correct"
    }
    total = sum(failing.values())
    shares = {name: p / total if total > 0 else 1 / len(failing) for name, p in failing.items()}
    p_defect = judgement.p_defect
    if believed:
        p_defect = 1 / (1 + exp(-(_log_odds(isolation.p_defect) + _log_odds(judgement.p_defect)) / 2))
    return Isolation(
        turn_id=isolation.turn_id,
        stage=max(shares, key=lambda name: shares[name]) if p_defect >= 0.5 else "correct",
        probabilities={"correct": 1 - p_defect, **{name: p_defect * share for name, share in shares.items()}},
    )


def _log_odds(p: float) -> float:
    clipped = min(max(p, 1 - _SUREST), _SUREST)
    return log(clipped / (1 - clipped))
