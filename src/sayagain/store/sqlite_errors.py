"""Error messages for the errors of SQLite."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sayagain.errors import StoreError

__all__ = ["sqlite_error"]

_SENTENCES = {
    sqlite3.SQLITE_BUSY: "is locked by another program; try again when that program is done",
    sqlite3.SQLITE_LOCKED: "is locked by another program; try again when that program is done",
    sqlite3.SQLITE_READONLY: "is read-only; expected a writable file and folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; expected a file in an existing, writable folder",
    sqlite3.SQLITE_PERM: "cannot be opened; expected a file in an existing, writable folder",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_NOTADB: "is not a database; expected a new file or one made by sayagain",
    sqlite3.SQLITE_CORRUPT: "is damaged; restore it from a backup, or ingest its logs into a new database",
}


@contextmanager
def sqlite_error(path: Path) -> Iterator[None]:
    """Raise `StoreError` for an error of SQLite inside."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte is the kind of error; the rest is a detail.
        code = getattr(error, "sqlite_errorcode", None)
        sentence = None if code is None else _SENTENCES.get(code & 0xFF)
        raise StoreError(f"{path} {sentence}" if sentence else f"{path}: {error}") from error
