"""Now, where a time is not given."""

import time

__all__ = ["or_now"]


def or_now(at: int | None) -> int:
    """Return a time, or now when there is none, in milliseconds since 1970.

    >>> or_now(5)
    5
    """
    return time.time_ns() // 1_000_000 if at is None else at
