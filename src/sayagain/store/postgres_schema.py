"""The schema of the Postgres store, as numbered migrations from an empty database."""

from collections.abc import Sequence

import psycopg

from sayagain.errors import StoreError

__all__ = ["SCHEMA", "STEPS", "migrate"]

SCHEMA = "sayagain"
"""Postgres schema of the tables, so that their names do not clash with others."""

_LOCK = 0x73617961
"""Advisory lock for migrations: the letters `saya`."""

# Sorted by code point whatever the database's collation, as in the other stores.
_TEXT = 'text COLLATE "C"'

STEPS: tuple[Sequence[str], ...] = (
    (
        # The record is the turn as one line of JSON; the other columns are search keys.
        f"""CREATE TABLE turns (
            turn_id {_TEXT} PRIMARY KEY,
            started bigint NOT NULL,
            user_id {_TEXT},
            device_id {_TEXT},
            session_id {_TEXT},
            record bytea NOT NULL
        )""",
        "CREATE INDEX turns_by_time ON turns (started, turn_id)",
        "CREATE INDEX turns_by_user ON turns (user_id, device_id, started, turn_id)",
        # Postgres sorts without an index where a leading column is NULL, unless an index leaves the column out.
        "CREATE INDEX turns_of_nobody ON turns (device_id, started, turn_id) WHERE user_id IS NULL",
        "CREATE INDEX turns_nowhere ON turns (user_id, started, turn_id) WHERE device_id IS NULL",
        """CREATE TABLE promotions (
            place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            number bigint,
            previous bigint,
            at bigint NOT NULL,
            note text NOT NULL,
            undone bigint
        )""",
        f"""CREATE TABLE judgements (
            turn_id {_TEXT} PRIMARY KEY, p_defect float8 NOT NULL, defect integer NOT NULL, record bytea NOT NULL
        )""",
        "CREATE INDEX judgements_by_defect ON judgements (p_defect DESC, turn_id)",
        f"CREATE TABLE withdrawals (rewrite_id {_TEXT} PRIMARY KEY, reason text NOT NULL, at bigint NOT NULL)",
        "CREATE TABLE changes (only_row integer PRIMARY KEY CHECK (only_row = 1), counter bigint NOT NULL)",
        "INSERT INTO changes VALUES (1, 0)",
        f"""CREATE TABLE tokens (
            name {_TEXT} PRIMARY KEY,
            digest {_TEXT} NOT NULL UNIQUE,
            scopes text NOT NULL,
            created bigint NOT NULL,
            expires bigint,
            revoked bigint
        )""",
        # No foreign key to the turns: feedback may arrive before its turn.
        f"""CREATE TABLE feedback (
            turn_id {_TEXT} NOT NULL,
            report {_TEXT} NOT NULL,
            at bigint NOT NULL,
            record bytea NOT NULL,
            PRIMARY KEY (turn_id, report)
        )""",
        f"""CREATE TABLE taught (
            user_id {_TEXT} NOT NULL,
            phrase_key {_TEXT} NOT NULL,
            phrase text NOT NULL,
            means text NOT NULL,
            at bigint NOT NULL,
            PRIMARY KEY (user_id, phrase_key)
        )""",
    ),
    (
        f"""CREATE TABLE rewrite_outcomes (
            turn_id {_TEXT} PRIMARY KEY,
            rewrite_id {_TEXT} NOT NULL,
            user_id {_TEXT},
            rewritten integer NOT NULL,
            failed float8 NOT NULL,
            complaint text,
            at bigint NOT NULL
        )""",
        "CREATE INDEX outcomes_by_rewrite ON rewrite_outcomes (rewrite_id, user_id, at)",
        # What came of a rewrite before a person restored it no longer counts against it.
        f"CREATE TABLE restorations (rewrite_id {_TEXT} PRIMARY KEY, at bigint NOT NULL)",
        # The key under which users are named in releases; made when it is first asked for.
        "CREATE TABLE user_key (only_row integer PRIMARY KEY CHECK (only_row = 1), key bytea NOT NULL)",
        # Users who are deleted here, but maybe not yet in the releases.
        f"CREATE TABLE erasures (user_code {_TEXT} PRIMARY KEY, since bigint)",
        "ALTER TABLE changes ADD COLUMN erasures bigint NOT NULL DEFAULT 0",
    ),
    (
        # Whose tokens may speak for a user. A token that was made before may speak for any user: it has no home.
        f"CREATE TABLE user_homes (user_id {_TEXT} PRIMARY KEY, home {_TEXT} NOT NULL)",
        f"ALTER TABLE tokens ADD COLUMN home {_TEXT}",
        "ALTER TABLE tokens ADD COLUMN users text NOT NULL DEFAULT '[]'",
        f"ALTER TABLE rewrite_outcomes ADD COLUMN home {_TEXT}",
    ),
    (
        # A lesson is for a person, a household or a device. The user is who taught it, where known.
        f"""CREATE TABLE lessons (
            scope {_TEXT} NOT NULL,
            owner {_TEXT} NOT NULL,
            phrase_key {_TEXT} NOT NULL,
            phrase text NOT NULL,
            means text NOT NULL,
            at bigint NOT NULL,
            user_id {_TEXT},
            is_name integer NOT NULL,
            details bytea NOT NULL,
            PRIMARY KEY (scope, owner, phrase_key)
        )""",
        "CREATE INDEX lessons_by_user ON lessons (user_id)",
        """INSERT INTO lessons (scope, owner, phrase_key, phrase, means, at, user_id, is_name, details)
            SELECT 'person', user_id, phrase_key, phrase, means, at, user_id, 0, '\\x7b7d'::bytea FROM taught""",
        "DROP TABLE taught",
        # Teaching exchanges that wait for an answer.
        f"""CREATE TABLE exchanges (
            place {_TEXT} PRIMARY KEY, user_id {_TEXT}, expires bigint NOT NULL, record bytea NOT NULL
        )""",
    ),
)
"""Step 1 turns an empty database into version 1, and so on; a released step is never changed, only followed by more."""


