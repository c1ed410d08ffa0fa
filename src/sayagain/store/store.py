"""What a store keeps: turns and judgements, the release in use, withdrawn rewrites; one protocol, several stores."""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Protocol, Self, runtime_checkable

import msgspec

from sayagain.labels import Judgement
from sayagain.turns import Turn

__all__ = ["Added", "Promotion", "Store"]


class Added(NamedTuple):
    """What became of turns that were given to the store."""

    new: int
    """Turns stored now."""
    known: int
    """Turns whose id was there before; the first stays, whatever the second says."""


class Promotion(msgspec.Struct, frozen=True, kw_only=True):
    """One change of the release in use."""

    number: int | None
    """The release that came into use; None for none."""
    previous: int | None
    """The release that was in use before."""
    at: int
    """When, in milliseconds since 1970."""
    note: str = ""
    """Why, in the words of who did it."""
    undone: int | None = None
    """When it was rolled back, in milliseconds since 1970; None while it stands."""


@runtime_checkable
class Store(Protocol):
    """Keeps turns, the release in use and withdrawn rewrites; may be used from several threads.

    The folders of the releases themselves belong to learning; a store knows only their numbers.
    Every method raises `StoreError` when the store is closed, locked for too long, full or damaged.
    """

    def add_turns(self, turns: Iterable[Turn]) -> Added:
        """Store turns, each id once; on return they are on disk, where the store has one.

        They are stored in batches as they are read: after an error the batches before it are there, and giving
        the same turns again adds the rest.

        Raises:
            TurnError: a turn holds what cannot be stored.
        """
        ...

    def turns(
        self,
        *,
        since: int | None = None,
        until: int | None = None,
        user_id: str | None = None,
    ) -> Iterator[Turn]:
        """Stream turns in order of `(started, turn_id)`, as they are when the first is asked for.

        Args:
            since: only turns started at or after, in milliseconds.
            until: only turns started before, in milliseconds.
            user_id: only this user's turns.
        """
        ...

    def turn(self, turn_id: str) -> Turn | None:
        """Return one turn, or None."""
        ...

    def count(self) -> int:
        """Return how many turns there are."""
        ...

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last turn started, in milliseconds; None without turns."""
        ...

    def session_tail(self, user_id: str | None, device_id: str | None, before_ms: int, limit: int) -> list[Turn]:
        """Return the latest turns of one user on one device, oldest first: the context of the next request.

        Args:
            user_id: who; None means the turns of which it is not known.
            device_id: where; a turn without a device counts as its satellite's; None as above.
            before_ms: only turns started before, in milliseconds.
            limit: at most so many.
        """
        ...

    def release_in_use(self) -> int | None:
        """Return the number of the release in use, or None when there is none."""
        ...

    def set_release_in_use(self, number: int | None, *, at: int | None = None, note: str = "") -> None:
        """Put a release into use, and write it down; nothing happens if it is in use already.

        Args:
            number: the release; None for none.
            at: when, in milliseconds since 1970; now, if not given.
            note: why.
        """
        ...

    def roll_back(self, *, at: int | None = None) -> int | None:
        """Undo the last promotion that stands, and return the release that is now in use, or None.

        Rolling back twice goes two releases back, not forth again.

        Raises:
            ReleaseError: no promotion stands.
        """
        ...

    def promotions(self) -> list[Promotion]:
        """Return every promotion, oldest first, those that were undone included."""
        ...

    def withdraw(self, rewrite_id: str, reason: str, at: int | None = None) -> None:
        """Refuse a rewrite from now on; withdrawn again, the first reason stays."""
        ...

    def withdrawn(self) -> dict[str, str]:
        """Return the reason of each withdrawn rewrite, by its id, in order of ids."""
        ...

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Keep what learning made of each turn, in place of all that was kept before; all of it, or none."""
        ...

    def judgement(self, turn_id: str) -> Judgement | None:
        """Return what learning made of one turn; None for one that came after."""
        ...

    def judgements(self, *, defects: bool = False, limit: int | None = None) -> Iterator[Judgement]:
        """Stream what learning made of the turns, the likeliest defects first, equals by turn id.

        Args:
            defects: only turns called a defect.
            limit: at most so many.
        """
        ...

    def change_counter(self) -> int:
        """Return a number that grows when the release in use or the withdrawals change; cheap enough to poll."""
        ...

    def close(self) -> None:
        """Let go of the store; closing twice is fine."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
