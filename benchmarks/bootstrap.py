"""Bootstrap over groups such as users, sessions or homes (Efron 1979)."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["quantile_interval", "resampled_sums"]


def resampled_sums(rows: npt.NDArray[np.number], draws: int = 2000, *, seed: int = 1) -> npt.NDArray[np.float64]:
    """Return the sums over rows drawn with replacement, shape (draws, columns).

    Equal seeds give equal draws for equally many rows, so figures of the same groups can be compared draw by draw.

    Args:
        rows: counts of each group, shape (groups, columns).
        draws: number of draws.
        seed: seed of the draws.

    >>> resampled_sums(np.array([[1, 2], [1, 2], [1, 2]]), 2).tolist()
    [[3.0, 6.0], [3.0, 6.0]]
    """
    picks = np.random.default_rng(seed).integers(0, len(rows), (draws, len(rows)))
    return np.asarray(rows[picks].sum(axis=1), np.float64)


def quantile_interval(samples: npt.NDArray[np.floating] | Sequence[float]) -> tuple[float, float]:
    """Return the 90% interval of samples.

    >>> low, high = quantile_interval([0.0, 1.0])
    >>> round(low, 2), round(high, 2)
    (0.05, 0.95)
    """
    low, high = np.quantile(samples, [0.05, 0.95])
    return float(low), float(high)
