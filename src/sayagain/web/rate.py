"""The rate limit: one token bucket for each client."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["RateLimit"]

_MAX_CLIENTS = 10_000
"""Largest number of buckets; beyond it, the least recent client gets a new one."""


class RateLimit:
    """Limits the request rate of each client.

    Args:
        rate: requests a second; 0 sets no limit.
        clock: monotonic clock, in seconds.

    A bucket holds the requests of two seconds, so a client may burst to twice the rate.

    >>> limit = RateLimit(1.0, clock=lambda: 0.0)
    >>> [limit.wait("a") for _ in range(3)]
    [0, 0, 1]
    """

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = max(2 * rate, 1.0)
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> int:
        """Count one request of a client and return 0, or return the seconds to wait before the next attempt."""
        if not self._rate:
            return 0
        now = self._clock()
        left, filled_at = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - filled_at) * self._rate)
        allowed = left >= 1
        self._left[client] = (left - allowed, now)
        if len(self._left) > _MAX_CLIENTS:
            self._left.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._rate)
