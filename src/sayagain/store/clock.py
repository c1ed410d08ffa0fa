"""The current time as the default for a missing one."""

import time

__all__ = ["or_now"]


def or_now(at: int | None) -> int:
    """Return `at`, or the current time if it is None, in milliseconds since 1970.

    >>> or_now(5)
    5
    """
    return time.time_ns() // 1_000_000 if at is None else at
