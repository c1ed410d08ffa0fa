"""The spool: turns on disk until the front has taken them, so that none is lost when a process is killed."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from sayagain.assistants.bad_event import bad_event
from sayagain.assistants.front import Front
from sayagain.assistants.retry_sender import RetrySender
from sayagain.errors import StoreError, TurnError
from sayagain.formats import BadRecord, append_reject, encode_turn
from sayagain.formats.turns_jsonl import turn_from_line
from sayagain.store.turn_spool import open_spool
from sayagain.turns import Turn

__all__ = ["Spool"]

_MAX_REJECTS = 1 << 24
"""Size in bytes beyond which the reject file takes no further turn."""

_RETENTION = 7 * 86_400_000
"""Retention of known names, in milliseconds: Home Assistant keeps ten runs of each pipeline, however old."""

_MAX_PAUSE = 30.0
"""Longest pause between two attempts to send a turn, in seconds."""


class Spool(RetrySender[tuple[str, bytes]]):
    """Keeps turns on disk: first unfinished, then whole, then sent to the front by a thread of its own.

    Turns on disk survive a crash of the process. A turn that is refused for good, by the front or because it cannot be
    written down, goes to the reject file `<path>.rejects.jsonl` with the reason.

    Args:
        path: the SQLite file; created if missing.
        front: takes the turns; retried until it does.

    Raises:
        StoreError: the file cannot be used.
    """

    def __init__(self, path: str | Path, front: Front) -> None:
        super().__init__(name="sayagain-spool", max_pause=_MAX_PAUSE, retries_at_close=False)
        self._front = front
        self._source = Path(path).name
        self._rejects = Path(f"{path}.rejects.jsonl") if str(path) != ":memory:" else None
        if self._rejects is not None:
            self._place = f" in {self._rejects}"
        try:
            self._db = open_spool(path)
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
            rows = self._db.execute("SELECT turn_id, record FROM turn WHERE NOT whole ORDER BY rowid").fetchall()
        turns = []
        for turn_id, record in rows:
            try:
                turns.append(turn_from_line(record))
            except TurnError as error:
                with self._condition:
                    self._refuse((turn_id, record), str(error))
        return turns

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
        """Send whole turns within a timeout in milliseconds; return whether none is left. The rest stays on disk."""
        self._join(timeout)
        with self._condition:
            remaining = self._db.execute("SELECT count(*) FROM turn WHERE whole").fetchone()[0]
            if not self._thread.is_alive():
                self._db.close()
        return not remaining

    def _put(self, turn: Turn, *, whole: bool, previous_id: str | None = None) -> None:
        try:
            record = encode_turn(turn)
        except TurnError as error:
            # Nobody waits for this turn alone, and those after it must be kept.
            with self._condition:
                self._refuse((_printable(turn.turn_id), bad_event("", 1, error, turn).raw), str(error))
            return
        with self._condition:
            self._db.execute("BEGIN IMMEDIATE")
            if previous_id not in {None, turn.turn_id}:
                self._db.execute("DELETE FROM turn WHERE turn_id = ?", (previous_id,))
            self._db.execute(
                "INSERT INTO turn VALUES (?, ?, ?)"
                " ON CONFLICT (turn_id) DO UPDATE SET record = excluded.record, whole = max(whole, excluded.whole)",
                (turn.turn_id, record, whole),
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

    def _set_aside(self, entry: tuple[str, bytes], reason: str) -> None:
        if self._rejects is not None:
            bad = BadRecord(self._source, self.refused + 1, reason, entry[1])
            append_reject(self._rejects, bad, limit=_MAX_REJECTS)
        self._remove(entry)


def _printable(text: str) -> str:
    """Return a text that SQLite can keep: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")
