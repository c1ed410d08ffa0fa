"""Postgres's errors as sentences."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import psycopg_pool
from psycopg import errors

from sayagain.errors import StoreError

__all__ = ["postgres_error"]

_SENTENCES: tuple[tuple[type[psycopg.Error], str], ...] = (
    (psycopg_pool.PoolTimeout, "gives no connection; try again when it is less busy or runs again"),
    (errors.LockNotAvailable, "is locked by another program; try again when that is done"),
    (errors.QueryCanceled, "is locked by another program; try again when that is done"),
    (errors.ReadOnlySqlTransaction, "is read-only; expected a server that can be written to, no standby"),
    (errors.InsufficientPrivilege, "does not let this user do that; expected one who may make the schema sayagain"),
    (errors.DiskFull, "cannot grow: the disk is full"),
    (errors.DataCorrupted, "is damaged; restore it from a copy, or ingest its logs into a new one"),
    (errors.IndexCorrupted, "is damaged; restore it from a copy, or ingest its logs into a new one"),
    (errors.UndefinedTable, "has lost its tables; restore it from a copy, or open it again to make new ones"),
    (errors.ProgramLimitExceeded, "cannot look up a name of more than about 2,000 bytes; expected shorter ids"),
)


@contextmanager
def postgres_error(name: str) -> Iterator[None]:
    """Raise `StoreError` for what Postgres raises inside.

    Args:
        name: of the database; holds no password, and neither do the server's own sentences.
    """
    try:
        yield
    except psycopg.Error as error:
        sentence = next((text for kind, text in _SENTENCES if isinstance(error, kind)), None)
        if sentence is None and isinstance(error, psycopg.OperationalError):
            sentence = f"cannot be reached: {_first_line(error)}"
        raise StoreError(f"{name} {sentence}" if sentence else f"{name}: {_first_line(error)}") from error


def _first_line(error: psycopg.Error) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
