"""Turns on disk until the front has taken them, so that none is lost when either side is killed."""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from sayagain.assistants.front import Front
from sayagain.errors import StoreError
from sayagain.formats import encode_turn
from sayagain.formats.turns_jsonl import turn_from_line
from sayagain.turns import Turn

__all__ = ["Spool"]

_log = logging.getLogger(__name__)

_TABLES = """
CREATE TABLE IF NOT EXISTS turn (turn_id TEXT PRIMARY KEY, record BLOB NOT NULL, whole INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS seen (name TEXT PRIMARY KEY, at INTEGER NOT NULL);
"""

_REMEMBERED = 7 * 86_400_000
"""How long what was seen is remembered, in milliseconds: Home Assistant keeps ten runs a pipeline, however old."""

_PATIENCE = 30.0
"""The longest pause between two tries to hand on turns, in seconds."""


class Spool:
    """Keeps turns on disk: held while they still grow, then whole, then handed on by a thread of its own.

    What is written survives the end of the process, however it ends.

    Args:
        path: the SQLite file; made when missing.
        front: takes the turns; tried again until it does.

    Raises:
        StoreError: the file cannot be used.
    """

    def __init__(self, path: str | Path, front: Front) -> None:
        self._front = front
        self._lock = threading.Condition()
        self._closing = False
        self.trouble: str | None = None
        """Why the front took no turn the last time; None when it did."""
        try:
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.executescript(_TABLES)
            self._db.execute("DELETE FROM seen WHERE at < ?", (time.time_ns() // 1_000_000 - _REMEMBERED,))
        except sqlite3.Error as error:
            raise StoreError(f"{path}: cannot keep turns there ({error})") from None
        self._sender = threading.Thread(target=self._send, name="sayagain-spool", daemon=True)
        self._sender.start()

    def __enter__(self) -> Self:
        """Return the spool itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hand on what is whole, and close."""
        self.close()

    def hold(self, turn: Turn) -> None:
        """Keep a turn that is not whole yet, or what is newly known of one."""
        self._put(turn, whole=False)

    def keep(self, turn: Turn, *, instead_of: str | None = None) -> None:
        """Keep a whole turn; it is handed on soon.

        Args:
            turn: the turn.
            instead_of: the id under which it was held, where it had another.
        """
        self._put(turn, whole=True, instead_of=instead_of)

    def drop(self, turn_id: str) -> None:
        """Forget a turn that was held and turned out to be part of another."""
        with self._lock:
            self._db.execute("DELETE FROM turn WHERE turn_id = ? AND NOT whole", (turn_id,))

    def held(self) -> list[Turn]:
        """Return the turns that were not whole when the process ended, oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT record FROM turn WHERE NOT whole ORDER BY rowid").fetchall()
        return [turn_from_line(row[0]) for row in rows]

    def seen(self, name: str) -> bool:
        """Whether a piece of Home Assistant's own records has been made part of a turn before."""
        with self._lock:
            return self._db.execute("SELECT 1 FROM seen WHERE name = ?", (name,)).fetchone() is not None

    def note(self, names: Iterator[str] | list[str] | set[str]) -> None:
        """Remember pieces as seen."""
        now = time.time_ns() // 1_000_000
        with self._lock:
            self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", [(name, now) for name in names])

    def close(self, timeout: int = 5_000) -> bool:
        """Hand on what is whole, at most so many milliseconds; tell whether all of it went. The rest stays on disk."""
        with self._lock:
            self._closing = True
            self._lock.notify_all()
        self._sender.join(timeout / 1000)
        with self._lock:
            left = self._db.execute("SELECT count(*) FROM turn WHERE whole").fetchone()[0]
            if not self._sender.is_alive():
                self._db.close()
        return not left

    def _put(self, turn: Turn, *, whole: bool, instead_of: str | None = None) -> None:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            if instead_of not in {None, turn.turn_id}:
                self._db.execute("DELETE FROM turn WHERE turn_id = ?", (instead_of,))
            self._db.execute(
                "INSERT INTO turn VALUES (?, ?, ?)"
                " ON CONFLICT (turn_id) DO UPDATE SET record = excluded.record, whole = max(whole, excluded.whole)",
                (turn.turn_id, encode_turn(turn), whole),
            )
            self._db.execute("COMMIT")
            self._lock.notify_all()

    def _send(self) -> None:
        pause = 0.1
        while True:
            with self._lock:
                row = None
                while row is None:
                    row = self._db.execute("SELECT turn_id, record FROM turn WHERE whole ORDER BY rowid").fetchone()
                    if row is None:
                        if self._closing:
                            return
                        self._lock.wait()
            try:
                self._front.observe(turn_from_line(row[1]))
            except Exception as error:  # noqa: BLE001  (the turn is kept and tried again)
                self.trouble = f"{type(error).__name__}: {error}"
                with self._lock:
                    if self._closing:
                        return
                    self._lock.wait(pause)
                pause = min(2 * pause, _PATIENCE)
                continue
            pause, self.trouble = 0.1, None
            with self._lock:
                self._db.execute("DELETE FROM turn WHERE turn_id = ?", (row[0],))
