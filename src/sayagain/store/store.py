"""The protocol of all stores: turns, feedback, lessons, tokens, judgements and the release in use."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, Self, runtime_checkable

import msgspec

from sayagain.guardrails import RewriteOutcome, RewriteTotals
from sayagain.labels import Judgement
from sayagain.store.token import Token
from sayagain.teaching import Exchange, LessonOwner, Taught
from sayagain.turns import FeedbackReport, Turn

__all__ = ["Added", "Erasure", "Forgotten", "Promotion", "Store", "Withdrawal"]


class Added(NamedTuple):
    """Counts of the turns given to a store."""

    new: int
    """Turns stored now."""
    known: int
    """Turns whose id was stored before; the stored turn is kept, completed by what it lacked (`complete_turn`)."""


class Forgotten(NamedTuple):
    """Counts of the records deleted for a user."""

    turns: int
    """The user's turns."""
    judgements: int
    """Judgements of the turns."""
    feedback: int
    """Late feedback on the turns."""
    taught: int
    """The user's lessons."""


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
    """Time of the promotion, in milliseconds since 1970."""
    note: str = ""
    """Reason, as given."""
    undone: int | None = None
    """Time of the rollback, in milliseconds since 1970; None without one."""


class Withdrawal(msgspec.Struct, frozen=True, kw_only=True):
    """One rewrite that is made no more."""

    rewrite_id: str
    """The rewrite."""
    reason: str
    """Why it was withdrawn."""
    at: int
    """When, in milliseconds since 1970."""


