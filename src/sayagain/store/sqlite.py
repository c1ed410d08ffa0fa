"""The store in one SQLite file: one process writes while others read and serve."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

import msgspec

from sayagain.errors import ReleaseError, StoreError
from sayagain.formats import encode_turn
from sayagain.labels import Judgement
from sayagain.store.migrations import check_ours, migrate
from sayagain.store.sqlite_errors import named
from sayagain.store.store import Added, Promotion
from sayagain.turns import Turn

__all__ = ["SqliteStore"]

_BATCH = 1000
_IN_USE = "SELECT place, number, previous FROM promotions WHERE undone IS NULL ORDER BY place DESC LIMIT 1"
_decode = msgspec.json.Decoder(Turn).decode
_decode_judgement = msgspec.json.Decoder(Judgement).decode


class SqliteStore:
    """A `Store` in an SQLite file with a write-ahead log: readers never wait, writers wait for each other.

    Args:
        path: the file; made if there is none.
        patience: how long to wait for another writer, in milliseconds.

    Raises:
        StoreError: the file cannot be opened, is no database, another program's, or a newer sayagain's.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder, "home.db")) as store:
    ...     store.add_turns([Turn(turn_id="a", started=0, request="lamp on")])
    Added(new=1, known=0)
    """

    def __init__(self, path: str | Path, *, patience: int = 10_000) -> None:
        # Absolute, because connections are opened later too, when the working directory may be another.
        self._path = Path(path).absolute()
        self._patience = patience
        self._closed = False
        self._write_lock = Lock()
        self._read_lock = Lock()
        with named(self._path):
            self._writer = self._connect()
            try:
                check_ours(self._writer, self._path)
                self._use_write_ahead_log()
                migrate(self._writer, self._path)
                self._reader = self._connect()
            except BaseException:
                self._writer.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; a stream of turns that is under way goes on."""
        with self._write_lock, self._read_lock, named(self._path):
            self._closed = True
            self._reader.close()
            self._writer.close()

    def add_turns(self, turns: Iterable[Turn]) -> Added:
        """Store turns, each id once, a thousand a transaction; on return they are on disk."""
        self._check_open()
        new = seen = 0
        left = iter(turns)
        # The turns are read and encoded before the lock is taken, so that a slow log keeps nobody waiting.
        while rows := [_row(turn) for turn in islice(left, _BATCH)]:
            with self._writing() as connection:
                before = connection.total_changes
                connection.executemany(
                    "INSERT INTO turns (turn_id, started, user_id, device_id, session_id, record)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (turn_id) DO NOTHING",
                    rows,
                )
                new += connection.total_changes - before
            seen += len(rows)
        return Added(new, seen - new)

    def turns(
        self,
        *,
        since: int | None = None,
        until: int | None = None,
        user_id: str | None = None,
    ) -> Iterator[Turn]:
        """Stream turns in order of `(started, turn_id)`, from a connection of their own: nobody waits for them."""
        self._check_open()
        wanted = {"started >= ?": since, "started < ?": until, "user_id = ?": user_id}
        given = {clause: value for clause, value in wanted.items() if value is not None}
        where = f" WHERE {' AND '.join(given)}" if given else ""
        # Only the fixed clauses above go into the text; values are bound.
        query = f"SELECT turn_id, record FROM turns{where} ORDER BY started, turn_id"  # noqa: S608  (see above)
        with named(self._path):
            connection = self._connect()
            try:
                for turn_id, record in connection.execute(query, tuple(given.values())):
                    yield self._turn(turn_id, record)
            finally:
                connection.close()

    def turn(self, turn_id: str) -> Turn | None:
        """Return one turn, or None."""
        rows = self._read("SELECT turn_id, record FROM turns WHERE turn_id = ?", turn_id)
        return self._turn(*rows[0]) if rows else None

    def count(self) -> int:
        """Return how many turns there are."""
        return int(self._read("SELECT count(*) FROM turns")[0][0])

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last turn started."""
        # Two queries in one, because SQLite looks at one end of the index only if asked for one.
        first, last = self._read("SELECT (SELECT min(started) FROM turns), (SELECT max(started) FROM turns)")[0]
        return None if first is None else (first, last)

    def session_tail(self, user_id: str | None, device_id: str | None, before_ms: int, limit: int) -> list[Turn]:
        """Return the latest turns of one user on one device, oldest first."""
        rows = self._read(
            "SELECT turn_id, record FROM turns WHERE user_id IS ? AND device_id IS ? AND started < ?"
            " ORDER BY started DESC, turn_id DESC LIMIT ?",
            user_id,
            device_id,
            before_ms,
            max(0, limit),
        )
        return [self._turn(*row) for row in reversed(rows)]

    def release_in_use(self) -> int | None:
        """Return the number of the release in use, or None."""
        rows = self._read(_IN_USE)
        return rows[0][1] if rows else None

    def set_release_in_use(self, number: int | None, *, at: int | None = None, note: str = "") -> None:
        """Put a release into use, and write it down."""
        with self._writing() as connection:
            row = connection.execute(_IN_USE).fetchone()
            previous = None if row is None else row[1]
            if number == previous:
                return
            connection.execute(
                "INSERT INTO promotions (number, previous, at, note) VALUES (?, ?, ?, ?)",
                (number, previous, _or_now(at), note),
            )
            _count_change(connection)

    def roll_back(self, *, at: int | None = None) -> int | None:
        """Undo the last promotion that stands, and return the release that is now in use."""
        with self._writing() as connection:
            row = connection.execute(_IN_USE).fetchone()
            if row is None:
                raise ReleaseError("there is no promotion to roll back")
            place, _, previous = row
            connection.execute("UPDATE promotions SET undone = ? WHERE place = ?", (_or_now(at), place))
            _count_change(connection)
        return None if previous is None else int(previous)

    def promotions(self) -> list[Promotion]:
        """Return every promotion, oldest first."""
        rows = self._read("SELECT number, previous, at, note, undone FROM promotions ORDER BY place")
        return [
            Promotion(number=number, previous=previous, at=at, note=note, undone=undone)
            for number, previous, at, note, undone in rows
        ]

    def withdraw(self, rewrite_id: str, reason: str, at: int | None = None) -> None:
        """Refuse a rewrite from now on."""
        with self._writing() as connection:
            before = connection.total_changes
            connection.execute(
                "INSERT INTO withdrawals VALUES (?, ?, ?) ON CONFLICT (rewrite_id) DO NOTHING",
                (rewrite_id, reason, _or_now(at)),
            )
            if connection.total_changes > before:
                _count_change(connection)

    def withdrawn(self) -> dict[str, str]:
        """Return the reason of each withdrawn rewrite, by its id."""
        return dict(self._read("SELECT rewrite_id, reason FROM withdrawals ORDER BY rewrite_id"))

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Keep what learning made of each turn, in place of all that was kept before."""
        rows = [(each.turn_id, each.p_defect, each.defect, msgspec.json.encode(each)) for each in judgements]
        with self._writing() as connection:
            connection.execute("DELETE FROM judgements")
            connection.executemany("INSERT INTO judgements VALUES (?, ?, ?, ?)", rows)

    def judgement(self, turn_id: str) -> Judgement | None:
        """Return what learning made of one turn."""
        rows = self._read("SELECT turn_id, record FROM judgements WHERE turn_id = ?", turn_id)
        return self._judgement(*rows[0]) if rows else None

    def judgements(self, *, defects: bool = False, limit: int | None = None) -> Iterator[Judgement]:
        """Stream what learning made of the turns, the likeliest defects first."""
        rows = self._read(
            "SELECT turn_id, record FROM judgements WHERE defect >= ? ORDER BY p_defect DESC, turn_id LIMIT ?",
            int(defects),
            -1 if limit is None else max(0, limit),
        )
        for turn_id, record in rows:
            yield self._judgement(turn_id, record)

    def change_counter(self) -> int:
        """Return a number that grows when the release in use or the withdrawals change."""
        return int(self._read("SELECT counter FROM changes")[0][0])

    def _connect(self) -> sqlite3.Connection:
        # Autocommit: transactions begin and end where this file says so.
        connection = sqlite3.connect(
            self._path, timeout=self._patience / 1000, isolation_level=None, check_same_thread=False
        )
        # What was acknowledged survives a power cut.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _use_write_ahead_log(self) -> None:
        # SQLite does not wait by itself when two processes do this at once to a new file.
        end = time.monotonic() + self._patience / 1000
        while True:
            try:
                self._writer.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(0.01)
            else:
                return

    def _read(self, query: str, *values: object) -> list[Any]:
        self._check_open()
        with self._read_lock, named(self._path):
            return self._reader.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, or none."""
        self._check_open()
        with self._write_lock, named(self._path):
            # At once for writing, because a reader that turns writer cannot wait for its turn.
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _judgement(self, turn_id: str, record: bytes) -> Judgement:
        try:
            return _decode_judgement(record)
        except ValueError as error:
            raise StoreError(
                f"{self._path} is damaged: the judgement of turn {turn_id!r} cannot be read: {error}"
            ) from None

    def _turn(self, turn_id: str, record: bytes) -> Turn:
        try:
            return _decode(record)
        except (ValueError, RecursionError) as error:
            raise StoreError(f"{self._path} is damaged: turn {turn_id!r} cannot be read: {error}") from None

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError(f"{self._path}: the store is closed")


def _row(turn: Turn) -> tuple[str, int, str | None, str | None, str | None, bytes]:
    # A satellite stands for the device where there is none, as in `sessions`.
    device = turn.device_id or turn.satellite_id or None
    return (turn.turn_id, turn.started, turn.user_id, device, turn.session_id, encode_turn(turn))


def _count_change(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE changes SET counter = counter + 1")


def _or_now(at: int | None) -> int:
    return time.time_ns() // 1_000_000 if at is None else at
