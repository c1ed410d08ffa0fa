"""A copy of an SQLite database while others write to it, and a check of such a copy."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sayagain.errors import StoreError
from sayagain.store.migrations import APPLICATION_ID

__all__ = ["check_database", "copy_database"]


def copy_database(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment; writers do not wait.

    Args:
        source: the database.
        target: a new file.

    Raises:
        StoreError: the database cannot be read, or the copy cannot be written.
    """
    try:
        with (
            closing(sqlite3.connect(source.absolute().as_uri() + "?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            # In one step: between two steps another process could write, and the copy would begin again.
            original.backup(copy, pages=-1)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: cannot be copied to {target} ({error})") from None


def check_database(path: Path) -> int:
    """Check every page of a database; return the number of its turns.

    Raises:
        StoreError: it is damaged, or none of sayagain's.
    """
    try:
        with closing(sqlite3.connect(path.absolute().as_uri() + "?mode=ro", uri=True)) as connection:
            (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            (mark,) = connection.execute("PRAGMA application_id").fetchone()
            if found != "ok" or mark != APPLICATION_ID:
                raise StoreError(f"{path} is damaged: {found if found != 'ok' else 'it is no database of sayagain'}")
            return int(connection.execute("SELECT count(*) FROM turns").fetchone()[0])
    except sqlite3.Error as error:
        raise StoreError(f"{path} is damaged: {error}") from None
