"""Error messages for the errors of Postgres."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import psycopg_pool
from psycopg import errors

from sayagain.errors import StoreError

__all__ = ["postgres_error"]

_SENTENCES: tuple[tuple[type[psycopg.Error], str], ...] = (
    (psycopg_pool.PoolTimeout, "gives no connection; try again when it is running and less busy"),
    (errors.LockNotAvailable, "is locked by another program; try again when that program is done"),
    (errors.QueryCanceled, "is locked by another program; try again when that program is done"),
    (errors.ReadOnlySqlTransaction, "is read-only; expected a writable server, not a standby"),
    (errors.InsufficientPrivilege, "refuses this user; expected a user who may create the schema sayagain"),
    (errors.DiskFull, "cannot grow: the disk is full"),
    (errors.DataCorrupted, "is damaged; restore it from a backup, or ingest its logs into a new database"),
    (errors.IndexCorrupted, "is damaged; restore it from a backup, or ingest its logs into a new database"),
    (errors.UndefinedTable, "has lost its tables; restore it from a backup, or open it again to create new ones"),
    (errors.ProgramLimitExceeded, "cannot look up a name of more than about 2,000 bytes; expected shorter ids"),
)


@contextmanager
def postgres_error(name: str) -> Iterator[None]:
    """Raise `StoreError` for an error of Postgres inside.

    Args:
        name: name of the database, without a password; the messages of the server hold none either.
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
