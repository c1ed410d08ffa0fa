"""Bounds of exploration: the share of choices that are not the present one, kept between a floor and a ceiling.

A multiplier on the odds of the present choice is raised while too much is explored and lowered while too little is
(dual ascent), for each domain by itself.

Source: Kachuee and Lee 2022 (constrained policy optimisation for controlled self-learning).
"""

import math
from collections.abc import Mapping, Sequence

import msgspec

from sayagain.errors import SettingError

__all__ = ["BoundedExploration", "Bounds"]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of one domain.

    >>> Bounds(floor=0.0, ceiling=0.02).ceiling
    0.02
    """

    floor: float = 0.0
    """Least share of choices that are not the present one, where there is anything safe to explore."""
    ceiling: float = 0.05
    """Most of them."""

    def __post_init__(self) -> None:
        """Check the bounds.

        Raises:
            SettingError: they are no shares, or the floor is above the ceiling.
        """
        if not 0 <= self.floor <= self.ceiling <= 1:
            raise SettingError(
                f"exploration: floor {self.floor} and ceiling {self.ceiling}; expected 0 <= floor <= ceiling <= 1"
            )


class BoundedExploration:
    """Keeps the share of exploration of each domain within its bounds, on average over its requests.

    Args:
        bounds: by domain.
        default: of all other domains.
        rate: step of the ascent.

    >>> bounded = BoundedExploration({"shopping": Bounds(ceiling=0.0)})
    >>> bounded.apply("shopping", [0.5, 0.5])
    [1.0, 0.0]
    """

    def __init__(
        self, bounds: Mapping[str, Bounds] | None = None, default: Bounds | None = None, *, rate: float = 0.1
    ) -> None:
        self._bounds = bounds or {}
        self._default = default or Bounds()
        self._rate = rate
        self._multipliers: dict[str, tuple[float, float]] = {}

    def apply(self, domain: str, propensities: Sequence[float]) -> list[float]:
        """Return propensities within the bounds, and learn from their share of exploration.

        Args:
            domain: of the request.
            propensities: of the options, the present choice first.
        """
        bounds = self._bounds.get(domain, self._default)
        if bounds.ceiling == 0:
            return [1.0] + [0.0] * (len(propensities) - 1)
        explored = 1 - propensities[0]
        if explored <= 0:
            return list(propensities)
        above, below = self._multipliers.get(domain, (0.0, 0.0))
        # Where another choice is certain, the present one still has odds that a multiplier can change.
        odds = max(propensities[0], 1e-3) / explored * math.exp(above - below)
        share = 1 / (1 + odds)
        self._multipliers[domain] = (
            max(above + self._rate * (share - bounds.ceiling), 0.0),
            max(below + self._rate * (bounds.floor - share), 0.0),
        )
        return [1 - share, *(p * share / explored for p in propensities[1:])]
