"""The current time as the default for a missing one, and the length of a day."""

import time

__all__ = ["DAY", "or_now"]

DAY = 86_400_000
"""A day, in milliseconds."""


def or_now(at: int | None) -> int:
    """Return `at`, or the current time if it is None, in milliseconds since 1970.

    >>> or_now(5)
    5
    """
    return time.time_ns() // 1_000_000 if at is None else at
