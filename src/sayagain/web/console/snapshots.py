"""Snapshots of what takes long to compute: a page shows the last one at once, and a new one is made behind it."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

__all__ = ["MOST", "REST_SECONDS", "Snapshots"]

T = TypeVar("T")

MOST = 64
"""Most snapshots that are kept; the one that was used longest ago goes first."""

REST_SECONDS = 10.0
"""Least time between two computations of one snapshot, so that a busy log does not keep the processor busy."""


class _Snapshot:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.value: Any = None
        self.version: object = None
        self.made = 0.0
        self.is_running = False


class Snapshots:
    """The snapshots of one worker; any number of threads may share them.

    Args:
        clock: monotonic clock, in seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._snapshots: OrderedDict[tuple[Hashable, ...], _Snapshot] = OrderedDict()
        self._pool = ThreadPoolExecutor(1, "sayagain-console")

    def get(self, key: tuple[Hashable, ...], version: object, compute: Callable[[], T]) -> T:
        """Return a snapshot; the first caller waits for it, later ones take the last one while a new one is made.

        Args:
            key: of what; its first part is a name.
            version: differs once the snapshot is out of date.
            compute: makes it.
        """
        with self._lock:
            snapshot = self._snapshots.setdefault(key, _Snapshot())
            self._snapshots.move_to_end(key)
            while len(self._snapshots) > MOST:
                self._snapshots.popitem(last=False)
        if snapshot.made:
            if snapshot.version != version and self._clock() - snapshot.made > REST_SECONDS:
                self._renew(snapshot, version, compute)
        else:
            with snapshot.lock:
                if not snapshot.made:
                    self._make(snapshot, version, compute)
        value: T = snapshot.value
        return value

    def prepare(self, key: tuple[Hashable, ...], version: object, compute: Callable[[], object]) -> None:
        """Make a snapshot that a visitor will probably ask for next, without waiting for it; see `get`."""
        with self._lock:
            is_known = key in self._snapshots
        if not is_known:
            self._pool.submit(self.get, key, version, compute)

    def drop(self, names: Collection[str]) -> None:
        """Forget snapshots, so that whoever changed something sees it on the next page.

        Args:
            names: first parts of their keys.
        """
        with self._lock:
            for key in [key for key in self._snapshots if key[0] in names]:
                del self._snapshots[key]

    def close(self) -> None:
        """Stop making snapshots."""
        self._pool.shutdown(cancel_futures=True)

    def _renew(self, snapshot: _Snapshot, version: object, compute: Callable[[], object]) -> None:
        with self._lock:
            if snapshot.is_running:
                return
            snapshot.is_running = True

        def run() -> None:
            try:
                self._make(snapshot, version, compute)
            finally:
                snapshot.is_running = False

        self._pool.submit(run)

    def _make(self, snapshot: _Snapshot, version: object, compute: Callable[[], object]) -> None:
        snapshot.value = compute()
        snapshot.version, snapshot.made = version, max(self._clock(), 1e-9)
