"""Open the store that a name stands for."""

from pathlib import Path

from sayagain.config import is_server
from sayagain.extras import require
from sayagain.store.memory import MemoryStore
from sayagain.store.sqlite import SqliteStore
from sayagain.store.store import Store

__all__ = ["open_store"]


def open_store(path: str | Path) -> Store:
    """Open a store: an SQLite file, made if there is none; `postgresql://…`; `:memory:` is one that keeps nothing.

    Raises:
        StoreError: it cannot be opened or reached, is no database, another program's, or a newer sayagain's.
        MissingExtra: for Postgres, `sayagain[postgres]` is not installed.

    >>> with open_store(":memory:") as store:
    ...     store.count()
    0
    """
    name = str(path)
    if name == ":memory:":
        return MemoryStore()
    if is_server(name):
        for module in ("psycopg", "psycopg_pool"):
            require(module, "postgres")
        from sayagain.store.postgres import PostgresStore  # noqa: PLC0415  (it imports the extra)

        return PostgresStore(name)
    return SqliteStore(path)