@runtime_checkable
class Store(Protocol):
    """Keeps turns with their feedback and judgements, lessons, tokens, and the release in use; thread-safe.

    The files of a release are not in the store; the store holds only its number.
    Every method raises `StoreError` if the store is closed, locked for too long, full or damaged.
    """

    def add_turns(self, turns: Iterable[Turn]) -> Added:
        """Store turns, each id once; on return they are on disk, if the store has one.

        A later record of a stored turn completes it (`complete_turn`) and changes nothing else.

        Turns are stored in batches as they are read. After an error, the batches before it are stored, and giving the
        same turns again adds the rest.

        Raises:
            TurnError: a turn is not valid.
        """
        ...

    def turns(
        self,
        *,
        since: int | None = None,
        until: int | None = None,
        user_id: str | None = None,
        latest: int | None = None,
    ) -> Iterator[Turn]:
        """Stream turns with late feedback in order of `(started, turn_id)`, as stored when the first one is read.

        Args:
            since: only turns started at or after, in milliseconds.
            until: only turns started before, in milliseconds.
            user_id: only this user's turns.
            latest: only so many of them, the last ones; then they are read at once, and no others.
        """
        ...

    def turn(self, turn_id: str) -> Turn | None:
        """Return one turn with late feedback on it, or None."""
        ...

    def count(self) -> int:
        """Return the number of turns."""
        ...

    def day_sizes(self) -> dict[int, int]:
        """Return the number of turns that started on each day (UTC), counted from 1970."""
        ...

    def span(self) -> tuple[int, int] | None:
        """Return when the first and the last turn started, in milliseconds; None without turns."""
        ...

    def session_tail(self, user_id: str | None, device_id: str | None, before_ms: int, limit: int) -> list[Turn]:
        """Return the latest turns of one user on one device, oldest first: the context of the next request.

        Args:
            user_id: id of the user; None for turns without a user.
            device_id: id of the device, or of the satellite of turns without a device; None for turns without either.
            before_ms: only turns started before this time, in milliseconds.
            limit: largest number of turns.
        """
        ...

    def add_feedback(self, turn_id: str, report: FeedbackReport, at: int | None = None) -> bool:
        """Store feedback on a turn; on return it is on disk. The turn may be stored later, or never.

        A repeated report changes only the time of a report that does not state its own.

        Args:
            turn_id: id of the turn.
            report: the feedback.
            at: time for a report without one, in milliseconds since 1970; now if None.

        Returns:
            Whether the report is new.

        Raises:
            TurnError: a turn cannot hold the report.
        """
        ...

    def teach(self, taught: Taught) -> bool:
        """Store a lesson in place of its owner's older one about the phrase in its language; on return it is on disk.

        Returns:
            Whether the lesson was stored; False if a later lesson exists.
        """
        ...

    def taught(self, owners: Sequence[LessonOwner], phrase: str | None = None, *, names: bool = False) -> list[Taught]:
        """Return the lessons of some owners in order of their normalised phrases, then by owner.

        Args:
            owners: the owners; none have no lessons.
            phrase: only those about this phrase, in any spelling and language; cheap enough for every request.
            names: with a phrase, also all that are names of things.
        """
        ...

    def forget_taught(self, owner: LessonOwner, phrase: str) -> bool:
        """Delete an owner's lessons about one phrase in whatever language, and return whether there was one."""
        ...

    def forget_lesson(self, lesson: Taught) -> bool:
        """Delete what an owner's lesson is about, such as one preference, and return whether it was there."""
        ...

    def open_exchange(self, exchange: Exchange) -> None:
        """Store a teaching exchange in place of an earlier one at the same place; those that are over may go."""
        ...

    def take_exchange(self, place: str) -> Exchange | None:
        """Remove and return the teaching exchange at a place, also an expired one; None without one.

        Cheap enough for every request. Of several callers at once, one gets it.
        """
        ...

    def forget_user(self, user_id: str) -> Forgotten:
        """Delete a user's turns with their judgements and feedback, and what the user taught, for whomever.

        What is deleted is overwritten, as far as the store can. What learning made of others' turns in sessions that
        the user took part in goes, too, since it may hold the user's words. In the same transaction an `Erasure` is
        kept, until `end_erasure`, for whoever removes the user from the releases.
        """
        ...

    def expire(self, before: int) -> int:
        """Delete turns that started before a time, with their judgements, feedback and outcomes; return how many.

        What is deleted is overwritten, as far as the store can. Feedback on turns that never came goes, too. Lessons
        stay: users take them back themselves.

        Args:
            before: in milliseconds since 1970.
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

    def claim_user(self, user_id: str, home: str, *, known: bool = False) -> str | None:
        """Return the home that a user belongs to; a user who is new belongs to this one from now on.

        Args:
            user_id: id of the user.
            home: name of the home.
            known: also for a user without a home of whom there are turns or lessons, which others may have sent.

        Returns:
            None for a user with turns or lessons and no home.
        """
        ...

    def add_token(self, token: Token) -> None:
        """Store a token.

        Raises:
            InputError: the name is taken, if only by a revoked token.
        """
        ...

    def tokens(self) -> list[Token]:
        """Return all tokens by name, including revoked and expired ones."""
        ...

    def token(self, digest: str) -> Token | None:
        """Return the token with this digest, valid or not, or None; cheap enough for every request."""
        ...

    def revoke_token(self, name: str, at: int) -> None:
        """Revoke a token; a second call keeps the first time.

        Args:
            name: name of the token.
            at: time of the revocation, in milliseconds since 1970.

        Raises:
            InputError: there is no such token.
        """
        ...

    def release_in_use(self) -> int | None:
        """Return the number of the release in use, or None when there is none."""
        ...

    def set_release_in_use(self, number: int | None, *, at: int | None = None, note: str = "") -> None:
        """Put a release into use and record the promotion; do nothing if it is in use already.

        Args:
            number: number of the release; None for none.
            at: time of the promotion, in milliseconds since 1970; now if None.
            note: reason.
        """
        ...

    def roll_back(self, *, at: int | None = None) -> int | None:
        """Undo the last promotion, and return the release that is now in use, or None.

        A second rollback undoes the promotion before, not the first rollback.

        Raises:
            ReleaseError: there is no promotion to undo.
        """
        ...

    def promotions(self) -> list[Promotion]:
        """Return all promotions, oldest first, including undone ones."""
        ...

    def withdraw(self, rewrite_id: str, reason: str, at: int | None = None) -> None:
        """Withdraw a rewrite; a second call keeps the first reason."""
        ...

    def withdrawn(self) -> dict[str, str]:
        """Return the reason of each withdrawn rewrite, by its id, in order of ids."""
        ...

    def restore(self, rewrite_id: str, at: int | None = None) -> bool:
        """Allow a withdrawn rewrite again; outcomes of turns up to `at` (now) no longer count, also when added again.

        Returns:
            Whether it was withdrawn.
        """
        ...

    def withdrawals(self) -> list[Withdrawal]:
        """Return every withdrawn rewrite, the latest first."""
        ...

    def add_outcomes(self, outcomes: Iterable[RewriteOutcome]) -> None:
        """Keep what came of turns with a rewrite, each in place of an earlier outcome of the same turn."""
        ...

    def outcomes(
        self, rewrite_id: str, *, user_id: str | None = None, unknown: bool = False, limit: int | None = None
    ) -> list[RewriteOutcome]:
        """Return the latest outcomes of one rewrite, oldest first; cheap enough for every rewritten request.

        Args:
            rewrite_id: the rewrite.
            user_id: only those of this user.
            unknown: only those of unknown speakers.
            limit: at most so many.
        """
        ...

    def outcome_totals(self, rewrite_id: str | None = None, *, per_user: bool = False) -> dict[str, RewriteTotals]:
        """Return the summed outcomes of each rewrite that has any, or of one, by its id.

        Args:
            rewrite_id: the rewrite; None for all.
            per_user: count each user once, as `total_outcomes` does.
        """
        ...

    def set_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Replace all judgements, in one transaction."""
        ...

    def judgement(self, turn_id: str) -> Judgement | None:
        """Return the judgement of one turn; None for a turn stored after the last learning."""
        ...

    def judgements(self, *, defects: bool = False, limit: int | None = None) -> Iterator[Judgement]:
        """Stream the judgements, the most probable defects first, ties by turn id.

        Args:
            defects: only turns judged a defect.
            limit: largest number of judgements.
        """
        ...

    def change_counter(self) -> int:
        """Return a counter that grows when the release in use or the withdrawals change, or by `count_change`.

        Lessons do not change it; they are looked up for each request.
        """
        ...

    def count_change(self) -> None:
        """Let the change counter grow: the files of a release were replaced."""
        ...

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...
