"""Turns and the feedback on them, in SQL."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from sayagain.formats import encode_turn
from sayagain.store.clock import DAY, or_now
from sayagain.store.database import Database, Transaction
from sayagain.store.feedback import checked_report, decode_reports, encode_report, merged, report_key
from sayagain.store.store import Added
from sayagain.turns import FeedbackReport, Turn, complete_turn

__all__ = ["BATCH", "Row", "TurnTables"]

Row = tuple[str, int, str | None, str | None, str | None, bytes]
"""A row of the table of turns: id, start, user, device, session, and the turn as one line of JSON."""

BATCH = 1000
"""Turns in one transaction."""

_decode = msgspec.json.Decoder(Turn).decode


class TurnTables(Database):
    """The part of a store that keeps turns."""

    def add_turns(self, turns: Iterable[Turn]) -> Added:
        """Store turns, each id once, a thousand a transaction, complete stored ones; on return they are on disk."""
        self._check_open()
        new = seen = 0
        left = iter(turns)
        # Turns are read and encoded before the lock is taken, so that a slow log blocks nobody.
        while rows := [_row(turn) for turn in islice(left, BATCH)]:
            added = self._add(rows)
            if added < len(rows):
                self._complete(rows)
            new += added
            seen += len(rows)
        return Added(new, seen - new)

    def turns(
        self,
        *,
        since: int | None = None,
        until: int | None = None,
        user_id: str | None = None,
        latest: int | None = None,
    ) -> Iterator[Turn]:
        """Stream turns in order of `(started, turn_id)`, from a connection of their own."""
        self._check_open()
        wanted = {"started >= ?": since, "started < ?": until, "user_id = ?": user_id}
        given = {clause: value for clause, value in wanted.items() if value is not None}
        where = f" WHERE {' AND '.join(given)}" if given else ""
        rows: Iterator[Any]
        if latest is None:
            rows = self._stream(f"{self._turns} {where} ORDER BY started, turn_id", *given.values())
        else:
            question = f"{self._turns} {where} ORDER BY started DESC, turn_id DESC LIMIT ?"
            rows = reversed(list(self._stream(question, *given.values(), max(0, latest))))
        for row in rows:
            yield self._turn(*row)

    def turn(self, turn_id: str) -> Turn | None:
        """Return one turn, or None."""
        rows = self._read(f"{self._turns} WHERE turn_id = ?", turn_id)
        return self._turn(*rows[0]) if rows else None

    def count(self) -> int:
        """Return the number of turns."""
        return int(self._read("SELECT count(*) FROM turns")[0][0])

    def day_sizes(self) -> dict[int, int]:
        """Return the number of turns of each day."""
        # The statement is built from constants only.
        rows = self._read(f"SELECT started / {DAY}, count(*) FROM turns GROUP BY started / {DAY}")  # noqa: S608
        return {int(day): int(number) for day, number in rows}

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last turn started."""
        # Two subqueries, because SQLite uses the index for a single min or max only.
        first, last = self._read("SELECT (SELECT min(started) FROM turns), (SELECT max(started) FROM turns)")[0]
        return None if first is None else (first, last)

    def session_tail(self, user_id: str | None, device_id: str | None, before_ms: int, limit: int) -> list[Turn]:
        """Return the latest turns of one user on one device, oldest first."""
        owner = {"user_id": user_id, "device_id": device_id}
        # An index finds NULL only with IS NULL.
        whose = " AND ".join(f"{name} IS NULL" if value is None else f"{name} = ?" for name, value in owner.items())
        rows = self._read(
            f"{self._turns} WHERE {whose} AND started < ? ORDER BY started DESC, turn_id DESC LIMIT ?",
            *(value for value in owner.values() if value is not None),
            before_ms,
            max(0, limit),
        )
        return [self._turn(*row) for row in reversed(rows)]

    def add_feedback(self, turn_id: str, report: FeedbackReport, at: int | None = None) -> bool:
        """Store feedback on a turn, whether the turn is stored yet or not."""
        timed, when = checked_report(turn_id, report, or_now(at))
        key, record = report_key(report), encode_report(timed)
        with self._writing() as transaction:
            new = transaction.do(
                "INSERT INTO feedback (turn_id, report, at, record) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (turn_id, report) DO NOTHING",
                turn_id,
                key,
                when,
                record,
            )
            if not new:
                # A repeated report keeps one row; the later time counts.
                transaction.do(
                    "UPDATE feedback SET at = ?, record = ? WHERE turn_id = ? AND report = ? AND at < ?",
                    when,
                    record,
                    turn_id,
                    key,
                    when,
                )
        return bool(new)

    @property
    def _turns(self) -> str:
        # The statement is built from constants only; values are bound.
        reports = f"SELECT {self.joined} FROM feedback WHERE feedback.turn_id = turns.turn_id"  # noqa: S608  (see above)
        return f"SELECT turn_id, record, ({reports}) FROM turns"  # noqa: S608  (see above)

    def _complete(self, rows: Sequence[Row]) -> None:
        """Add to stored turns what other records of them say beyond what is stored."""
        ids = [row[0] for row in rows]
        marks = ", ".join("?" * len(ids))
        # The statement is built from constants only; values are bound.
        found = self._read(f"SELECT turn_id, record FROM turns WHERE turn_id IN ({marks})", *ids)  # noqa: S608
        stored = {str(turn_id): bytes(record) for turn_id, record in found}
        # In order of ids, so that two processes that complete the same turns cannot deadlock.
        for row in sorted(rows, key=lambda row: row[0]):
            if stored.get(row[0]) not in (None, row[-1]):
                self._complete_one(row[0], row[-1])

    def _complete_one(self, turn_id: str, record: bytes) -> None:
        with self._writing() as transaction:
            # Another process may complete the turn in between: then what it wrote is read again.
            while kept := transaction.ask("SELECT record FROM turns WHERE turn_id = ?", turn_id):
                before = self._turn(turn_id, kept[0][0], None)
                after = complete_turn(before, _decode(record))
                if after == before or transaction.do(
                    "UPDATE turns SET session_id = ?, record = ? WHERE turn_id = ? AND record = ?",
                    after.session_id,
                    encode_turn(after),
                    turn_id,
                    kept[0][0],
                ):
                    return

    @abstractmethod
    def _add(self, rows: Sequence[Row]) -> int:
        """Store rows in one transaction, each id once; return the number of new ones. On return they are on disk."""

    @abstractmethod
    def _insert(self, transaction: Transaction, groups: Sequence[Sequence[Row]]) -> list[int]:
        """Store groups of rows, each id once, and return the number of new rows of each group."""

    def _turn(self, turn_id: str, record: bytes, reports: bytes | None) -> Turn:
        try:
            turn = _decode(record)
            return turn if reports is None else merged(turn, decode_reports(reports))
        except (ValueError, RecursionError) as error:
            raise self._damaged(f"turn {turn_id!r}", error) from None


def _row(turn: Turn) -> Row:
    # The satellite takes the place of a missing device, as in `sessions`.
    device = turn.device_id or turn.satellite_id or None
    return (turn.turn_id, turn.started, turn.user_id, device, turn.session_id, encode_turn(turn))
