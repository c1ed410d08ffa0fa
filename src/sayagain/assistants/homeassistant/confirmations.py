"""Questions that wait for the user's yes, for a minute, at the place where they were asked."""

import time
from collections.abc import Callable
from typing import Literal

import msgspec

from sayagain.languages import DEFAULT, language_answers, language_of, language_pack
from sayagain.runtime import Decision
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["Confirmation", "Confirmations", "reply"]

_Phrases = tuple[tuple[str, ...], ...]

LIFETIME = 60_000
"""Lifetime of a question, in milliseconds."""

LONGEST = 8
"""Words of the longest answer; more are a request."""


def reply(text: str, language: str | None = None) -> Literal["yes", "no"] | None:
    """Return whether words answer a question with yes or no; None for anything else.

    Args:
        text: the words.
        language: that they are in (BCP 47). Where it is not known, or knows none of the words, they count if all
            languages that know them agree; English decides where they do not.

    >>> reply("Yes, please."), reply("no"), reply("no, the kitchen lights")
    ('yes', 'no', None)
    >>> reply("no dobrze", "pl"), reply("nein danke", "de-AT")
    ('yes', 'no')
    """
    words = tuple(normalise(text).replace("'", "").split())
    if not 0 < len(words) <= LONGEST:
        return None
    code = language_of(language)
    said = _said(words, code) if code is not None else None
    pack = language_pack(code) if code is not None else None
    if said is not None or (pack is not None and not pack.common.isdisjoint(words)):
        return said
    told = {each for other in language_answers() if (each := _said(words, other)) is not None}
    return told.pop() if len(told) == 1 else _said(words, DEFAULT)


def _said(words: tuple[str, ...], code: str) -> Literal["yes", "no"] | None:
    known = language_answers().get(code)
    if known is None:
        return None
    if _made_of(words, known.yes, known.around):
        return "yes"
    return "no" if _made_of(words, known.no, known.around) else None


def _made_of(words: tuple[str, ...], phrases: _Phrases, around: _Phrases) -> bool:
    """Whether words are nothing but some of the phrases, one at least, and what may stand around them."""
    # For each number of words from the beginning: whether they are such words, and whether a phrase is among them.
    reached: list[set[bool]] = [{False}, *(set[bool]() for _ in words)]
    for at in range(len(words)):
        for known, answers in ((phrases, True), (around, False)):
            for phrase in known:
                if reached[at] and words[at : at + len(phrase)] == phrase:
                    reached[at + len(phrase)] |= {before or answers for before in reached[at]}
    return True in reached[-1]


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
