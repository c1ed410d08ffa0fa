"""The release in use and the judgement of each turn, in SQL."""

from collections.abc import Iterable, Iterator

import msgspec

from sayagain.errors import ReleaseError
from sayagain.labels import Judgement
from sayagain.store.clock import or_now
from sayagain.store.database import Database, Transaction
from sayagain.store.store import Promotion

__all__ = ["ReleaseTables", "count_change"]

_IN_USE = "SELECT place, number, previous FROM promotions WHERE undone IS NULL ORDER BY place DESC LIMIT 1"
_NO_LIMIT = 2**62
_decode = msgspec.json.Decoder(Judgement).decode


class ReleaseTables(Database):
    """The part of a store that keeps promotions, withdrawals and judgements."""

    def release_in_use(self) -> int | None:
        """Return the number of the release in use, or None."""
        rows = self._read(_IN_USE)
        return rows[0][1] if rows else None

    def set_release_in_use(self, number: int | None, *, at: int | None = None, note: str = "") -> None:
        """Put a release into use, and record the promotion."""
        with self._writing() as transaction:
            _lock_changes(transaction)
            rows = transaction.ask(_IN_USE)
            previous = rows[0][1] if rows else None
            if number == previous:
                return
            transaction.do(
                "INSERT INTO promotions (number, previous, at, note) VALUES (?, ?, ?, ?)",
                number,
                previous,
                or_now(at),
                note,
            )
            count_change(transaction)

    def roll_back(self, *, at: int | None = None) -> int | None:
        """Undo the last promotion, and return the release that is now in use."""
        with self._writing() as transaction:
            _lock_changes(transaction)
            rows = transaction.ask(_IN_USE)
            if not rows:
                raise ReleaseError("there is no promotion to roll back")
            place, _, previous = rows[0]
            transaction.do("UPDATE promotions SET undone = ? WHERE place = ?", or_now(at), place)
            count_change(transaction)
        return None if previous is None else int(previous)

    def promotions(self) -> list[Promotion]:
        """Return all promotions, oldest first."""
        rows = self._read("SELECT number, previous, at, note, undone FROM promotions ORDER BY place")
        return [
            Promotion(number=number, previous=previous, at=at, note=note, undone=undone)
            for number, previous, at, note, undone in rows
        ]

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Replace all judgements."""
        rows = [
            (judgement.turn_id, judgement.p_defect, int(judgement.defect), msgspec.json.encode(judgement))
            for judgement in judgements
        ]
        with self._writing() as transaction:
            _lock_changes(transaction)
            transaction.do("DELETE FROM judgements")
            transaction.do_each("INSERT INTO judgements VALUES (?, ?, ?, ?)", rows)

    def judgement(self, turn_id: str) -> Judgement | None:
        """Return the judgement of one turn; None without one."""
        rows = self._read("SELECT turn_id, record FROM judgements WHERE turn_id = ?", turn_id)
        return self._judgement(*rows[0]) if rows else None

    def judgements(self, *, defects: bool = False, limit: int | None = None) -> Iterator[Judgement]:
        """Stream the judgements, the most probable defects first."""
        rows = self._read(
            "SELECT turn_id, record FROM judgements WHERE defect >= ? ORDER BY p_defect DESC, turn_id LIMIT ?",
            int(defects),
            _NO_LIMIT if limit is None else max(0, limit),
        )
        for turn_id, record in rows:
            yield self._judgement(turn_id, record)

    def change_counter(self) -> int:
        """Return a counter that grows when the release in use or the withdrawals change."""
        return int(self._read("SELECT counter FROM changes")[0][0])

    def count_change(self) -> None:
        """Let the change counter grow."""
        with self._writing() as transaction:
            count_change(transaction)

    def _judgement(self, turn_id: str, record: bytes) -> Judgement:
        try:
            return _decode(record)
        except ValueError as error:
            raise self._damaged(f"the judgement of turn {turn_id!r}", error) from None


def _lock_changes(transaction: Transaction) -> None:
    """Lock the row that all changes of releases, withdrawals and judgements update; wait for another writer."""
    transaction.do("UPDATE changes SET counter = counter")


def count_change(transaction: Transaction) -> None:
    """Let those who poll notice that what decides has changed."""
    transaction.do("UPDATE changes SET counter = counter + 1")
