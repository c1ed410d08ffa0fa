"""Questions that wait for the user's yes, for a minute, at the place where they were asked."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Question", "Questions"]

_LIFETIME = 60.0
"""Lifetime of a question, in seconds."""


@dataclass(frozen=True)
class Question:
    """A question that waits for an answer."""

    turn: dict[str, Any]
    """The turn whose response is the question."""
    decision: dict[str, Any]
    """The decision on that turn; its `ask` holds the words to confirm."""


class Questions:
    """The questions that wait, one for each place.

    Args:
        unanswered: called with each question that nobody answered.
        lifetime: lifetime of a question, in seconds.
    """

    def __init__(self, unanswered: Callable[[Question], None], lifetime: float = _LIFETIME) -> None:
        """Start with none."""
        self._unanswered = unanswered
        self._lifetime = lifetime
        self._waiting: dict[str, tuple[Question, asyncio.TimerHandle]] = {}

    def ask(self, place: str, question: Question) -> None:
        """Keep a question; an earlier one at the same place stays unanswered."""
        self.drop(place)
        timer = asyncio.get_running_loop().call_later(self._lifetime, self.drop, place)
        self._waiting[place] = question, timer

    def take(self, place: str) -> Question | None:
        """Remove and return the question at a place: only the next request can answer it."""
        question, timer = self._waiting.pop(place, (None, None))
        if timer is not None:
            timer.cancel()
        return question

    def drop(self, place: str) -> None:
        """Remove the question at a place, unanswered."""
        question = self.take(place)
        if question is not None:
            self._unanswered(question)

    def drop_all(self) -> None:
        """Remove every question, unanswered."""
        for place in list(self._waiting):
            self.drop(place)
