"""Log priors: the smoothed frequency of an outcome in a context, with separate counts for each user."""

import math
from collections.abc import Mapping

import msgspec

from sayagain.rewriting.unit_counts import UnitCounts

__all__ = ["PriorTable", "Priors", "log_prior"]

BASE = 1e-3
"""Prior probability of an unseen outcome."""

STRENGTH = 5.0
"""How many turns the base counts for."""


class PriorTable(msgspec.Struct, frozen=True, kw_only=True):
    """The outcomes of one context, as kept in a release."""

    total: float
    """Turns in this context."""
    outcomes: dict[str, float]
    """Turns by outcome."""


def log_prior(table: PriorTable | None, outcome: str) -> float:
    """Return log P(outcome | context), smoothed towards `BASE`.

    >>> round(log_prior(None, "x"), 2)
    -6.91
    """
    if table is None:
        return math.log(BASE)
    return math.log((table.outcomes.get(outcome, 0.0) + STRENGTH * BASE) / (table.total + STRENGTH))


class Priors(UnitCounts):
    """The counts during learning, separate for each fitting unit."""

    def __init__(self, units: Mapping[str, str] | None = None) -> None:
        super().__init__(units)
        self._all: dict[str, dict[str, float]] = {}
        self._own: dict[tuple[str, str], dict[str, float]] = {}
        self._users_by_outcome: dict[str, dict[str, set[str]]] = {}

    def add(self, context: str, outcome: str, user: str, weight: float) -> None:
        """Count one outcome of a fitting unit."""
        for counts in (self._all.setdefault(context, {}), self._own.setdefault((context, user), {})):
            counts[outcome] = counts.get(outcome, 0.0) + weight
            counts[""] = counts.get("", 0.0) + weight
        self._users_by_outcome.setdefault(context, {}).setdefault(outcome, set()).update(self._users([user]))

    def log(self, context: str, outcome: str, without: str | None) -> float:
        """Return what `log_prior` returns, with one fitting unit's turns taken out."""
        counts = self._all.get(context, {})
        own_counts = self._own.get((context, without), {}) if without is not None else {}
        outcome_count = counts.get(outcome, 0.0) - own_counts.get(outcome, 0.0)
        total = counts.get("", 0.0) - own_counts.get("", 0.0)
        return math.log((max(outcome_count, 0.0) + STRENGTH * BASE) / (max(total, 0.0) + STRENGTH))

    def tables(self, min_users: int) -> dict[str, PriorTable]:
        """Return the counts by context; contexts and outcomes that fewer users stand behind are left out."""
        return {
            context: PriorTable(
                total=counts[""],
                outcomes={
                    outcome: n
                    for outcome, n in sorted(counts.items())
                    if outcome and len(self._users_by_outcome[context][outcome]) >= min_users
                },
            )
            for context, counts in sorted(self._all.items())
            if len(set().union(*self._users_by_outcome[context].values())) >= min_users
        }
