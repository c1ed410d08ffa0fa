"""What counts of a turn by its content alone: a kernel from distinct contents to columns."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pyarrow as pa

from sayagain.feedback import state_failure
from sayagain.guardrails import names_of
from sayagain.languages import language_of
from sayagain.rewriting.features import context_of
from sayagain.rewriting.table import transcripts
from sayagain.teaching import replace_taught, without_teaching
from sayagain.text import limit_text, normalise
from sayagain.turns import Action, AppliedRewrite, Asr, FeedbackReport, Hypothesis, Interruption, Nlu, Response, Turn

__all__ = ["CONTENT_FILES", "HEARING_FILES", "content_columns", "hearing_columns", "plain_hypothesis", "turn_of_record"]

CONTENT_FILES = {
    "names": pa.schema([("content", pa.uint64()), ("name", pa.string())]),
    "hypotheses": pa.schema([("key", pa.string()), ("hypothesis", pa.string())]),
    "contents": pa.schema(
        [
            ("content", pa.uint64()),
            ("teaching", pa.bool_()),
            ("language", pa.string()),
            ("heard", pa.string()),
            ("spoken", pa.string()),
            ("plain", pa.string()),
            ("shape", pa.string()),
            ("failed", pa.bool_()),
            ("unchanged", pa.bool_()),
            ("has_transcripts", pa.bool_()),
            ("request", pa.string()),
            ("surface", pa.string()),
            ("response", pa.string()),
            ("act_roles", pa.string()),
        ]
    ),
}
"""The files of `content_columns`."""

HEARING_FILES = {
    "transcripts": pa.schema([("hearing", pa.uint64()), ("text", pa.string()), ("weight", pa.float64())]),
}
"""The file of `hearing_columns`."""

_DECODERS = tuple(
    msgspec.json.Decoder(kind)
    for kind in (AppliedRewrite, Nlu, Response, tuple[Action, ...], Interruption, tuple[FeedbackReport, ...])
)
_PARTS = ("applied_rewrite", "nlu", "response", "actions", "interrupted", "feedback")
_encode = msgspec.json.encode


def turn_of_record(record: str, turn_id: str = "", started: int = 0) -> Turn:
    """Return the turn that a record of `log.sql` was made of, as learning reads it, without ids and times.

    Args:
        record: the parts of the turn.
        turn_id: its id.
        started: its start, in milliseconds.
    """
    language, *texts, request = record.split("\x1f", len(_PARTS) + 1)
    given: dict[str, Any] = {
        name: decoder.decode(text) for name, decoder, text in zip(_PARTS, _DECODERS, texts, strict=True) if text
    }
    return Turn(turn_id=turn_id, started=started, request=request, language=language or None, **given)


def plain_hypothesis(hypothesis: Hypothesis) -> str:
    """Return a hypothesis as JSON in one spelling: without confidence, slots in order."""
    slots = tuple(sorted(hypothesis.slots, key=lambda slot: (slot.name, str(slot.value))))
    return _encode(Hypothesis(intent=hypothesis.intent, domain=hypothesis.domain, slots=slots)).decode()


def content_columns(batch: pa.RecordBatch) -> dict[str, pa.RecordBatch]:
    """Return what counts of each content, with the names that it holds and the hypotheses of the assistant.

    Args:
        batch: columns `content` and `record`.
    """
    rows: list[dict[str, object]] = []
    names: list[dict[str, object]] = []
    hypotheses: dict[str, str] = {}
    for content, record in _pairs(batch):
        logged = turn_of_record(record)
        turn = state_failure(replace_taught(logged))
        understood = turn.understood
        if understood.key not in hypotheses:
            hypotheses[understood.key] = plain_hypothesis(understood)
        names += [
            {"content": content, "name": name}
            for name in sorted(names_of((slot.name, slot.value) for slot in understood.slots))
        ]
        applied = turn.applied_rewrite
        roles = turn.nlu.act_roles if turn.nlu is not None else {}
        rows.append(
            {
                "content": content,
                "teaching": not without_teaching([logged]),
                "language": language_of(turn.language),
                "heard": normalise(limit_text(turn.heard)),
                "spoken": normalise(turn.heard),
                "plain": understood.key,
                "shape": understood.shape,
                "failed": turn.failed and turn.trouble != "not done",
                "unchanged": applied is None or applied.layer == "leave",
                # The n-best list of a taught request holds the phrase, not its meaning.
                "has_transcripts": logged.applied_rewrite is None,
                "request": normalise(turn.request),
                "surface": turn.request,
                "response": context_of(turn),
                "act_roles": _encode(roles, order="sorted").decode() if roles else None,
            }
        )
    return {
        "names": pa.RecordBatch.from_pylist(names, CONTENT_FILES["names"]),
        "hypotheses": pa.RecordBatch.from_pylist(
            [{"key": key, "hypothesis": text} for key, text in hypotheses.items()], CONTENT_FILES["hypotheses"]
        ),
        "contents": pa.RecordBatch.from_pylist(rows, CONTENT_FILES["contents"]),
    }


def hearing_columns(batch: pa.RecordBatch) -> dict[str, pa.RecordBatch]:
    """Return the transcripts of each n-best list with their weights, as `rewriting/table.py` weighs them.

    Args:
        batch: columns `hearing` and `asr`.
    """
    asr = msgspec.json.Decoder(Asr)
    rows = []
    for hearing, text in _pairs(batch):
        recognition = asr.decode(text)
        if recognition.nbest:
            turn = Turn(turn_id="", started=0, request="", asr=recognition)
            rows += [{"hearing": hearing, "text": heard, "weight": weight} for heard, weight in transcripts(turn)]
    return {"transcripts": pa.RecordBatch.from_pylist(rows, HEARING_FILES["transcripts"])}


def _pairs(batch: pa.RecordBatch) -> Iterator[tuple[int, str]]:
    yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)
