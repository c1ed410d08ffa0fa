"""Endpoints on the way of a request: decide, take in turns, take in feedback."""

import time
import uuid
from collections.abc import Iterable
from typing import Any

import msgspec

from sayagain.errors import TurnError
from sayagain.formats import turn_from_record
from sayagain.runtime import Decision
from sayagain.turns import FeedbackReport, Turn
from sayagain.web.endpoint import Asked, Endpoint, decoded
from sayagain.web.problem import BadTurn, Refusal

__all__ = ["DECIDING", "Decided", "FeedbackTaken", "GivenFeedback", "PendingTurn", "Stored"]

_encode = msgspec.json.Encoder().encode


class Decided(Decision, frozen=True, kw_only=True):
    """A decision, and the id of its turn."""

    turn_id: str
    """As it was given, or a new one; the turn is to be handed on under it."""


class PendingTurn(Turn, frozen=True, kw_only=True, omit_defaults=True):
    """A turn under way: as a `Turn`, but its id and its start may be missing."""

    turn_id: str = ""
    """A new one is made when it is missing."""
    started: int = 0
    """Now, when it is missing."""


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of turns; those that are not named in `bad` are on disk."""

    new: int
    """Turns stored now."""
    known: int
    """Turns whose id was there before; the first stays, whatever the second says."""
    bad: tuple[BadTurn, ...] = ()
    """Those that are none and were not stored; the others were."""


class GivenFeedback(FeedbackReport, frozen=True, kw_only=True, omit_defaults=True):
    """What a user reported of a turn."""

    turn_id: str
    """The turn, whether it was handed on already or comes later."""


class FeedbackTaken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of feedback; it is on disk."""

    new: bool
    """False when the same was reported before."""


async def rewrite(asked: Asked) -> bytes:
    """Decide what to pass on for one request."""
    record = decoded(asked, dict[str, Any])
    if not record.get("turn_id"):
        record["turn_id"] = uuid.uuid4().hex
    if not record.get("started"):
        record["started"] = time.time_ns() // 1_000_000
    try:
        turn = turn_from_record(record)
    except TurnError as error:
        raise Refusal(422, f"the body is no turn: {error}") from None
    decision = await asked.service.rewrite(turn, asked.headers)
    # The fields of `Decided`, without making one.
    return b'{"turn_id":' + _encode(turn.turn_id) + b"," + _encode(decision)[1:]


async def store_turns(asked: Asked) -> Stored:
    """Store turns."""
    records = decoded(asked, dict[str, Any] | list[Any])
    single = isinstance(records, dict)
    good, bad = _sorted_out([records] if single else records)
    asked.service.metrics.turns("bad", len(bad))
    if bad and single:
        raise Refusal(422, f"the body is no turn: {bad[0].detail}")
    if bad and not good:
        raise Refusal(422, "none of the turns can be stored", bad=bad)
    added = await asked.service.observe(good, asked.headers)
    return Stored(new=added.new, known=added.known, bad=tuple(bad))


async def take_feedback(asked: Asked) -> FeedbackTaken:
    """Keep what a user reported of a turn."""
    given: GivenFeedback = decoded(asked, GivenFeedback)
    if not given.turn_id.strip():
        raise Refusal(422, "the body: `turn_id` is empty; expected the id of a turn")
    report = FeedbackReport(kind=given.kind, value=given.value, text=given.text, at=given.at)
    try:
        new = await asked.service.write(asked.service.learner.feedback, given.turn_id, report)
    except TurnError as error:
        raise Refusal(422, str(error)) from None
    return FeedbackTaken(new=new)


def _sorted_out(records: Iterable[object]) -> tuple[list[Turn], list[BadTurn]]:
    good: list[Turn] = []
    bad: list[BadTurn] = []
    for index, record in enumerate(records):
        try:
            good.append(turn_from_record(record))
        except TurnError as error:
            bad.append(BadTurn(index=index, detail=str(error)))
    return good, bad


DECIDING = (
    Endpoint(
        method="POST",
        path="/v1/rewrite",
        name="rewrite",
        about="Decide what to pass on for one request.",
        scope="rewrite",
        body=PendingTurn,
        answer=Decided,
        call=rewrite,
    ),
    Endpoint(
        method="POST",
        path="/v1/turns",
        name="turns",
        about="Store a turn, or a list of them; sent again, they are stored once.",
        scope="observe",
        body=Turn | list[Turn],
        answer=Stored,
        call=store_turns,
    ),
    Endpoint(
        method="POST",
        path="/v1/feedback",
        name="feedback",
        about="Keep what a user reported of a turn on purpose.",
        scope="observe",
        body=GivenFeedback,
        answer=FeedbackTaken,
        call=take_feedback,
    ),
)
"""What an assistant asks."""
