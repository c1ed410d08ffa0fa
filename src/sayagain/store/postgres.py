"""The Postgres store: many processes on many machines write and read at once."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import psycopg_pool
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sayagain.config import without_password
from sayagain.errors import StoreError
from sayagain.store.database import Transaction
from sayagain.store.group_commit import GroupCommit
from sayagain.store.postgres_errors import postgres_error
from sayagain.store.postgres_schema import SCHEMA, migrate
from sayagain.store.postgres_text import from_postgres, to_postgres
from sayagain.store.sql_releases import ReleaseTables
from sayagain.store.sql_rewrites import RewriteTables
from sayagain.store.sql_turns import Row, TurnTables
from sayagain.store.sql_users import UserTables

__all__ = ["PostgresStore"]

_STREAMED = 1000
"""Rows that a stream fetches at a time."""


class PostgresStore(TurnTables, ReleaseTables, RewriteTables, UserTables):
    """A `Store` in a Postgres database, in the schema `sayagain`, which is created if missing.

    Args:
        url: `postgresql://user:password@host:5432/database`, with libpq's parameters after a `?`.
        patience: longest wait for a connection or another writer, in milliseconds.
        connections: largest size of the pool; each stream of turns takes one more connection.

    Raises:
        StoreError: the database cannot be reached, or was made by a newer sayagain.
    """

    joined = "string_agg(record, '\\x0a'::bytea)"

    def __init__(self, url: str, *, patience: int = 10_000, connections: int = 8) -> None:
        self.name = without_password(url)
        self._conninfo = self._settings(url, patience)
        self._group = GroupCommit(self._writing, self._insert)
        with postgres_error(self.name):
            # Connect once without the pool, which would retry and hide the reason of a failure.
            connection = psycopg.connect(self._conninfo, autocommit=True)
            try:
                migrate(connection, self.name)
            finally:
                connection.close()
            self._pool: psycopg_pool.ConnectionPool[psycopg.Connection] = psycopg_pool.ConnectionPool(
                self._conninfo,
                kwargs={"autocommit": True},
                min_size=1,
                max_size=connections,
                timeout=patience / 1000,
                configure=_be_durable,
                open=True,
            )

    def close(self) -> None:
        """Close the connections; an open stream of turns continues."""
        self._closed = True
        self._pool.close()

    def _settings(self, url: str, patience: int) -> str:
        try:
            given: dict[str, Any] = conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            given = {}
        # An unescaped @ or / would make a part of the password a host or database name, which errors would then show.
        if not given or any("@" in str(given.get(part)) for part in ("host", "dbname")):
            raise StoreError(
                f"{self.name} is not the address of a database; expected postgresql://user:password@host:5432/database,"
                " with %40 for @, %2F for / and %3F for ? in the password"
            )
        options = f"{given.pop('options', '')} -c search_path={SCHEMA} -c lock_timeout={patience}"
        given.setdefault("connect_timeout", max(2, patience // 1000))
        given.setdefault("application_name", "sayagain")
        return make_conninfo(**given, options=options.strip())

    def _add(self, rows: Sequence[Row]) -> int:
        return self._group.add(rows)

    def _insert(self, transaction: Transaction, groups: Sequence[Sequence[Row]]) -> list[int]:
        firsts: dict[str, tuple[int, Row]] = {}
        for place, rows in enumerate(groups):
            for row in rows:
                firsts.setdefault(row[0], (place, row))
        # In order of ids, so that two processes that store the same turns cannot deadlock.
        ordered = [firsts[turn_id][1] for turn_id in sorted(firsts)]
        stored = transaction.ask(
            "INSERT INTO turns (turn_id, started, user_id, device_id, session_id, record)"
            " SELECT * FROM unnest(?::text[], ?::bigint[], ?::text[], ?::text[], ?::text[], ?::bytea[])"
            " ON CONFLICT (turn_id) DO NOTHING RETURNING turn_id",
            *(list(column) for column in zip(*ordered, strict=True)),
        )
        new = [0] * len(groups)
        for (turn_id,) in stored:
            new[firsts[turn_id][0]] += 1
        return new

    def _read(self, question: str, *values: object) -> list[Any]:
        self._check_open()
        with postgres_error(self.name):
            try:
                return self._ask(question, values)
            except psycopg_pool.PoolTimeout:
                raise
            except psycopg.OperationalError:
                # The server may have restarted: replace the broken connections and query again.
                self._pool.check()
                return self._ask(question, values)

    def _ask(self, question: str, values: Sequence[object]) -> list[Any]:
        with self._pool.connection() as connection:
            return _PostgresTransaction(connection).ask(question, *values)

    def _stream(self, question: str, *values: object) -> Iterator[Any]:
        with postgres_error(self.name):
            connection = psycopg.connect(self._conninfo)
            try:
                with connection.cursor(name="turns") as cursor:
                    cursor.itersize = _STREAMED
                    cursor.execute(_to_psycopg(question), [_to(value) for value in values])
                    for row in cursor:
                        yield tuple(map(_from, row))
            finally:
                connection.close()

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        self._check_open()
        with postgres_error(self.name), self._checked_connection() as connection, connection.transaction():
            yield _PostgresTransaction(connection)

    def _wipe(self, *tables: str) -> None:
        # Deleted rows stay in the tables until a vacuum; the server's own may come late, and can be turned off.
        with postgres_error(self.name), self._pool.connection() as connection:
            connection.execute(f"VACUUM (SKIP_LOCKED, INDEX_CLEANUP ON) {', '.join(tables)}".encode())

    @contextmanager
    def _checked_connection(self) -> Iterator[psycopg.Connection]:
        """Give a connection that answers: unlike a query, half a transaction cannot be tried again."""
        with self._pool.connection() as connection:
            try:
                self._pool.check_connection(connection)
            except psycopg.OperationalError:
                pass
            else:
                yield connection
                return
        self._pool.check()
        with self._pool.connection() as connection:
            yield connection


class _PostgresTransaction(Transaction):
    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def ask(self, question: str, *values: object) -> list[Any]:
        rows = self._connection.execute(_to_psycopg(question), [_to(value) for value in values]).fetchall()
        return [tuple(map(_from, row)) for row in rows]

    def do(self, statement: str, *values: object) -> int:
        return self._connection.execute(_to_psycopg(statement), [_to(value) for value in values]).rowcount

    def do_each(self, statement: str, rows: Sequence[Sequence[object]]) -> int:
        if not rows:
            return 0
        with self._connection.cursor() as cursor:
            cursor.executemany(_to_psycopg(statement), [[_to(value) for value in row] for row in rows])
            return cursor.rowcount


def _be_durable(connection: psycopg.Connection) -> None:
    """Make acknowledged writes survive a power cut, even if the server is configured for speed."""
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )


def _to_psycopg(statement: str) -> bytes:
    return statement.replace("?", "%s").encode()


def _to(value: object) -> object:
    if isinstance(value, str):
        return to_postgres(value)
    if isinstance(value, list):
        return [_to(item) for item in value]
    return value


def _from(value: object) -> object:
    return from_postgres(value) if isinstance(value, str) else value
