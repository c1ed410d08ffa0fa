"""Open a store by the name of its database."""

from pathlib import Path

from sayagain.config import is_server
from sayagain.extras import require
from sayagain.store.memory import MemoryStore
from sayagain.store.sqlite import SqliteStore
from sayagain.store.store import Store

__all__ = ["open_store"]


def open_store(path: str | Path) -> Store:
    """Open a store: an SQLite file, created if missing; `postgresql://…`; or `:memory:`, which keeps nothing.

    Raises:
        StoreError: the database cannot be opened or reached, is not one of sayagain's, or was made by a newer sayagain.
        MissingExtra: the name is that of a Postgres database, and the extra `postgres` is not installed.

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
        from sayagain.store.postgres import PostgresStore  # noqa: PLC0415  (imports the extra)

        return PostgresStore(name)
    return SqliteStore(path)
