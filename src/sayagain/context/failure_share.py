"""The share of failures among turns of one kind, from the judge's probabilities, which suit the average turn alone.

A judge that is right on average calls too few turns wrong where nearly all are, and too many where none is. Expectation
maximisation finds the share under which its probabilities are likeliest, and the probability of each turn given it.

Source: Saerens, Latinne and Decaestecker 2002 (adjusting a classifier to new prior probabilities).
"""

from collections.abc import Sequence

__all__ = ["failure_share", "given_share"]

STEPS = 30
"""Steps of expectation maximisation."""

_LEAST = 0.01


def failure_share(probabilities: Sequence[float], average: float) -> float:
    """Return the share of turns that went wrong, in [.01, .99].

    Args:
        probabilities: P(the turn went wrong), by the judge.
        average: share of such turns in the log that the judge is right for.

    >>> 0.9 < failure_share([0.7, 0.6, 0.8, 0.65] * 10, 0.25) < 1
    True
    >>> failure_share([0.2, 0.1, 0.3, 0.15] * 10, 0.25) < 0.1
    True
    """
    share = average
    for _ in range(STEPS):
        share = _bounded(sum(given_share(p, share, average) for p in probabilities) / max(len(probabilities), 1))
    return share


def given_share(p: float, share: float, average: float) -> float:
    """Return P(a turn went wrong) where such turns go wrong as often as `share` says.

    >>> round(given_share(0.5, 0.9, 0.25), 2)
    0.96
    """
    share, average = _bounded(share), _bounded(average)
    wrong = p * share / average
    right = (1 - p) * (1 - share) / (1 - average)
    return wrong / max(wrong + right, 1e-12)


def _bounded(share: float) -> float:
    return min(max(share, _LEAST), 1 - _LEAST)
