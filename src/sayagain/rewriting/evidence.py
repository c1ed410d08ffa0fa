"""The evidence behind a rewrite, and how sure it lets us be."""

import math
from statistics import NormalDist

import msgspec
import numpy as np
from scipy.special import betainc, betaincinv, betaln

__all__ = [
    "Evidence",
    "beta_low",
    "decay",
    "newcombe_low",
    "paired_lift_low",
    "probability_better",
    "wilson_high",
    "wilson_low",
]


class Evidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What speaks for and against one rewrite q → r; all counts are decayed by age unless they say otherwise.

    >>> Evidence(wins=8.0, losses=0.5, trials=12.0, turns=9, users=4, last_seen=0).a1
    1.0
    """

    wins: float
    """Goals with q that ended well only after the user came to r: the rewrite would have repaired them."""
    losses: float
    """Goals that q settled itself, said once or again: the rewrite would have spoiled them, at worst."""
    trials: float
    """All goals with q, won, lost or neither."""
    turns: int
    """Support: turns that led from q towards r or were rewritten so, plain count."""
    users: int
    """Support: different users among those turns, plain count; users without an id count as one together."""
    last_seen: int
    """When q was last heard, in milliseconds since 1970-01-01 UTC."""
    a0: float = 1.0
    """Beta(a0, b0) is what is known of q left alone: 1 + its turns that went well (history and holdout)."""
    b0: float = 1.0
    """1 + turns of q left alone that failed."""
    a1: float = 1.0
    """Beta(a1, b1) is what is known of q rewritten to r: 1 + rewritten turns that went well."""
    b1: float = 1.0
    """1 + rewritten turns that failed."""


def decay(age: float, half_life: float) -> float:
    """Weigh something seen `age` milliseconds ago: 1 now, 1/2 after one `half_life`; never above 1.

    >>> decay(age=14, half_life=7)
    0.25
    >>> decay(age=14, half_life=float("inf"))
    1.0
    """
    return float(0.5 ** (max(age, 0.0) / half_life))


def wilson_low(wins: float, losses: float, level: float = 0.95) -> float:
    """Return a one-sided lower bound of a success rate; 0 when nothing was seen.

    Args:
        wins: successes, at least 0, not necessarily whole.
        losses: failures, likewise.
        level: probability with which the bound holds, in [0.5, 1).

    Source: Wilson 1927; Brown, Cai, DasGupta 2001 recommend it for small counts.

    >>> round(wilson_low(3, 0), 3), round(wilson_low(30, 0), 3), wilson_low(0, 0)
    (0.526, 0.917, 0.0)
    """
    trials = wins + losses
    if trials <= 0:
        return 0.0
    z = NormalDist().inv_cdf(level)
    # Multiplied out, so that counts decayed to nearly nothing divide nothing.
    spread = z * math.sqrt(wins * (losses / trials) + z * z / 4)
    return max(0.0, (wins + z * z / 2 - spread) / (trials + z * z))


def wilson_high(wins: float, losses: float, level: float = 0.95) -> float:
    """Return the one-sided upper bound that belongs to `wilson_low`; 1 when nothing was seen.

    >>> round(wilson_high(0, 3), 3)
    0.474
    """
    return 1.0 - wilson_low(losses, wins, level)


def beta_low(wins: float, losses: float, level: float = 0.95) -> float:
    """Return the success rate that is exceeded with probability `level`, after a uniform prior.

    >>> round(beta_low(0, 0), 3), round(beta_low(9, 1), 3)
    (0.05, 0.636)
    """
    return float(betaincinv(1 + wins, 1 + losses, 1 - level))


def paired_lift_low(wins: float, losses: float, trials: float, level: float = 0.95) -> float:
    """Return a lower bound of (wins - losses) / trials when wins and losses come from the same trials.

    In one goal a rewrite wins, loses or changes nothing, so only wins + losses inform the sign (McNemar's argument):
    with l the Wilson bound of the share of wins among them, the bound is (2l - 1)(wins + losses) / trials. It is 0,
    that is "not sure", when nothing was seen.

    >>> round(paired_lift_low(8, 0, trials=16), 3), paired_lift_low(2, 2, trials=8) < 0
    (0.247, True)
    """
    if trials <= 0:
        return 0.0
    return (2 * wilson_low(wins, losses, level) - 1) * (wins + losses) / trials


def newcombe_low(good0: float, bad0: float, good1: float, bad1: float, level: float = 0.95) -> float:
    """Return a lower bound of the second success rate minus the first, from two separate sets of trials.

    Source: Newcombe 1998, method 10 (two Wilson bounds joined). With one set empty nothing is sure and the bound is
    that of a rate of 1/2 that could be anything.

    >>> round(newcombe_low(1, 9, 18, 2), 3)
    0.504
    """
    rate0 = good0 / (good0 + bad0) if good0 + bad0 > 0 else 0.5
    rate1 = good1 / (good1 + bad1) if good1 + bad1 > 0 else 0.5
    down = rate1 - wilson_low(good1, bad1, level)
    up = wilson_high(good0, bad0, level) - rate0
    return rate1 - rate0 - math.hypot(down, up)


WHOLE = 1e-9
"""How near a parameter must be to a whole number to count as it; a fully decayed turn leaves 1 + 2e-16, at which the
inverse of the beta distribution is not a number."""


def probability_better(a0: float, b0: float, a1: float, b1: float) -> float:
    """Return P(θ1 > θ0) for θ0 ~ Beta(a0, b0) and θ1 ~ Beta(a1, b1), all parameters above 0.

    A whole a1 of moderate size has the closed form Σ_{i<a1} B(a0+i, b0+b1) / ((b1+i) B(1+i, b1) B(a0, b0)); decayed
    counts are not whole, and for them F0 is integrated over the quantiles of θ1, piece by piece, where it is smooth.

    Source: Ponnusamy et al. 2022 for its use as the weight w of a live rewrite; the sum is E. Miller's.

    >>> probability_better(1, 1, 1, 1)
    0.5
    >>> round(probability_better(2, 10, 10, 2), 4)
    0.9998
    """
    whole = round(a1)
    if abs(a1 - whole) <= WHOLE and 1 <= whole <= 512:  # beyond that the integral is faster
        return _closed_form(a0, b0, whole, b1)
    return _integral(a0, b0, a1, b1)


def _closed_form(a0: float, b0: float, a1: int, b1: float) -> float:
    i = np.arange(a1, dtype=float)
    logs = betaln(a0 + i, b0 + b1) - np.log(b1 + i) - betaln(1 + i, b1) - betaln(a0, b0)
    return float(min(1.0, np.exp(logs).sum()))


# Sixteen Gauss-Legendre points a piece; the cuts lie where F0 rises, so each piece is a gentle curve.
_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_CUTS = np.concatenate([10.0 ** np.arange(-9, -1), np.arange(1, 20) / 20, 1 - 10.0 ** np.arange(-2, -10, -1)])


def _integral(a0: float, b0: float, a1: float, b1: float) -> float:
    rises = betainc(a1, b1, betaincinv(a0, b0, _CUTS))
    cuts = np.unique(np.concatenate([[0.0], _CUTS, rises, [1.0]]))
    half = np.diff(cuts)[:, None] / 2
    u = (cuts[:-1, None] + half) + half * _POINTS
    values = betainc(a0, b0, betaincinv(a1, b1, u))
    return float(np.clip((values * _WEIGHTS * half).sum(), 0.0, 1.0))
