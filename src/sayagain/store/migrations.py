"""The tables of the SQLite store, as numbered steps from an empty database to the present one."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sayagain.errors import StoreError

__all__ = ["APPLICATION_ID", "MIGRATIONS", "check_ours", "migrate"]

APPLICATION_ID = 0x73617961
"""Marks an SQLite file as sayagain's: the letters `saya`."""

Migration = Sequence[str]

MIGRATIONS: tuple[Migration, ...] = (
    (
        # The record is the turn as one line of JSON; the other columns are what is searched for.
        """CREATE TABLE turns (
            turn_id TEXT PRIMARY KEY,
            started INTEGER NOT NULL,
            user_id TEXT,
            device_id TEXT,
            session_id TEXT,
            record BLOB NOT NULL
        )""",
        "CREATE INDEX turns_by_time ON turns (started, turn_id)",
        "CREATE INDEX turns_by_user ON turns (user_id, device_id, started, turn_id)",
        """CREATE TABLE promotions (
            place INTEGER PRIMARY KEY AUTOINCREMENT,
            number INTEGER,
            previous INTEGER,
            at INTEGER NOT NULL,
            note TEXT NOT NULL,
            undone INTEGER
        )""",
        """CREATE TABLE judgements (
            turn_id TEXT PRIMARY KEY, p_defect REAL NOT NULL, defect INTEGER NOT NULL, record BLOB NOT NULL
        )""",
        "CREATE INDEX judgements_by_defect ON judgements (p_defect DESC, turn_id)",
        "CREATE TABLE withdrawals (rewrite_id TEXT PRIMARY KEY, reason TEXT NOT NULL, at INTEGER NOT NULL)",
        "CREATE TABLE changes (only INTEGER PRIMARY KEY CHECK (only = 1), counter INTEGER NOT NULL)",
        "INSERT INTO changes VALUES (1, 0)",
    ),
    (
        """CREATE TABLE tokens (
            name TEXT PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created INTEGER NOT NULL,
            expires INTEGER,
            revoked INTEGER
        )""",
        # Not tied to the turns, which may come later than what is said of them.
        """CREATE TABLE feedback (
            turn_id TEXT NOT NULL,
            report TEXT NOT NULL,
            at INTEGER NOT NULL,
            record BLOB NOT NULL,
            PRIMARY KEY (turn_id, report)
        )""",
        """CREATE TABLE taught (
            user_id TEXT NOT NULL,
            phrase_key TEXT NOT NULL,
            phrase TEXT NOT NULL,
            means TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (user_id, phrase_key)
        )""",
    ),
    (
        # The key under which users are named in releases; made when it is first asked for.
        "CREATE TABLE user_key (only INTEGER PRIMARY KEY CHECK (only = 1), key BLOB NOT NULL)",
        # Users who are deleted here, but maybe not yet in the releases.
        "CREATE TABLE erasures (user_code TEXT PRIMARY KEY, since INTEGER)",
        "ALTER TABLE changes ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0",
    ),
)
"""Step 1 makes an empty database version 1, and so on; a step that was released is never changed, only followed."""


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse the database of another program before anything is written to it.

    Raises:
        StoreError: it holds tables and does not bear sayagain's mark.
    """
    # In one transaction, or another process could make its tables between the two questions.
    connection.execute("BEGIN")
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
    finally:
        connection.execute("ROLLBACK")
    if mark != APPLICATION_ID and (mark or tables):
        raise StoreError(f"{path} is the database of another program; expected a new file or one made by sayagain")


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Bring a database up to the last migration, all steps or none; return its version before.

    Args:
        connection: in autocommit mode.
        path: for the error's sentence.
        migrations: the steps, in order.

    Raises:
        StoreError: the database was made by a newer sayagain.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == len(migrations):
        return int(version)
    # Another process may be at it too: the version counts only once nobody else can write.
    connection.execute("BEGIN IMMEDIATE")
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        _check_known(version, len(migrations), path)
        for step in migrations[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return int(version)


def _check_known(version: int, known: int, path: Path) -> None:
    if version > known:
        raise StoreError(
            f"{path} is of version {version}, made by a newer sayagain; this one knows versions up to {known}: "
            "upgrade sayagain"
        )
