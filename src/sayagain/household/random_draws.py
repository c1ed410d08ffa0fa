"""A buffered random number generator; single draws from numpy would cost more than the rest of a turn."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

__all__ = ["RandomDraws", "weighted_index"]

T = TypeVar("T")
_BLOCK = 2_048


class RandomDraws:
    """A random number generator that draws in blocks; the same key gives the same numbers.

    >>> RandomDraws(1, 2).uniform() == RandomDraws(1, 2).uniform()
    True
    """

    def __init__(self, *key: int) -> None:
        self._generator = np.random.default_rng(key)
        self._uniform: list[float] = []
        self._normal: list[float] = []

    def uniform(self) -> float:
        """Return a uniform number in [0, 1)."""
        if not self._uniform:
            self._uniform = self._generator.random(_BLOCK).tolist()
        return self._uniform.pop()

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return self.uniform() < probability

    def choose(self, values: Sequence[T]) -> T:
        """Return one of the values, uniformly at random."""
        return values[int(self.uniform() * len(values))]

    def weighted_index(self, shares: Sequence[float]) -> int:
        """Return an index with probability proportional to its share."""
        return weighted_index(shares, self.uniform() * sum(shares))

    def lognormal(self, median: float, sigma: float) -> int:
        """Return a log-normal number, rounded.

        Args:
            median: the median.
            sigma: standard deviation of the logarithm.
        """
        if not self._normal:
            self._normal = self._generator.standard_normal(_BLOCK).tolist()
        return round(median * float(np.exp(sigma * self._normal.pop())))


def weighted_index(shares: Sequence[float], position: float) -> int:
    """Return the index of the share in which a position on the summed shares lies.

    >>> weighted_index((0.5, 0.3, 0.2), 0.6)
    1
    """
    for index, share in enumerate(shares):
        position -= share
        if position < 0:
            return index
    return len(shares) - 1
