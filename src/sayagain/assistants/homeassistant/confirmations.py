"""Questions that wait for the user's yes, for a minute, at the place where they were asked."""

import time
from collections.abc import Callable

import msgspec

from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["Confirmation", "Confirmations"]

LIFETIME = 60_000
"""Lifetime of a question, in milliseconds."""


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """A question that waits for an answer."""

    turn: Turn
    """The turn whose response is the question."""
    decision: Decision
    """The decision on that turn; its `ask` holds the words to confirm."""
    expires_at: int
    """Time of expiry on the clock of `Confirmations`, in milliseconds."""


class Confirmations:
    """The questions that wait, one for each device or conversation.

    Args:
        clock: monotonic clock, in milliseconds.
        lifetime: lifetime of a question, in milliseconds.
    """

    def __init__(
        self, *, clock: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000, lifetime: int = LIFETIME
    ) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._confirmations: dict[str, Confirmation] = {}

    def ask(self, place: str, turn: Turn, decision: Decision) -> None:
        """Store a question; it replaces an earlier one at the same place."""
        now = self._clock()
        self._confirmations = {
            key: confirmation for key, confirmation in self._confirmations.items() if confirmation.expires_at > now
        }
        self._confirmations[place] = Confirmation(turn=turn, decision=decision, expires_at=now + self._lifetime)

    def take(self, place: str) -> Confirmation | None:
        """Remove and return the question at a place: only the next request can answer it."""
        confirmation = self._confirmations.pop(place, None)
        return confirmation if confirmation is not None and confirmation.expires_at > self._clock() else None
