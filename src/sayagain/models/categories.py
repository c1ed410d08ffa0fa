"""Codes of categorical fields: one for each known value, one for missing and one for unknown values."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from sayagain.models.tokenizer import Integers

__all__ = ["Categories"]

_MISSING = 0
_UNKNOWN = 1


class Categories(msgspec.Struct, frozen=True):
    """The categorical fields of a record, such as domain, intent and kind of response.

    >>> fields = Categories.of([{"domain": "light"}, {"domain": "music"}, {"domain": None}])
    >>> fields.values
    {'domain': ('light', 'music')}
    >>> fields.codes([{"domain": "music"}, {"domain": None}, {"domain": "shopping"}]).tolist()
    [[3], [0], [1]]
    >>> fields.sizes
    (4,)
    """

    values: dict[str, tuple[str, ...]]
    """The values known of each field, in order."""

    @classmethod
    def of(cls, records: Iterable[Mapping[str, str | None]], *, at_least: int = 1) -> "Categories":
        """Collect the values that occur, in alphabetical order.

        Args:
            records: values by field.
            at_least: rarer values count as unknown, so that training includes unknown values.
        """
        counts: dict[str, Counter[str]] = {}
        for record in records:
            for name, value in record.items():
                count = counts.setdefault(name, Counter())
                if value is not None:
                    count[value] += 1
        return cls(
            {name: tuple(sorted(v for v, n in c.items() if n >= at_least)) for name, c in sorted(counts.items())}
        )

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of codes of each field: the sizes of embedding tables."""
        return tuple(len(values) + 2 for values in self.values.values())

    def codes(self, records: Sequence[Mapping[str, str | None]]) -> Integers:
        """Return the codes, shape (records, fields): 0 for a missing value, 1 for an unknown one, then the known."""
        numbers = {
            name: {value: index + 2 for index, value in enumerate(values)} for name, values in self.values.items()
        }
        rows = [
            [
                _MISSING if (value := record.get(name)) is None else codes.get(value, _UNKNOWN)
                for name, codes in numbers.items()
            ]
            for record in records
        ]
        return np.array(rows, np.int64).reshape(len(records), len(self.values))
