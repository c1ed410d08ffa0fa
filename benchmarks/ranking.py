"""How well numbers rank what failed above what did not, with intervals over whatever belongs together."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.judging import auc

__all__ = ["Interval", "logistic", "print_rankings", "rankings", "shown"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Interval = tuple[float, float, float]
"""A figure, and its 90% interval."""

DRAWS = 200


def rankings(
    wrong: Truths,
    scores: Mapping[str, Floats],
    groups: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    *,
    strata: npt.NDArray[np.int64] | None = None,
) -> dict[str, Interval]:
    """Return the AUC of each score, and for each pair by how much the first is ahead of the second.

    Args:
        wrong: what failed, shape (items,).
        scores: higher where failure is likelier, each of shape (items,).
        groups: drawn as wholes for the interval: items of one sentence, clip or person are not independent.
        pairs: names of scores to be compared.
        strata: numbers of what each was judged by; only within one are items compared, where scores of different
            judges have no common scale.
    """
    within = np.zeros(len(wrong), np.int64) if strata is None else strata
    names, at = np.unique(np.asarray(groups), return_inverse=True)
    members = np.split(np.argsort(at, kind="stable"), np.cumsum(np.bincount(at))[:-1])
    random = np.random.default_rng(1)
    drawn: dict[str, list[float]] = {name: [] for name in scores}
    for _ in range(DRAWS):
        chosen = np.concatenate([members[group] for group in random.integers(0, len(names), len(names))])
        for name, score in scores.items():
            drawn[name].append(_auc_within(wrong[chosen], score[chosen], within[chosen]))
    whole = {name: _auc_within(wrong, score, within) for name, score in scores.items()}
    intervals = {name: _interval(whole[name], np.array(drawn[name])) for name in scores}
    for first, second in pairs:
        ahead = np.array(drawn[first]) - np.array(drawn[second])
        intervals[f"{first} - {second}"] = _interval(whole[first] - whole[second], ahead)
    return intervals


def logistic(rows: Floats, wrong: Truths, unseen: Floats, *, resistance: float = 1.0) -> Floats:
    """Return logits for unseen rows, by a logistic regression over standardised columns.

    Args:
        rows: to learn from, shape (items, columns).
        wrong: what failed, shape (items,).
        unseen: to be judged.
        resistance: half the weight of the squared coefficients.
    """
    mean, spread = rows.mean(0), rows.std(0) + 1e-9
    x, y = (rows - mean) / spread, wrong.astype(np.float64)

    def surprise(line: Floats) -> tuple[float, Floats]:
        z = x @ line[:-1] + line[-1]
        off = 1 / (1 + np.exp(-z)) - y
        slope = np.concatenate([x.T @ off + resistance * line[:-1], [off.sum()]])
        return float(np.sum(np.logaddexp(0, z) - y * z) + resistance * np.sum(line[:-1] ** 2) / 2), slope

    line = minimize(surprise, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return np.asarray((unseen - mean) / spread @ line[:-1] + line[-1], np.float64)


def print_rankings(title: str, found: Mapping[str, Interval]) -> None:
    """Print one table, a line a score."""
    print(title)
    for name, interval in found.items():
        print(f"  {name:<34} {shown(interval, signed=' - ' in name)}")


def shown(interval: Interval, *, signed: bool = False) -> str:
    """Return a figure and its interval as text.

    >>> shown((0.5, 0.4, 0.6)), shown((0.01, -0.01, 0.03), signed=True)
    ('.500 [.400, .600]', '+.010 [-.010, +.030]')
    """
    one, low, high = (f"{each:{'+' if signed else ''}.3f}".replace("0.", ".", 1) for each in interval)
    return f"{one} [{low}, {high}]"


def _auc_within(wrong: Truths, score: Floats, strata: npt.NDArray[np.int64]) -> float:
    """Return the AUC over all pairs of one stratum."""
    total = pairs = 0.0
    for stratum in np.unique(strata):
        mine = strata == stratum
        here = float(wrong[mine].sum() * (~wrong[mine]).sum())
        total, pairs = total + here * auc(wrong[mine], score[mine]), pairs + here
    return total / pairs if pairs else 0.5


def _interval(figure: float, drawn: Floats) -> Interval:
    low, high = np.quantile(drawn, [0.05, 0.95])
    return figure, float(low), float(high)
