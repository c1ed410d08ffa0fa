"""Off-policy estimates: what another policy would have been worth, from choices logged with their propensities.

Three estimators: inverse propensity scoring (unbiased, wide), the same with normalised weights (SNIPS), and doubly
robust with clipped weights, which corrects a model of the reward by what was seen. Each comes with a bootstrap interval
over units; the empirical Bernstein interval holds for any sample size, and is wider. The effective sample size says how
many turns with the target's own choices the log is worth.

Sources: Horvitz and Thompson 1952; Swaminathan and Joachims 2015 (SNIPS); Dudik, Langford and Li 2011 (doubly robust);
Maurer and Pontil 2009 (empirical Bernstein); Kachuee et al. 2022 (what a policy is judged by before it goes live).
"""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.errors import InputError

__all__ = ["Comparison", "Estimate", "Estimator", "LoggedChoice", "compare", "estimate", "needed_turns"]

Estimator = Literal["ips", "snips", "doubly robust"]
Floats = npt.NDArray[np.float64]

CLIP = 50.0
"""Largest weight of a turn in the doubly robust estimate; what is clipped is left to the model of the reward."""

LEAST_EFFECTIVE = 20.0
"""Effective sample size below which nothing is said."""


class LoggedChoice(msgspec.Struct, frozen=True, kw_only=True):
    """One logged choice as the target policy sees it."""

    unit: str
    """The unit that could have been sampled again: a user, a home, a session."""
    reward: float
    """1 where it went well, or the probability of that, in [0, 1]."""
    propensity: float
    """The probability with which the logged choice was made, in (0, 1]."""
    target: float
    """The probability with which the target policy makes this very choice, in [0, 1]."""
    predicted: float = 0.0
    """The reward that a model expects of the logged choice; the model must not have seen this turn."""
    expected: float = 0.0
    """The reward that the model expects of the target policy here: the mean over its choices."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """The value of a policy: the mean reward of a turn."""

    value: float
    """The estimate."""
    low: float
    """Lower end of its interval, by bootstrap over units."""
    high: float
    """Upper end."""
    bernstein_low: float
    """Lower end of the empirical Bernstein interval."""
    bernstein_high: float
    """Upper end."""
    effective: float
    """Effective sample size, in turns."""
    turns: int
    """Logged turns."""

    @property
    def tells(self) -> bool:
        """Whether the log says anything about this policy."""
        return self.effective >= LEAST_EFFECTIVE


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """A policy beside the one that was logged."""

    target: Estimate
    """The policy."""
    logged: float
    """Mean reward of the log."""
    difference: float
    """Estimated gain over the log."""
    low: float
    """Lower end of the interval of the difference."""
    high: float
    """Upper end."""
    verdict: Literal["better", "worse", "cannot tell"]
    """What the interval says."""
    needed: int | None
    """Logged turns with which a difference as estimated could be told; None where it can be, or nothing is known."""


def estimate(
    choices: Sequence[LoggedChoice],
    estimator: Estimator = "doubly robust",
    *,
    level: float = 0.95,
    rounds: int = 1000,
    seed: int = 1,
) -> Estimate:
    """Estimate the value of the target policy.

    Args:
        choices: the log.
        estimator: which of the three.
        level: of the intervals, in (0, 1).
        rounds: of the bootstrap.
        seed: of the bootstrap.

    Raises:
        InputError: the log is empty, or a propensity is not above 0.

    >>> log = [LoggedChoice(unit=f"u{i}", reward=i % 2, propensity=0.5, target=float(i % 2)) for i in range(400)]
    >>> round(estimate(log, "ips").value, 2), round(estimate(log, "ips").effective)
    (1.0, 200)
    """
    arrays = _arrays(choices)
    totals = _by_unit(arrays, choices, estimator)
    value = float(_ratios(totals.sum(0)))
    low, high = _quantiles(_ratios(_resampled(totals, rounds, seed)), level)
    bernstein = _bernstein(arrays, estimator, value, level, units=len(totals))
    weights = arrays["target"] / arrays["propensity"]
    effective = float(weights.sum() ** 2 / max((weights**2).sum(), 1e-12))
    return Estimate(
        value=value,
        low=low,
        high=high,
        bernstein_low=bernstein[0],
        bernstein_high=bernstein[1],
        effective=effective,
        turns=len(choices),
    )


def compare(
    choices: Sequence[LoggedChoice],
    estimator: Estimator = "doubly robust",
    *,
    level: float = 0.95,
    rounds: int = 1000,
    seed: int = 1,
) -> Comparison:
    """Compare the target policy with what was logged, on the same units; arguments as for `estimate`."""
    target = estimate(choices, estimator, level=level, rounds=rounds, seed=seed)
    arrays = _arrays(choices)
    totals = _by_unit(arrays, choices, estimator)
    logged_totals = _by_unit({**arrays, "target": arrays["propensity"]}, choices, "ips")
    both = np.hstack([totals, logged_totals])
    logged = float(arrays["reward"].mean())
    drawn = _resampled(both, rounds, seed)
    differences = _ratios(drawn[:, :2]) - _ratios(drawn[:, 2:])
    low, high = _quantiles(differences, level)
    difference = target.value - logged
    verdict: Literal["better", "worse", "cannot tell"] = (
        "cannot tell" if not target.tells or low <= 0 <= high else "better" if low > 0 else "worse"
    )
    needed = needed_turns(len(choices), (high - low) / 2, difference) if verdict == "cannot tell" else None
    return Comparison(
        target=target, logged=logged, difference=difference, low=low, high=high, verdict=verdict, needed=needed
    )


def needed_turns(turns: int, half_width: float, difference: float) -> int | None:
    """Return how many logged turns would tell a difference: an interval narrows with the square root of them.

    >>> needed_turns(1000, 0.04, 0.02), needed_turns(1000, 0.04, 0.0)
    (4000, None)
    """
    if abs(difference) < 1e-6:
        return None
    return math.ceil(turns * (half_width / abs(difference)) ** 2)


def _arrays(choices: Sequence[LoggedChoice]) -> dict[str, Floats]:
    if not choices:
        raise InputError("no choice was logged with a propensity; expected turns with applied_rewrite.propensity")
    names = ("reward", "propensity", "target", "predicted", "expected")
    arrays = {name: np.array([getattr(choice, name) for choice in choices], np.float64) for name in names}
    if (arrays["propensity"] <= 0).any():
        raise InputError("a logged propensity is 0; expected the probability with which the choice was made")
    return arrays


def _by_unit(arrays: dict[str, Floats], choices: Sequence[LoggedChoice], estimator: Estimator) -> Floats:
    """Return the sums that an estimate is a ratio of, one row a unit: numerator and denominator."""
    weights = arrays["target"] / arrays["propensity"]
    if estimator == "doubly robust":
        clipped = np.minimum(weights, CLIP)
        numerator = arrays["expected"] + clipped * (arrays["reward"] - arrays["predicted"])
    else:
        numerator = weights * arrays["reward"]
    denominator = weights if estimator == "snips" else np.ones(len(weights))
    units, unit_of = np.unique([choice.unit for choice in choices], return_inverse=True)
    totals = np.zeros((len(units), 2))
    np.add.at(totals, unit_of, np.stack([numerator, denominator], 1))
    return totals


def _ratios(totals: Floats) -> Floats:
    ratios: Floats = totals[..., 0] / np.maximum(totals[..., 1], 1e-12)
    return ratios


def _resampled(totals: Floats, rounds: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    counts = rng.multinomial(len(totals), np.full(len(totals), 1 / len(totals)), size=rounds)
    drawn: Floats = counts @ totals
    return drawn


def _quantiles(values: Floats, level: float) -> tuple[float, float]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _bernstein(
    arrays: dict[str, Floats], estimator: Estimator, value: float, level: float, *, units: int
) -> tuple[float, float]:
    """Return the empirical Bernstein interval of the mean of the terms, with units as the sample size."""
    weights = arrays["target"] / arrays["propensity"]
    if estimator == "doubly robust":
        weights = np.minimum(weights, CLIP)
        terms = arrays["expected"] + weights * (arrays["reward"] - arrays["predicted"])
    else:
        terms = weights * arrays["reward"]
    spread = float(max(weights.max(initial=1.0), 1.0)) + 1.0
    log = math.log(4 / (1 - level))
    n = max(units, 2)
    half = math.sqrt(2 * float(terms.var(ddof=1) if len(terms) > 1 else 0.0) * log / n) + 7 * spread * log / (
        3 * (n - 1)
    )
    return value - half, value + half
