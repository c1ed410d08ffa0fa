"""Questions that wait for the user's yes, for a minute, at the place where they were asked."""

import re
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from sayagain.runtime import Decision
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["Confirmation", "Confirmations", "reply"]

LIFETIME = 60_000
"""Lifetime of a question, in milliseconds."""

# fmt: off
_YES = {"yes", "yeah", "yep", "yup", "sure", "ok", "okay", "right", "correct", "exactly", "please", "do it", "go ahead",
        "that is right", "thats right", "of course",
        "ja", "jawohl", "genau", "oui", "si", "sí", "sì", "sim", "tak", "jo", "ano", "da"}
_NO = {"no", "nope", "nah", "never mind", "nevermind", "cancel", "stop", "do not", "dont", "no thanks", "no thank you",
       "forget it", "wrong", "not that",
       "nein", "nee", "non", "não", "nie", "nej", "nei", "ne", "abbrechen"}
# fmt: on
_FILLER = re.compile(r"^(?:oh|uh|um|well)\s+|\s+(?:please|thanks|thank you|bitte|merci)$")


def reply(text: str) -> Literal["yes", "no"] | None:
    """Return whether words answer a question with yes or no; None for anything else.

    >>> reply("Yes, please."), reply("no"), reply("no, the kitchen lights")
    ('yes', 'no', None)
    """
    words = normalise(text).replace("'", "")
    without_filler = _FILLER.sub("", words)
    # "yes yes", "no no no"
    repeated_word = without_filler.split()[0] if len(set(without_filler.split())) == 1 else without_filler
    for candidate in (words, without_filler, repeated_word):
        if candidate in _YES or (candidate.split()[:1] == ["yes"] and " ".join(candidate.split()[1:]) in _YES):
            return "yes"
        if candidate in _NO or (candidate.split()[:1] == ["no"] and " ".join(candidate.split()[1:]) in _NO):
            return "no"
    return None


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
