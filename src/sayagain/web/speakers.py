"""Whom a token speaks for: the users that a request names must be of the token's home."""

import time
from collections.abc import Callable, Mapping

import msgspec

from sayagain.assistants.remote import FOREIGN_USER
from sayagain.runtime import Decision
from sayagain.store import Store, Token
from sayagain.turns import Turn
from sayagain.web.problem import BadTurn, Refusal
from sayagain.web.proof import prove, with_proven_rewrite

__all__ = ["Speakers"]

_CACHE_SECONDS = 60.0
"""Lifetime of a cached home; a user's home changes only when the user is forgotten."""

_CACHE_SIZE = 10_000
"""Largest number of cached homes."""


class Speakers:
    """Checks the users that requests name; its calls block while the store answers.

    A token without a home speaks for any user, and its turns may name any home. Any other token speaks for one home:
    what it sends is of that home, whatever it names, and each of its users is of that home. So all its users together
    are one user wherever independent users are counted (`sayagain.turns.privacy_unit`).

    Args:
        store: the store that keeps the homes of users.
        clock: monotonic clock, in seconds.
    """

    def __init__(self, store: Store, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._proof_key: bytes | None = None
        self._checked: dict[tuple[str, str], float] = {}

    def user(self, token: Token | None, user_id: str | None) -> str | None:
        """Return the user that a request speaks for: the one it names, or the only one that the token has.

        Raises:
            Refusal: 403 where the token does not speak for that user.
        """
        if token is None or token.home is None:
            return user_id
        if not user_id and token.users:
            if len(token.users) > 1:
                raise _foreign(f"no user is named; this token speaks for {', '.join(token.users)} alone")
            user_id = token.users[0]
        if user_id and token.users and user_id not in token.users:
            raise _foreign(f"this token speaks for {', '.join(token.users)}, not for the user {user_id!r}")
        if user_id and not self._is_of_home(user_id, token.home, known=bool(token.users)):
            raise _foreign(f"this token speaks for the home {token.home!r}, and the user {user_id!r} is not of it")
        return user_id

    def home(self, token: Token | None, home: str | None) -> str | None:
        """Return the home that a request speaks for: that of the token, or the one it names.

        Raises:
            Refusal: 403 where the token does not speak for that home.
        """
        if token is None or token.home is None:
            return home
        if home not in (None, token.home):
            raise _foreign(f"this token speaks for the home {token.home!r}, not for {home!r}")
        return token.home

    def turn(self, token: Token | None, turn: Turn) -> Turn:
        """Return a turn as the token may send it: with the home of the token.

        Raises:
            Refusal: 403 where the token does not speak for its user or home.
        """
        if token is None or token.home is None:
            return turn
        return msgspec.structs.replace(turn, home=self.home(token, turn.home), user_id=self.user(token, turn.user_id))

    def turns(self, token: Token | None, turns: Mapping[int, Turn]) -> tuple[dict[int, Turn], list[BadTurn]]:
        """Return the turns that the token may send, by their places, and the others with the reasons."""
        own: dict[int, Turn] = {}
        foreign: list[BadTurn] = []
        for index, turn in turns.items():
            try:
                own[index] = self._proven(token, self.turn(token, turn))
            except Refusal as refusal:
                foreign.append(BadTurn(index=index, detail=refusal.detail))
        return own, foreign

    def sign(self, token: Token | None, decision: Decision) -> Decision:
        """Return a decision with the proof that it was made here, if the token needs one."""
        if token is None or token.home is None or decision.rewrite_id is None:
            return decision
        return msgspec.structs.replace(decision, proof=prove(decision.applied, token.home, self._key()))

    def check_stored(self, token: Token | None, turn_id: str) -> None:
        """Check that the token may send feedback on a turn; one that is not stored yet may be anybody's.

        Raises:
            Refusal: 403 where the turn is stored and of another home, or of a user that the token does not speak for.
        """
        stored = None if token is None or token.home is None else self._store.turn(turn_id)
        if stored is None or token is None:
            return
        if stored.home is None and not stored.user_id:
            raise _foreign(f"this token speaks for the home {token.home!r}, and the turn {turn_id!r} is of no home")
        self.turn(token, stored)

    def _proven(self, token: Token | None, turn: Turn) -> Turn:
        return turn if token is None or token.home is None else with_proven_rewrite(turn, token.home, self._key())

    def _key(self) -> bytes:
        if self._proof_key is None:
            self._proof_key = self._store.user_key()
        return self._proof_key

    def _is_of_home(self, user_id: str, home: str, *, known: bool) -> bool:
        now = self._clock()
        if self._checked.get((home, user_id), now) > now:
            return True
        is_own = self._store.claim_user(user_id, home, known=known) == home
        if is_own:
            if len(self._checked) >= _CACHE_SIZE:
                self._checked.clear()
            self._checked[home, user_id] = now + _CACHE_SECONDS
        return is_own


def _foreign(detail: str) -> Refusal:
    return Refusal(403, detail, type=FOREIGN_USER)
