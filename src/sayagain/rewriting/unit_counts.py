"""Counts that are kept apart by fitting unit, so that a lookup can leave one unit out."""

from collections.abc import Iterable, Mapping

__all__ = ["UnitCounts"]


class UnitCounts:
    """Base of the counts made during learning.

    Args:
        units: from a fitting unit to the user that it counts as; one that is not named counts as itself.
    """

    def __init__(self, units: Mapping[str, str] | None = None) -> None:
        self._units = units or {}

    def _users(self, fitting_units: Iterable[str]) -> set[str]:
        """Return the users that some fitting units count as."""
        return {self._units.get(unit, unit) for unit in fitting_units}
