"""Open the store that a name stands for."""

from pathlib import Path

from sayagain.store.memory import MemoryStore
from sayagain.store.sqlite import SqliteStore
from sayagain.store.store import Store

__all__ = ["open_store"]


def open_store(path: str | Path) -> Store:
    """Open a store: an SQLite file, made if there is none; `:memory:` is a store that keeps nothing.

    Raises:
        StoreError: the file cannot be opened, is no database, another program's, or a newer sayagain's.

    >>> with open_store(":memory:") as store:
    ...     store.count()
    0
    """
    return MemoryStore() if str(path) == ":memory:" else SqliteStore(path)
