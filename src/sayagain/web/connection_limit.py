"""The limit on connections: how many one address may have, and which of them makes room for a new one."""

from collections import Counter, defaultdict
from typing import Generic, TypeVar

__all__ = ["ConnectionLimit"]

_Connection = TypeVar("_Connection")


class ConnectionLimit(Generic[_Connection]):
    """The open connections of each address, and those among them that wait for their client.

    Beyond the limit, a new connection takes the place of the one that has waited longest. So a client that sends its
    request at once is served, even if a slow client has the same address (behind a reverse proxy all clients have).

    Args:
        limit: connections that one address may have.

    >>> limit = ConnectionLimit(2)
    >>> for name in "ab":
    ...     limit.add("10.0.0.7", name)
    ...     limit.wait("10.0.0.7", name)
    >>> limit.add("10.0.0.7", "c"), limit.add("10.0.0.8", "d")
    ('a', None)
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        """Connections that one address may have."""
        self._open: Counter[str] = Counter()
        # A dictionary keeps the order, and finds what is removed.
        self._waiting: defaultdict[str, dict[_Connection, None]] = defaultdict(dict)

    def add(self, address: str, connection: _Connection) -> _Connection | None:
        """Count a new connection; return the one to close, which is the new one where none waits."""
        self._open[address] += 1
        if self._open[address] <= self.limit:
            return None
        longest = next(iter(self._waiting.get(address, ())), connection)
        self.proceed(address, longest)
        return longest

    def wait(self, address: str, connection: _Connection) -> None:
        """Note that a connection waits for its client from now on."""
        self.proceed(address, connection)
        self._waiting[address][connection] = None

    def proceed(self, address: str, connection: _Connection) -> None:
        """Note that a connection no longer waits for its client."""
        waiting = self._waiting.get(address)
        if waiting is not None:
            waiting.pop(connection, None)
            if not waiting:
                del self._waiting[address]

    def remove(self, address: str, connection: _Connection) -> None:
        """Forget a connection that was closed."""
        self.proceed(address, connection)
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]
