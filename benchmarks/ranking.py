"""AUC of scores for failures, with bootstrap intervals over groups; logistic regression."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.bootstrap import quantile_interval
from benchmarks.judging import auc

__all__ = ["Interval", "logistic", "print_rankings", "rankings", "shown"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Interval = tuple[float, float, float]
"""A figure and its 90% interval."""

DRAWS = 200


def rankings(
    wrong: Truths,
    scores: Mapping[str, Floats],
    groups: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    *,
    strata: npt.NDArray[np.int64] | None = None,
) -> dict[str, Interval]:
    """Return the AUC of each score, and the difference of AUC for each pair.

    Args:
        wrong: whether each item failed, shape (items,).
        scores: scores that are higher for likelier failures, each of shape (items,).
        groups: group of each item for the bootstrap: items of one sentence, clip or person are not independent.
        pairs: names of scores to compare.
        strata: number of each item's judge; only items of one judge are compared, because scores of different judges
            have no common scale.
    """
    within = np.zeros(len(wrong), np.int64) if strata is None else strata
    names, group_numbers = np.unique(np.asarray(groups), return_inverse=True)
    members = np.split(np.argsort(group_numbers, kind="stable"), np.cumsum(np.bincount(group_numbers))[:-1])
    rng = np.random.default_rng(1)
    samples: dict[str, list[float]] = {name: [] for name in scores}
    for _ in range(DRAWS):
        indices = np.concatenate([members[group] for group in rng.integers(0, len(names), len(names))])
        for name, score in scores.items():
            samples[name].append(_auc_within(wrong[indices], score[indices], within[indices]))
    whole = {name: _auc_within(wrong, score, within) for name, score in scores.items()}
    intervals = {name: _interval(whole[name], np.array(samples[name])) for name in scores}
    for first, second in pairs:
        differences = np.array(samples[first]) - np.array(samples[second])
        intervals[f"{first} - {second}"] = _interval(whole[first] - whole[second], differences)
    return intervals


def logistic(rows: Floats, wrong: Truths, unseen: Floats, *, resistance: float = 1.0) -> Floats:
    """Return logits for unseen rows, by a logistic regression over standardised columns.

    Args:
        rows: training rows, shape (items, columns).
        wrong: whether each item failed, shape (items,).
        unseen: rows to judge.
        resistance: L2 regularisation: twice the factor of the squared coefficients in the loss.
    """
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    x, y = (rows - mean) / spread, wrong.astype(np.float64)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        logits = x @ parameters[:-1] + parameters[-1]
        residuals = 1 / (1 + np.exp(-logits)) - y
        gradient = np.concatenate([x.T @ residuals + resistance * parameters[:-1], [residuals.sum()]])
        penalty = resistance * np.sum(parameters[:-1] ** 2) / 2
        return float(np.sum(np.logaddexp(0, logits) - y * logits) + penalty), gradient

    parameters = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return np.asarray((unseen - mean) / spread @ parameters[:-1] + parameters[-1], np.float64)


def print_rankings(title: str, intervals: Mapping[str, Interval]) -> None:
    """Print one table with one line per score."""
    print(title)
    for name, interval in intervals.items():
        print(f"  {name:<34} {shown(interval, signed=' - ' in name)}")


def shown(interval: Interval, *, signed: bool = False) -> str:
    """Return a figure and its interval as text.

    >>> shown((0.5, 0.4, 0.6)), shown((0.01, -0.01, 0.03), signed=True)
    ('.500 [.400, .600]', '+.010 [-.010, +.030]')
    """
    value, low, high = (f"{number:{'+' if signed else ''}.3f}".replace("0.", ".", 1) for number in interval)
    return f"{value} [{low}, {high}]"


def _auc_within(wrong: Truths, score: Floats, strata: npt.NDArray[np.int64]) -> float:
    """Return the AUC over all pairs of one stratum."""
    total = pairs = 0.0
    for stratum in np.unique(strata):
        in_stratum = strata == stratum
        stratum_pairs = float(wrong[in_stratum].sum() * (~wrong[in_stratum]).sum())
        total += stratum_pairs * auc(wrong[in_stratum], score[in_stratum])
        pairs += stratum_pairs
    return total / pairs if pairs else 0.5


def _interval(figure: float, samples: Floats) -> Interval:
    return figure, *quantile_interval(samples)
