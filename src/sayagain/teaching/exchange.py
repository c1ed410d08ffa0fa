"""The teaching exchange as a state machine: a lesson is proposed, confirmed with a yes, and only then kept.

It has two states: nothing waits, or one question waits at a place. Each request takes the question away, whatever it
is; only another lesson asks a new one. So no input can block it, and a yes counts for the very next request alone.
"""

import json
from collections.abc import Callable
from typing import Literal

import msgspec

from sayagain.teaching.gap import Gap
from sayagain.teaching.preference_request import PreferenceRequest
from sayagain.teaching.taught import Taught
from sayagain.teaching.teaching_request import TeachingRequest
from sayagain.turns import Turn

__all__ = ["EXCHANGE_LIFETIME", "Exchange", "ExchangeStep", "Refusal", "exchange_place", "next_step"]

EXCHANGE_LIFETIME = 60_000
"""Lifetime of a question, in milliseconds."""


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A question that waits: for a yes to a lesson that was proposed, or for a preference."""

    place: str
    """Where the question was asked, by `exchange_place`."""
    opened: int
    """When it was asked, in milliseconds since 1970."""
    expires: int
    """When it counts no longer, likewise."""
    lesson: Taught | None = None
    """What is kept after a yes; its source is what was said so far. None where something else is asked for."""
    asks: str | None = None
    """The domain whose preference is asked for."""
    gap: Gap | None = None
    """The words whose meaning is asked for."""
    said: str | None = None
    """The request that they were said in."""
    speaker: str | None = None
    """The user who is asked for it, where known."""
    interview: tuple[str, ...] | None = None
    """The domains that are asked about next; None where the question is no part of an interview."""

    @property
    def user_id(self) -> str | None:
        """Whose exchange it is, where known."""
        return self.speaker if self.lesson is None else self.lesson.user_id

    def is_open(self, now: int) -> bool:
        """Return whether it still waits at a time."""
        return self.opened <= now <= self.expires


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Why a lesson cannot be kept."""

    kind: Literal["unknown", "circular", "refused"]
    """`unknown`: the assistant cannot do it; `circular`: it leads back to its phrase; `refused`: another reason."""
    phrase: str
    """The phrase."""
    means: str
    """The meaning."""
    why: str
    """The reason in plain words."""


class ExchangeStep(msgspec.Struct, frozen=True, kw_only=True):
    """What to do with one request."""

    kind: Literal["pass", "ask", "store", "decline", "refuse", "forget", "list", "preferences"]
    """`pass`: it is no part of teaching; `ask`: ask for a yes; `store`: keep the lesson; `decline`: keep nothing;
    `refuse`: say why not; `forget`, `list`: as in `TeachingRequest`; `preferences`: do what a `PreferenceRequest`
    asks for."""
    lesson: Taught | None = None
    """The lesson to ask about, to keep, or that was declined."""
    refusal: Refusal | None = None
    """Why it is refused."""


def exchange_place(turn: Turn) -> str | None:
    """Return where a question of this turn is asked and answered; None where nobody can tell who answers.

    >>> exchange_place(Turn(turn_id="t", started=0, request="yes")) is None
    True
    """
    where = turn.satellite_id or turn.device_id or turn.session_id or turn.conversation_id
    if where is None and not turn.user_id:
        return None
    return json.dumps([turn.home, turn.user_id, where])


def next_step(
    pending: Exchange | None,
    request: TeachingRequest | PreferenceRequest | None,
    answer: Literal["yes", "no"] | None,
    now: int,
    propose: Callable[[TeachingRequest | PreferenceRequest], Taught | Refusal | None],
) -> ExchangeStep:
    """Return what to do with one request; the question that was pending is over in any case.

    Args:
        pending: the question at this place.
        request: what the request teaches, if anything.
        answer: whether the request is a whole answer of yes or no.
        now: in milliseconds since 1970.
        propose: returns the lesson that a request teaches, why it cannot be kept, or None for one that is no lesson
            after all.

    >>> lesson = Taught(user_id="u", phrase="study mode", means="dim the lamp", at=0)
    >>> pending = Exchange(place="p", opened=0, expires=EXCHANGE_LIFETIME, lesson=lesson)
    >>> next_step(pending, None, "yes", 1, lambda request: None).kind
    'store'
    >>> next_step(pending, None, "yes", EXCHANGE_LIFETIME + 1, lambda request: None).kind
    'pass'
    """
    if request is not None and request.kind in {"lesson", "state"}:
        proposed = propose(request)
        if isinstance(proposed, Taught):
            return ExchangeStep(kind="ask", lesson=proposed)
        if isinstance(proposed, Refusal):
            return ExchangeStep(kind="refuse", refusal=proposed)
    elif isinstance(request, PreferenceRequest):
        return ExchangeStep(kind="preferences")
    elif request is not None:
        return ExchangeStep(kind="forget" if request.kind == "forget" else "list")
    is_answer = pending is not None and pending.is_open(now) and answer is not None
    if pending is None or not is_answer or (pending.lesson is None and (pending.gap is None or answer == "yes")):
        return ExchangeStep(kind="pass")
    return ExchangeStep(kind="store" if answer == "yes" else "decline", lesson=pending.lesson)
