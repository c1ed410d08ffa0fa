"""The file of turns that wait beside a database until it takes them, and the removal of a user from it."""

import sqlite3
from contextlib import closing
from pathlib import Path

import msgspec

from sayagain.config import is_server
from sayagain.errors import StoreError

__all__ = ["SPOOL_TABLES", "forget_spooled", "open_spool", "spool_path"]

SPOOL_TABLES = """
CREATE TABLE IF NOT EXISTS turn (turn_id TEXT PRIMARY KEY, record BLOB NOT NULL, whole INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seen (name TEXT PRIMARY KEY, at INTEGER NOT NULL);
"""
"""Turns as lines of JSON, and the names of the records that they were made from."""


def spool_path(db: str) -> str:
    """Return the spool of the turns of Home Assistant; for a server, a file in the working folder.

    >>> spool_path("/data/home.db"), spool_path("postgresql://host/db"), spool_path(":memory:")
    ('/data/home.db-homeassistant', 'sayagain-homeassistant', ':memory:')
    """
    if db == ":memory:":
        return db
    return "sayagain-homeassistant" if is_server(db) else f"{db}-homeassistant"


def open_spool(path: str | Path) -> sqlite3.Connection:
    """Open a spool in autocommit mode; what is deleted in it is overwritten.

    Raises:
        sqlite3.Error: the file cannot be used.
    """
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.executescript(SPOOL_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


def forget_spooled(path: str | Path, user: str) -> int:
    """Delete the turns of a user that wait in a spool; return how many.

    Raises:
        StoreError: the file cannot be read or written.
    """
    if str(path) == ":memory:" or not Path(path).is_file():
        return 0
    try:
        with closing(open_spool(path)) as connection:
            rows = connection.execute("SELECT turn_id, record FROM turn").fetchall()
            theirs = [(turn_id,) for turn_id, record in rows if _user(record) == user]
            connection.executemany("DELETE FROM turn WHERE turn_id = ?", theirs)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise StoreError(f"{path}: a user cannot be removed from the turns that wait here ({error})") from None
    return len(theirs)


class _Owned(msgspec.Struct):
    """All of a turn that is read here."""

    user_id: str | None = None


def _user(record: bytes) -> str | None:
    try:
        return msgspec.json.decode(record, type=_Owned).user_id
    except msgspec.MsgspecError:
        return None
