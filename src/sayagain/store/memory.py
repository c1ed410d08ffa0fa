"""The store that keeps all in memory and forgets it when closed: for tests, trials and demos."""

import time
from collections.abc import Iterable, Iterator
from threading import RLock
from types import TracebackType
from typing import Self

import msgspec

from sayagain.errors import ReleaseError, StoreError
from sayagain.formats import encode_turn
from sayagain.labels import Judgement
from sayagain.store.store import Added, Promotion
from sayagain.turns import Turn

__all__ = ["MemoryStore"]


class MemoryStore:
    """A `Store` in memory.

    >>> with MemoryStore() as store:
    ...     store.add_turns([Turn(turn_id="a", started=0, request="lamp on")])
    Added(new=1, known=0)
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._turns: dict[str, Turn] = {}
        self._promotions: list[Promotion] = []
        self._withdrawn: dict[str, str] = {}
        self._judgements: dict[str, Judgement] = {}
        self._changes = 0
        self._closed = False

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
        """Forget everything."""
        self._closed = True

    def add_turns(self, turns: Iterable[Turn]) -> Added:
        """Store turns, each id once."""
        self._check_open()
        new = known = 0
        for turn in turns:
            # Through JSON and back, so that it comes out exactly as it would from a store on disk.
            kept = msgspec.json.decode(encode_turn(turn), type=Turn)
            with self._lock:
                if self._turns.setdefault(kept.turn_id, kept) is kept:
                    new += 1
                else:
                    known += 1
        return Added(new, known)

    def turns(
        self,
        *,
        since: int | None = None,
        until: int | None = None,
        user_id: str | None = None,
    ) -> Iterator[Turn]:
        """Stream turns in order of `(started, turn_id)`."""
        self._check_open()
        for turn in self._in_order():
            in_time = (since is None or turn.started >= since) and (until is None or turn.started < until)
            if in_time and (user_id is None or turn.user_id == user_id):
                yield turn

    def turn(self, turn_id: str) -> Turn | None:
        """Return one turn, or None."""
        self._check_open()
        return self._turns.get(turn_id)

    def count(self) -> int:
        """Return how many turns there are."""
        self._check_open()
        return len(self._turns)

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last turn started."""
        self._check_open()
        turns = self._in_order()
        return (turns[0].started, turns[-1].started) if turns else None

    def session_tail(self, user_id: str | None, device_id: str | None, before_ms: int, limit: int) -> list[Turn]:
        """Return the latest turns of one user on one device, oldest first."""
        self._check_open()
        found = [
            turn
            for turn in self._in_order()
            if turn.user_id == user_id
            and (turn.device_id or turn.satellite_id or None) == device_id
            and turn.started < before_ms
        ]
        return found[max(0, len(found) - max(0, limit)) :]

    def release_in_use(self) -> int | None:
        """Return the number of the release in use, or None."""
        self._check_open()
        with self._lock:
            return next((each.number for each in reversed(self._promotions) if each.undone is None), None)

    def set_release_in_use(self, number: int | None, *, at: int | None = None, note: str = "") -> None:
        """Put a release into use, and write it down."""
        with self._lock:
            previous = self.release_in_use()
            if number == previous:
                return
            self._promotions.append(Promotion(number=number, previous=previous, at=_or_now(at), note=note))
            self._changes += 1

    def roll_back(self, *, at: int | None = None) -> int | None:
        """Undo the last promotion that stands, and return the release that is now in use."""
        self._check_open()
        with self._lock:
            for place in reversed(range(len(self._promotions))):
                if self._promotions[place].undone is None:
                    undone = msgspec.structs.replace(self._promotions[place], undone=_or_now(at))
                    self._promotions[place] = undone
                    self._changes += 1
                    return undone.previous
        raise ReleaseError("there is no promotion to roll back")

    def promotions(self) -> list[Promotion]:
        """Return every promotion, oldest first."""
        self._check_open()
        return list(self._promotions)

    def withdraw(self, rewrite_id: str, reason: str, at: int | None = None) -> None:  # noqa: ARG002  (nobody can ask a store in memory for it later)
        """Refuse a rewrite from now on."""
        self._check_open()
        with self._lock:
            if rewrite_id not in self._withdrawn:
                self._withdrawn[rewrite_id] = reason
                self._changes += 1

    def withdrawn(self) -> dict[str, str]:
        """Return the reason of each withdrawn rewrite, by its id."""
        self._check_open()
        with self._lock:
            return dict(sorted(self._withdrawn.items()))

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Keep what learning made of each turn, in place of all that was kept before."""
        self._check_open()
        self._judgements = {each.turn_id: each for each in judgements}

    def judgement(self, turn_id: str) -> Judgement | None:
        """Return what learning made of one turn."""
        self._check_open()
        return self._judgements.get(turn_id)

    def judgements(self, *, defects: bool = False, limit: int | None = None) -> Iterator[Judgement]:
        """Stream what learning made of the turns, the likeliest defects first."""
        self._check_open()
        found = sorted(self._judgements.values(), key=lambda each: (-each.p_defect, each.turn_id))
        wanted = [each for each in found if each.defect or not defects]
        yield from wanted[: None if limit is None else max(0, limit)]

    def change_counter(self) -> int:
        """Return a number that grows when the release in use or the withdrawals change."""
        self._check_open()
        return self._changes

    def _in_order(self) -> list[Turn]:
        with self._lock:
            # By bytes, as databases sort; it is the same order as by code points.
            return sorted(self._turns.values(), key=lambda turn: (turn.started, turn.turn_id.encode()))

    def _check_open(self) -> None:
        if self._closed:
            raise StoreError("the store is closed")


def _or_now(at: int | None) -> int:
    return time.time_ns() // 1_000_000 if at is None else at
