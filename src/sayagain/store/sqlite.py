"""The SQLite store: one process writes while others read."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any

from sayagain.store.database import Transaction
from sayagain.store.group_commit import GroupCommit
from sayagain.store.migrations import check_ours, migrate
from sayagain.store.sql_releases import ReleaseTables
from sayagain.store.sql_rewrites import RewriteTables
from sayagain.store.sql_turns import Row, TurnTables
from sayagain.store.sql_users import UserTables
from sayagain.store.sqlite_errors import sqlite_error

__all__ = ["SqliteStore"]


class SqliteStore(TurnTables, ReleaseTables, RewriteTables, UserTables):
    """A `Store` in an SQLite file with a write-ahead log: readers never wait; writers wait for each other.

    Args:
        path: path of the file; created if missing.
        patience: longest wait for another writer, in milliseconds.

    Raises:
        StoreError: the file cannot be opened, is not one of sayagain's databases, or was made by a newer sayagain.

    >>> import tempfile
    >>> from sayagain.turns import Turn
    >>> with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder, "home.db")) as store:
    ...     store.add_turns([Turn(turn_id="a", started=0, request="lamp on")])
    Added(new=1, known=0)
    """

    joined = "group_concat(CAST(record AS TEXT), char(10))"

    def __init__(self, path: str | Path, *, patience: int = 10_000) -> None:
        # Absolute, because later connections may be opened in another working directory.
        self._path = Path(path).absolute()
        self.name = str(self._path)
        self._patience = patience
        self._write_lock = Lock()
        self._read_lock = Lock()
        self._group = GroupCommit(self._writing, self._insert)
        with sqlite_error(self._path):
            self._writer = self._connect()
            try:
                check_ours(self._writer, self._path)
                self._use_write_ahead_log()
                # Deleted rows are overwritten, because a user may have asked to be forgotten.
                self._writer.execute("PRAGMA secure_delete = ON")
                migrate(self._writer, self._path)
                self._writer.execute("PRAGMA busy_timeout = 0")
                self._reader = self._connect()
            except BaseException:
                self._writer.close()
                raise

    def close(self) -> None:
        """Close the file; an open stream of turns continues."""
        with self._write_lock, self._read_lock, sqlite_error(self._path):
            self._closed = True
            self._reader.close()
            self._writer.close()

    def _add(self, rows: Sequence[Row]) -> int:
        return self._group.add(rows)

    def _insert(self, transaction: Transaction, groups: Sequence[Sequence[Row]]) -> list[int]:
        statement = (
            "INSERT INTO turns (turn_id, started, user_id, device_id, session_id, record)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (turn_id) DO NOTHING"
        )
        return [transaction.do_each(statement, rows) for rows in groups]

    def _connect(self, patience: int | None = None) -> sqlite3.Connection:
        timeout = (self._patience if patience is None else patience) / 1000
        # Autocommit: this file begins and ends transactions itself.
        connection = sqlite3.connect(self._path, timeout=timeout, isolation_level=None, check_same_thread=False)
        # Acknowledged writes survive a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _use_write_ahead_log(self) -> None:
        # SQLite does not wait when two processes do this to a new file at the same time.
        self._execute_when_free("PRAGMA journal_mode = WAL")

    def _read(self, question: str, *values: object) -> list[Any]:
        self._check_open()
        with self._read_lock, sqlite_error(self._path):
            return self._reader.execute(question, values).fetchall()

    def _stream(self, question: str, *values: object) -> Iterator[Any]:
        with sqlite_error(self._path):
            connection = self._connect()
            try:
                yield from connection.execute(question, values)
            finally:
                connection.close()

    @contextmanager
    def _writing(self) -> Iterator[Transaction]:
        self._check_open()
        with self._write_lock, sqlite_error(self._path):
            self._begin()
            try:
                yield _SqliteTransaction(self._writer)
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _begin(self) -> None:
        # A write transaction from the start, because a reader that becomes a writer cannot wait.
        self._execute_when_free("BEGIN IMMEDIATE")

    def _execute_when_free(self, statement: str) -> None:
        """Run a statement once no other process holds the file, within the patience."""
        # SQLite waits for another process in steps of up to 100 ms; a transaction here takes one or two.
        end, pause = time.monotonic() + self._patience / 1000, 0.0005
        while True:
            try:
                self._writer.execute(statement)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(pause)
                pause = min(2 * pause, 0.004)
            else:
                return

    def _wipe(self, *_: str) -> None:
        # The write-ahead log still holds the old pages. It is truncated now, unless somebody is reading and blocks it;
        # then later writes overwrite it.
        with sqlite_error(self._path):
            connection = self._connect(patience=0)
            with closing(connection), suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _SqliteTransaction(Transaction):
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def ask(self, question: str, *values: object) -> list[Any]:
        return self._connection.execute(question, values).fetchall()

    def do(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount

    def do_each(self, statement: str, rows: Sequence[Sequence[object]]) -> int:
        # rowcount is -1 if there were no rows.
        return max(0, self._connection.executemany(statement, rows).rowcount)
