"""The rate limit: a bucket of tokens for each client, filled as time passes."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["RateLimit"]

_CLIENTS = 10_000
"""Clients remembered; past that the one not seen for longest starts anew."""


class RateLimit:
    """Tells whether a client may make one more request now.

    Args:
        rate: requests a second; 0 sets no limit.
        clock: seconds, growing.

    A client may burst to twice what a second allows.

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
        """Take one request of a client's, and return 0; or return in how many seconds it may ask again."""
        if not self._rate:
            return 0
        now = self._clock()
        left, then = self._left.pop(client, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate)
        may = left >= 1
        self._left[client] = (left - may, now)
        if len(self._left) > _CLIENTS:
            self._left.popitem(last=False)
        return 0 if may else math.ceil((1 - left) / self._rate)
