"""What a store keeps: turns and what is said of them, lessons, tokens, the release in use; one protocol for all."""

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple, Protocol, Self, runtime_checkable

import msgspec

from sayagain.labels import Judgement
from sayagain.store.token import Token
from sayagain.teaching import Taught
from sayagain.turns import FeedbackReport, Turn

__all__ = ["Added", "Erasure", "Forgotten", "Promotion", "Store"]


class Added(NamedTuple):
    """What became of turns that were given to the store."""

    new: int
    """Turns stored now."""
    known: int
    """Turns whose id was there before; the first stays, whatever the second says."""


class Forgotten(NamedTuple):
    """What was deleted when a user was forgotten."""

    turns: int
    """The user's turns."""
    judgements: int
    """What learning made of them."""
    feedback: int
    """Late feedback on them."""
    taught: int
    """What the user taught."""


class Erasure(NamedTuple):
    """A user who is deleted from the store, but maybe not yet from the releases."""

    user_code: str
    """The user's name in releases, by `sayagain.store.user_code`."""
    since: int | None
    """Start of the user's first turn, in milliseconds: a release of a log that ends before knows nothing of the user;
    None where the user had no turns."""


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
    """Keeps turns and all that is said of them, and the release in use; may be used from several threads.

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
        """Stream turns in order of `(started, turn_id)`, as they are when the first is asked for, with late feedback.

        Args:
            since: only turns started at or after, in milliseconds.
            until: only turns started before, in milliseconds.
            user_id: only this user's turns.
        """
        ...

    def turn(self, turn_id: str) -> Turn | None:
        """Return one turn with late feedback on it, or None."""
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

    def add_feedback(self, turn_id: str, report: FeedbackReport, at: int | None = None) -> bool:
        """Keep what a user reports of a turn; on return it is on disk. The turn may come later, or never.

        The same report again changes nothing but its time, and that only where the report does not say it itself.

        Args:
            turn_id: the turn that it is about.
            report: what was reported.
            at: when, in milliseconds since 1970; now, if not given. Where the report has a time, that counts.

        Returns:
            Whether it is new.

        Raises:
            TurnError: no turn could hold it.
        """
        ...

    def teach(self, taught: Taught) -> bool:
        """Keep a lesson in place of an older one of this user about the same phrase; on return it is on disk.

        Returns:
            Whether it is kept: not when a later lesson is there already.
        """
        ...

    def taught(self, user_id: str, phrase: str | None = None) -> list[Taught]:
        """Return what a user taught, in order of the phrases as they are looked up.

        Args:
            user_id: whose.
            phrase: only the lesson about this phrase, however it is spelt; cheap enough for every request.
        """
        ...

    def forget_taught(self, user_id: str, phrase: str) -> bool:
        """Delete what a user taught about one phrase, and return whether there was anything."""
        ...

    def forget_user(self, user_id: str) -> Forgotten:
        """Delete a user's turns, what learning made of them, feedback on them and what the user taught.

        What is deleted is overwritten, as far as the store can. What learning made of others' turns in sessions that
        the user took part in goes, too, since it may hold the user's words. In the same transaction an `Erasure` is
        kept, until `end_erasure`, for whoever removes the user from the releases.
        """
        ...

    def user_key(self) -> bytes:
        """Return the key under which users are named in releases: random, made once, and always the same.

        It must never leave the process: who has a release and the key can find a user whose id is known.
        """
        ...

    def erasures(self) -> list[Erasure]:
        """Return who is still to be removed from the releases, in order of codes."""
        ...

    def end_erasure(self, user_code: str) -> None:
        """Keep no longer that a user is to be removed from the releases."""
        ...

    def erasure_count(self) -> int:
        """Return how often users were forgotten: if it grows while a log is learnt from, the log held too much."""
        ...

    def add_token(self, token: Token) -> None:
        """Keep a token.

        Raises:
            InputError: its name is taken, be it by one that was revoked.
        """
        ...

    def tokens(self) -> list[Token]:
        """Return every token by name, those revoked or expired included."""
        ...

    def token(self, digest: str) -> Token | None:
        """Return the token with this digest, revoked or expired included, or None; cheap enough for every request."""
        ...

    def revoke_token(self, name: str, at: int) -> None:
        """Let a token open nothing from now on; revoked again, the first time stays.

        Args:
            name: the token's.
            at: when, in milliseconds since 1970.

        Raises:
            InputError: there is no such token.
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
        """Return a number that grows when the release in use or the withdrawals change, or by `count_change`.

        Cheap enough to poll.
        It does not grow with what is taught, which is looked up for each request instead.
        """
        ...

    def count_change(self) -> None:
        """Let the change counter grow: the files of a release were replaced."""
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
