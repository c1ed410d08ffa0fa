"""Calibration of probabilities: temperature scaling, Platt scaling, and isotonic regression for each domain."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar

__all__ = ["Calibration", "calibration", "log_odds", "sigmoid", "temperature"]

Floats = npt.NDArray[np.float64]

ENOUGH = 200
"""Least number of labelled turns for a domain's own isotonic fit; smaller domains share the common one."""

LEAST = 1e-4
"""Probabilities are clipped to [`LEAST`, 1 − `LEAST`]."""


def temperature(logits: npt.NDArray[np.floating], classes: npt.NDArray[np.integer]) -> float:
    """Return the temperature: the divisor of the logits that minimises the labels' cross-entropy (Guo et al. 2017).

    Args:
        logits: shape (turns, classes).
        classes: true classes, shape (turns,).

    >>> sure = np.array([[0.0, 9.0], [0.0, 9.0], [0.0, 9.0], [0.0, 9.0]])
    >>> temperature(sure, np.array([1, 1, 1, 0])) > 5
    True
    """
    if not len(classes):
        return 1.0

    def loss(log_t: float) -> float:
        scaled = logits / np.exp(log_t)
        scaled = scaled - scaled.max(-1, keepdims=True)
        log_p = scaled - np.log(np.exp(scaled).sum(-1, keepdims=True))
        return float(-log_p[np.arange(len(classes)), classes].mean())

    # Bounds of about 1/20 and 100: beyond them a head knows everything or nothing.
    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 4.6), method="bounded").x))


def log_odds(p: Floats) -> Floats:
    """Return ln(p ÷ (1 − p)) of probabilities, clipped to [`LEAST`, 1 − `LEAST`]."""
    clipped = np.clip(p, LEAST, 1 - LEAST)
    odds: Floats = np.log(clipped / (1 - clipped))
    return odds


def sigmoid(p: Floats, targets: Floats) -> tuple[float, float]:
    """Return slope and offset of the log-odds that fit target probabilities best.

    Platt scaling (1999) with soft labels. The slope is at least 0, so the order stays.

    Args:
        p: probabilities to calibrate, shape (turns,).
        targets: target probabilities, shape (turns,).

    >>> slope, offset = sigmoid(np.array([0.5, 0.9, 0.99]), np.array([0.1, 0.5, 0.91]))
    >>> round(slope, 1), round(offset, 1)
    (1.0, -2.2)
    """
    predicted = log_odds(p)

    def loss(parameters: Floats) -> tuple[float, Floats]:
        scaled = parameters[0] * predicted + parameters[1]
        residuals = 1 / (1 + np.exp(-scaled)) - targets
        slopes = np.array([(residuals * predicted).mean(), residuals.mean()])
        return float((np.logaddexp(0, scaled) - targets * scaled).mean()), slopes

    solution = minimize(loss, np.array([1.0, 0.0]), jac=True, bounds=((0, None), (None, None)), method="L-BFGS-B").x
    return float(solution[0]), float(solution[1])


class Calibration(msgspec.Struct, frozen=True):
    """An isotonic step function for each domain, from predicted to calibrated probability."""

    steps: dict[str, tuple[tuple[float, float], ...]]
    """Steps by domain, `""` for all domains together: least prediction and calibrated probability of each step."""

    def __call__(self, p: Floats, domains: Sequence[str]) -> Floats:
        """Return calibrated probabilities, shape (turns,).

        Args:
            p: predictions.
            domains: domain of each turn; an unknown domain shares the common step function.
        """
        calibrated = np.array(p, np.float64)
        names = np.array([domain if domain in self.steps else "" for domain in domains], dtype=object)
        for name in set(names.tolist()):
            begins, values = np.array(self.steps[name]).T
            in_domain = names == name
            indices = np.clip(np.searchsorted(begins, calibrated[in_domain], side="right") - 1, 0, len(begins) - 1)
            calibrated[in_domain] = values[indices]
        return calibrated


def calibration(p: Floats, truth: npt.NDArray[np.bool_], domains: Sequence[str]) -> Calibration:
    """Fit isotonic regression by pooling adjacent violators (Ayer et al. 1955).

    Args:
        p: predictions, shape (turns,); at least one.
        truth: true labels, shape (turns,).
        domains: domain of each turn.

    >>> calibrate = calibration(np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, False, True]), ["tv"] * 4)
    >>> calibrate(np.array([0.95, 0.15]), ["tv", "tv"]).tolist()
    [1.0, 0.0]
    """
    names = np.array(domains, dtype=object)
    steps = {"": _isotonic_steps(p, truth)}
    for name in sorted(set(domains)):
        in_domain = names == name
        if in_domain.sum() >= ENOUGH:
            steps[name] = _isotonic_steps(p[in_domain], truth[in_domain])
    return Calibration(steps)


def _isotonic_steps(p: Floats, truth: npt.NDArray[np.bool_]) -> tuple[tuple[float, float], ...]:
    pools: list[tuple[float, float, int]] = []
    for prediction in np.unique(p):
        labels = truth[p == prediction]
        pools.append((float(prediction), float(labels.sum()), len(labels)))
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] >= pools[-1][1] * pools[-2][2]:
            _, hits, count = pools.pop()
            begins, previous_hits, previous_count = pools.pop()
            pools.append((begins, previous_hits + hits, previous_count + count))
    return tuple((begins, hits / count) for begins, hits, count in pools)
