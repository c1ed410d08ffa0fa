"""The tables of the Postgres store, as numbered steps, and bringing a database up to the last of them."""

from collections.abc import Sequence

import psycopg

from sayagain.errors import StoreError

__all__ = ["SCHEMA", "STEPS", "migrate"]

SCHEMA = "sayagain"
"""The schema that holds the tables, so that they meet nobody else's."""

_LOCK = 0x73617961
"""The advisory lock under which tables are made: the letters `saya`."""

# By code point whatever the database sorts by, as in the other stores.
_TEXT = 'text COLLATE "C"'

STEPS: tuple[Sequence[str], ...] = (
    (
        # The record is the turn as one line of JSON; the other columns are what is searched for.
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
        # Postgres sorts by hand where a leading column is NULL, unless an index leaves it out.
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
        # Not tied to the turns, which may come later than what is said of them.
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
        # The key under which users are named in releases; made when it is first asked for.
        "CREATE TABLE user_key (only_row integer PRIMARY KEY CHECK (only_row = 1), key bytea NOT NULL)",
        # Users who are deleted here, but maybe not yet in the releases.
        f"CREATE TABLE erasures (user_code {_TEXT} PRIMARY KEY, since bigint)",
        "ALTER TABLE changes ADD COLUMN erasures bigint NOT NULL DEFAULT 0",
    ),
)
"""Step 1 makes an empty database version 1, and so on; a step that was released is never changed, only followed."""


def migrate(connection: psycopg.Connection, name: str, steps: Sequence[Sequence[str]] = STEPS) -> int:
    """Bring a database up to the last step, all of them or none; return its version before.

    Args:
        connection: in autocommit mode, with the schema in its search path.
        name: of the database, for the error's sentence.
        steps: in order.

    Raises:
        StoreError: the database was made by a newer sayagain, or does not speak UTF-8.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(f"{name} keeps text as {encoding}; expected a database made with ENCODING 'UTF8'")
    version = _version(connection)
    if version == len(steps):
        return version
    # Another process may be at it too: the version counts only once nobody else can write. The lock is taken before the
    # transaction, since within one Postgres goes on believing that there is no such schema.
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
                    # The steps are fixed text of this file.
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
            f"{name} is of version {version}, made by a newer sayagain; this one knows versions up to {known}: "
            "upgrade sayagain"
        )