def migrate(connection: psycopg.Connection, name: str, steps: Sequence[Sequence[str]] = STEPS) -> int:
    """Apply the missing steps, all or none; return the version before.

    Args:
        connection: in autocommit mode, with the schema in its search path.
        name: name of the database, for error messages.
        steps: the steps, in order.

    Raises:
        StoreError: the database was made by a newer sayagain, or its encoding is not UTF-8.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(f"{name} has the encoding {encoding}; expected a database made with ENCODING 'UTF8'")
    version = _version(connection)
    if version == len(steps):
        return version
    # Another process may migrate too: read the version again once nobody else can write. The lock is taken before the
    # transaction, because inside a transaction Postgres would not see a schema created meanwhile.
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        with connection.transaction():
            version = _version(connection)
            _check_known(version, len(steps), name)
            if not version:
                connection.execute("CREATE SCHEMA IF NOT EXISTS sayagain")
                connection.execute("CREATE TABLE sayagain.version (number integer NOT NULL)")
                connection.execute("INSERT INTO sayagain.version VALUES (0)")
            for step in steps[version:]:
                for statement in step:
                    # The steps are constants of this file.
                    connection.execute(statement.encode())
            connection.execute("UPDATE sayagain.version SET number = %s", (len(steps),))
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))
    return version


def _version(connection: psycopg.Connection) -> int:
    if connection.execute("SELECT to_regclass(%s)", ("sayagain.version",)).fetchone() == (None,):
        return 0
    row = connection.execute("SELECT number FROM sayagain.version").fetchone()
    return 0 if row is None else int(row[0])


def _check_known(version: int, known: int, name: str) -> None:
    if version > known:
        raise StoreError(
            f"{name} has version {version}, made by a newer sayagain; this one supports versions up to {known}: "
            "upgrade sayagain"
        )
