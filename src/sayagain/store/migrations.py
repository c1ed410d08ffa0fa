"""The schema of the SQLite store, as numbered migrations from an empty database."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from sayagain.errors import StoreError

__all__ = ["APPLICATION_ID", "MIGRATIONS", "check_ours", "migrate"]

APPLICATION_ID = 0x73617961
"""SQLite application id of sayagain's databases: the letters `saya`."""

Migration = Sequence[str]

MIGRATIONS: tuple[Migration, ...] = (
    (
        # The record is the turn as one line of JSON; the other columns are search keys.
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
        # No foreign key to the turns: feedback may arrive before its turn.
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
        """CREATE TABLE rewrite_outcomes (
            turn_id TEXT PRIMARY KEY,
            rewrite_id TEXT NOT NULL,
            user_id TEXT,
            rewritten INTEGER NOT NULL,
            failed REAL NOT NULL,
            complaint TEXT,
            at INTEGER NOT NULL
        )""",
        "CREATE INDEX outcomes_by_rewrite ON rewrite_outcomes (rewrite_id, user_id, at)",
        # What came of a rewrite before a person restored it no longer counts against it.
        "CREATE TABLE restorations (rewrite_id TEXT PRIMARY KEY, at INTEGER NOT NULL)",
        # The key under which users are named in releases; made when it is first asked for.
        "CREATE TABLE user_key (only INTEGER PRIMARY KEY CHECK (only = 1), key BLOB NOT NULL)",
        # Users who are deleted here, but maybe not yet in the releases.
        "CREATE TABLE erasures (user_code TEXT PRIMARY KEY, since INTEGER)",
        "ALTER TABLE changes ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0",
    ),
    (
        # Whose tokens may speak for a user. A token that was made before may speak for any user: it has no home.
        "CREATE TABLE user_homes (user_id TEXT PRIMARY KEY, home TEXT NOT NULL)",
        "ALTER TABLE tokens ADD COLUMN home TEXT",
        "ALTER TABLE tokens ADD COLUMN users TEXT NOT NULL DEFAULT '[]'",
        "ALTER TABLE rewrite_outcomes ADD COLUMN home TEXT",
    ),
    (
        # A lesson is for a person, a household or a device. The user is who taught it, where known.
        """CREATE TABLE lessons (
            scope TEXT NOT NULL,
            owner TEXT NOT NULL,
            phrase_key TEXT NOT NULL,
            phrase TEXT NOT NULL,
            means TEXT NOT NULL,
            at INTEGER NOT NULL,
            user_id TEXT,
            is_name INTEGER NOT NULL,
            details BLOB NOT NULL,
            PRIMARY KEY (scope, owner, phrase_key)
        )""",
        "CREATE INDEX lessons_by_user ON lessons (user_id)",
        """INSERT INTO lessons (scope, owner, phrase_key, phrase, means, at, user_id, is_name, details)
            SELECT 'person', user_id, phrase_key, phrase, means, at, user_id, 0, x'7b7d' FROM taught""",
        "DROP TABLE taught",
        # Teaching exchanges that wait for an answer.
        "CREATE TABLE exchanges (place TEXT PRIMARY KEY, user_id TEXT, expires INTEGER NOT NULL, record BLOB NOT NULL)",
    ),
)
"""Step 1 turns an empty database into version 1, and so on; a released step is never changed, only followed by more."""


def check_ours(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse the database of another program before anything is written to it.

    Raises:
        StoreError: the database holds tables, but not sayagain's application id.
    """
    # In one transaction, so that another process cannot create its tables between the two queries.
    connection.execute("BEGIN")
    try:
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
    finally:
        connection.execute("ROLLBACK")
    if mark != APPLICATION_ID and (mark or tables):
        raise StoreError(f"{path} is the database of another program; expected a new file or one made by sayagain")


def migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> int:
    """Apply the missing migrations, all or none; return the version before.

    Args:
        connection: in autocommit mode.
        path: path of the database, for error messages.
        migrations: the steps, in order.

    Raises:
        StoreError: the database was made by a newer sayagain.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == len(migrations):
        return int(version)
    # Another process may migrate too: read the version again once nobody else can write.
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
            f"{path} has version {version}, made by a newer sayagain; this one supports versions up to {known}: "
            "upgrade sayagain"
        )
