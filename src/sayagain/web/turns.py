"""Endpoints for turns: decide on a request, store turns, store feedback."""

import time
import uuid
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from sayagain.assistants.agent_phrases import agent_phrases
from sayagain.assistants.remote import FOREIGN_USER
from sayagain.errors import TurnError
from sayagain.formats import turn_from_record
from sayagain.languages import yes_or_no
from sayagain.runtime import Decision, Proposal
from sayagain.turns import FeedbackReport, Turn
from sayagain.web.endpoint import Asked, Parameter, decoded, endpoint
from sayagain.web.problem import BadTurn, Refusal

__all__ = ["TURNS", "FeedbackAnswer", "FeedbackBody", "PendingTurn", "StorageAnswer", "TurnDecision"]

_encode = msgspec.json.Encoder().encode


class TurnDecision(Decision, frozen=True, kw_only=True):
    """A decision with the id of its turn."""

    turn_id: str
    """Id of the request, or a new one; store the turn under it."""
    confirmation: str | msgspec.UnsetType = msgspec.UNSET
    """What to ask the user before `ask` is passed on, in the language of the request; missing without `ask`."""
    answer: Literal["yes", "no"] | msgspec.UnsetType = msgspec.UNSET
    """What the request says to the question of the caller; then nothing is decided, and `reply` answers a no."""


class PendingTurn(Turn, frozen=True, kw_only=True, omit_defaults=True):
    """A turn before its answer: a `Turn` whose id and start may be missing."""

    turn_id: str = ""
    """Id of the turn; a new one when missing."""
    started: int = 0
    """Start in milliseconds since 1970; now when missing."""
    proposal: Proposal | None = None
    """What the caller, who knows the assistant, would do where nothing taught or learnt applies."""


class StorageAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Counts of the turns sent; all but those in `bad` are on disk."""

    new: int
    """Turns stored now."""
    known: int
    """Turns whose id was stored before; the stored turn is kept."""
    bad: tuple[BadTurn, ...] = ()
    """Records that were not stored: they are not turns, or the token does not speak for their users."""


class FeedbackBody(FeedbackReport, frozen=True, kw_only=True, omit_defaults=True):
    """A user's feedback on a turn."""

    turn_id: str
    """Id of the turn, which may be stored later."""


class FeedbackAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Confirmation that feedback is on disk."""

    new: bool
    """False when the same feedback was stored before."""


_CONVERSATION = (
    Parameter(
        name="converse",
        type=bool,
        about="The caller answers with `reply` where there is one, so that people can teach; needs `teach`.",
        default=False,
    ),
    Parameter(name="steps", type=bool, about="The caller passes `steps` on, one after the other.", default=False),
    Parameter(
        name="asked",
        type=bool,
        about="A `confirmation` waits: a yes or no is told as `answer`, and is no request.",
        default=False,
    ),
)


@endpoint(
    "POST", "/v1/rewrite", "rewrite", scope="rewrite", body=PendingTurn, answer=TurnDecision, parameters=_CONVERSATION
)
async def rewrite(asked: Asked) -> bytes | TurnDecision:
    """Decide on one request: the words to pass on to the assistant."""
    record = decoded(asked, dict[str, Any])
    try:
        proposal = msgspec.convert(record.pop("proposal", None), Proposal | None)
    except msgspec.ValidationError as error:
        raise Refusal(422, f"the body: `proposal` is no proposal: {error}") from None
    if not record.get("turn_id"):
        record["turn_id"] = uuid.uuid4().hex
    if not record.get("started"):
        record["started"] = time.time_ns() // 1_000_000
    try:
        turn = turn_from_record(record)
    except TurnError as error:
        raise Refusal(422, f"the body is not a turn: {error}") from None
    if asked.token is not None and asked.token.home is not None:
        turn = await asked.service.write(asked.service.speakers.turn, asked.token, turn)
    answer = yes_or_no(turn.heard, turn.language) if asked.given["asked"] else None
    if answer is not None:
        return _answered(turn, answer)
    # Whoever may not teach over HTTP may not do so in conversation.
    converses = asked.given["converse"] and (asked.token is None or "teach" in asked.token.scopes)
    decision = await asked.service.rewrite(
        turn, asked.headers, converses=converses, takes_steps=asked.given["steps"], proposal=proposal
    )
    decision = asked.service.speakers.sign(asked.token, decision)
    # The fields of `TurnDecision`, without the cost of making one.
    head = b'{"turn_id":' + _encode(turn.turn_id)
    if decision.ask is not None:
        head += b',"confirmation":' + _encode(agent_phrases(turn.language).question.format(decision.ask))
    return head + b"," + _encode(decision)[1:]


@endpoint("POST", "/v1/turns", "turns", scope="observe", body=Turn | list[Turn], answer=StorageAnswer)
async def store_turns(asked: Asked) -> StorageAnswer:
    """Store one turn or a list of turns; each id is stored once."""
    records = decoded(asked, dict[str, Any] | list[Any])
    single = isinstance(records, dict)
    turns, bad = _split([records] if single else records)
    foreign: list[BadTurn] = []
    if turns and asked.token is not None and asked.token.home is not None:
        turns, foreign = await asked.service.write(asked.service.speakers.turns, asked.token, turns)
    asked.service.metrics.turns("bad", len(bad) + len(foreign))
    if bad and single:
        raise Refusal(422, f"the body is not a turn: {bad[0].detail}")
    if foreign and not turns:
        raise Refusal(403, foreign[0].detail, bad=() if single else [*bad, *foreign], type=FOREIGN_USER)
    if bad and not turns:
        raise Refusal(422, "none of the records is a turn", bad=bad)
    bad = sorted([*bad, *foreign], key=lambda record: record.index)
    added = await asked.service.observe(list(turns.values()), asked.headers)
    return StorageAnswer(new=added.new, known=added.known, bad=tuple(bad))


@endpoint("POST", "/v1/feedback", "feedback", scope="observe", body=FeedbackBody, answer=FeedbackAnswer)
async def store_feedback(asked: Asked) -> FeedbackAnswer:
    """Store a user's explicit feedback on a turn."""
    feedback: FeedbackBody = decoded(asked, FeedbackBody)
    if not feedback.turn_id.strip():
        raise Refusal(422, "the body: `turn_id` is empty; expected the id of a turn")
    await asked.service.write(asked.service.speakers.check_stored, asked.token, feedback.turn_id)
    report = FeedbackReport(kind=feedback.kind, value=feedback.value, text=feedback.text, at=feedback.at)
    try:
        new = await asked.service.write(asked.service.learner.feedback, feedback.turn_id, report)
    except TurnError as error:
        raise Refusal(422, str(error)) from None
    return FeedbackAnswer(new=new)


def _answered(turn: Turn, answer: Literal["yes", "no"]) -> TurnDecision:
    return TurnDecision(
        turn_id=turn.turn_id,
        heard=turn.heard,
        text=turn.heard,
        answer=answer,
        reply=agent_phrases(turn.language).all_right if answer == "no" else None,
        why="it answers the question that the caller asked",
    )


def _split(records: Iterable[object]) -> tuple[dict[int, Turn], list[BadTurn]]:
    """Return the turns among the records by their places, and the others with the reason."""
    turns: dict[int, Turn] = {}
    bad: list[BadTurn] = []
    for index, record in enumerate(records):
        try:
            turns[index] = turn_from_record(record)
        except TurnError as error:
            bad.append(BadTurn(index=index, detail=str(error)))
    return turns, bad


TURNS = (rewrite, store_turns, store_feedback)
"""The endpoints that an assistant calls."""
