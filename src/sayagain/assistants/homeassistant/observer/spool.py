"""The spool: turns on disk until the front has taken them, so that none is lost when a process is killed."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from sayagain.assistants.front import Front
from sayagain.assistants.retry_sender import RetrySender
from sayagain.errors import StoreError
from sayagain.formats import encode_turn
from sayagain.formats.turns_jsonl import turn_from_line
from sayagain.turns import Turn

__all__ = ["Spool"]

_TABLES = """
CREATE TABLE IF NOT EXISTS turn (turn_id TEXT PRIMARY KEY, record BLOB NOT NULL, whole INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seen (name TEXT PRIMARY KEY, at INTEGER NOT NULL);
"""

_RETENTION = 7 * 86_400_000
"""Retention of known names, in milliseconds: Home Assistant keeps ten runs of each pipeline, however old."""

_MAX_PAUSE = 30.0
"""Longest pause between two attempts to send a turn, in seconds."""


class Spool(RetrySender[tuple[str, bytes]]):
    """Keeps turns on disk: first unfinished, then whole, then sent to the front by a thread of its own.

    Turns on disk survive a crash of the process.

    Args:
        path: the SQLite file; created if missing.
        front: takes the turns; retried until it does.

    Raises:
        StoreError: the file cannot be used.
    """

    def __init__(self, path: str | Path, front: Front) -> None:
        super().__init__(name="sayagain-spool", max_pause=_MAX_PAUSE, retries_at_close=False)
        self._front = front
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_TABLES)
            self._db.execute("DELETE FROM seen WHERE at < ?", (time.time_ns() // 1_000_000 - _RETENTION,))
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot store turns in this file ({error})") from None
        self._thread.start()

    def hold(self, turn: Turn) -> None:
        """Store an unfinished turn, or a newer version of one."""
        self._put(turn, whole=False)

    def keep(self, turn: Turn, *, previous_id: str | None = None) -> None:
        """Store a whole turn; it is sent soon.

        Args:
            turn: the turn.
            previous_id: id of its unfinished version, if that was another.
        """
        self._put(turn, whole=True, previous_id=previous_id)

    def unfinished_turns(self) -> list[Turn]:
        """Return the unfinished turns of an earlier process, oldest first."""
        with self._condition:
            rows = self._db.execute("SELECT record FROM turn WHERE NOT whole ORDER BY rowid").fetchall()
        return [turn_from_line(row[0]) for row in rows]

    def is_known(self, name: str) -> bool:
        """Whether a record of Home Assistant is part of an earlier turn."""
        with self._condition:
            return self._db.execute("SELECT 1 FROM seen WHERE name = ?", (name,)).fetchone() is not None

    def mark_known(self, names: Iterator[str] | list[str] | set[str]) -> None:
        """Mark records of Home Assistant as part of a turn."""
        now = time.time_ns() // 1_000_000
        with self._condition:
            self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", [(name, now) for name in names])

    def close(self, timeout: int = 5_000) -> bool:
        """Send whole turns within a timeout in milliseconds; return whether all were sent. The rest stays on disk."""
        self._join(timeout)
        with self._condition:
            remaining = self._db.execute("SELECT count(*) FROM turn WHERE whole").fetchone()[0]
            if not self._thread.is_alive():
                self._db.close()
        return not remaining

    def _put(self, turn: Turn, *, whole: bool, previous_id: str | None = None) -> None:
        with self._condition:
            self._db.execute("BEGIN IMMEDIATE")
            if previous_id not in {None, turn.turn_id}:
                self._db.execute("DELETE FROM turn WHERE turn_id = ?", (previous_id,))
            self._db.execute(
                "INSERT INTO turn VALUES (?, ?, ?)"
                " ON CONFLICT (turn_id) DO UPDATE SET record = excluded.record, whole = max(whole, excluded.whole)",
                (turn.turn_id, encode_turn(turn), whole),
            )
            self._db.execute("COMMIT")
            self._condition.notify_all()

    def _first(self) -> tuple[str, bytes] | None:
        row: tuple[str, bytes] | None = self._db.execute(
            "SELECT turn_id, record FROM turn WHERE whole ORDER BY rowid"
        ).fetchone()
        return row

    def _send(self, entry: tuple[str, bytes]) -> None:
        self._front.observe(turn_from_line(entry[1]))

    def _remove(self, entry: tuple[str, bytes]) -> None:
        self._db.execute("DELETE FROM turn WHERE turn_id = ?", (entry[0],))
