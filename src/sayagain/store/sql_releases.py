"""The release in use, withdrawn rewrites and what learning made of each turn, in SQL."""

from collections.abc import Iterable, Iterator

import msgspec

from sayagain.errors import ReleaseError
from sayagain.labels import Judgement
from sayagain.store.clock import or_now
from sayagain.store.database import Database, Transaction
from sayagain.store.store import Promotion

__all__ = ["ReleaseTables"]

_IN_USE = "SELECT place, number, previous FROM promotions WHERE undone IS NULL ORDER BY place DESC LIMIT 1"
_ALL = 2**62
_decode = msgspec.json.Decoder(Judgement).decode


class ReleaseTables(Database):
    """The part of a store that knows which release is in use, and what stands against it."""

    def release_in_use(self) -> int | None:
        """Return the number of the release in use, or None."""
        rows = self._read(_IN_USE)
        return rows[0][1] if rows else None

    def set_release_in_use(self, number: int | None, *, at: int | None = None, note: str = "") -> None:
        """Put a release into use, and write it down."""
        with self._writing() as transaction:
            _alone(transaction)
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
            _count_change(transaction)

    def roll_back(self, *, at: int | None = None) -> int | None:
        """Undo the last promotion that stands, and return the release that is now in use."""
        with self._writing() as transaction:
            _alone(transaction)
            rows = transaction.ask(_IN_USE)
            if not rows:
                raise ReleaseError("there is no promotion to roll back")
            place, _, previous = rows[0]
            transaction.do("UPDATE promotions SET undone = ? WHERE place = ?", or_now(at), place)
            _count_change(transaction)
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
        with self._writing() as transaction:
            new = transaction.do(
                "INSERT INTO withdrawals VALUES (?, ?, ?) ON CONFLICT (rewrite_id) DO NOTHING",
                rewrite_id,
                reason,
                or_now(at),
            )
            if new:
                _count_change(transaction)

    def withdrawn(self) -> dict[str, str]:
        """Return the reason of each withdrawn rewrite, by its id."""
        return dict(self._read("SELECT rewrite_id, reason FROM withdrawals ORDER BY rewrite_id"))

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Keep what learning made of each turn, in place of all that was kept before."""
        rows = [(each.turn_id, each.p_defect, int(each.defect), msgspec.json.encode(each)) for each in judgements]
        with self._writing() as transaction:
            _alone(transaction)
            transaction.do("DELETE FROM judgements")
            transaction.do_each("INSERT INTO judgements VALUES (?, ?, ?, ?)", rows)

    def judgement(self, turn_id: str) -> Judgement | None:
        """Return what learning made of one turn."""
        rows = self._read("SELECT turn_id, record FROM judgements WHERE turn_id = ?", turn_id)
        return self._judgement(*rows[0]) if rows else None

    def judgements(self, *, defects: bool = False, limit: int | None = None) -> Iterator[Judgement]:
        """Stream what learning made of the turns, the likeliest defects first."""
        rows = self._read(
            "SELECT turn_id, record FROM judgements WHERE defect >= ? ORDER BY p_defect DESC, turn_id LIMIT ?",
            int(defects),
            _ALL if limit is None else max(0, limit),
        )
        for turn_id, record in rows:
            yield self._judgement(turn_id, record)

    def change_counter(self) -> int:
        """Return a number that grows when the release in use or the withdrawals change."""
        return int(self._read("SELECT counter FROM changes")[0][0])

    def count_change(self) -> None:
        """Let the change counter grow."""
        with self._writing() as transaction:
            _count_change(transaction)

    def _judgement(self, turn_id: str, record: bytes) -> Judgement:
        try:
            return _decode(record)
        except ValueError as error:
            raise self._damaged(f"the judgement of turn {turn_id!r}", error) from None


def _alone(transaction: Transaction) -> None:
    """Wait until nobody else changes what decides: where several write at once, this row is the turnstile."""
    transaction.do("UPDATE changes SET counter = counter")


def _count_change(transaction: Transaction) -> None:
    transaction.do("UPDATE changes SET counter = counter + 1")
