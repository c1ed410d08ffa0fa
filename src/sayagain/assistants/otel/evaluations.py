"""Evaluations for OpenTelemetry: what learning made of each turn, as log records beside the span that answered it.

See https://github.com/open-telemetry/semantic-conventions-genai, event `gen_ai.evaluation.result`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

import sayagain
from sayagain.labels import UNKNOWN, Judgement
from sayagain.turns import Turn

__all__ = ["EVENT", "METRIC", "documents", "evaluation"]

EVENT = "gen_ai.evaluation.result"
"""The name of the event."""

METRIC = "sayagain.defect"
"""The name of what is measured: the probability that the turn failed; its label is `pass` or `fail`."""

_A_DOCUMENT = 1_000
"""Records in one document, so that whoever receives it need not take in all at once."""

_INFO = 9
"""Severity, as OpenTelemetry numbers it."""

_TRACE, _SPAN = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")


def evaluation(turn: Turn, judgement: Judgement) -> dict[str, Any] | None:
    """Return the log record of one judgement; None for a turn with neither a span nor a response to link it to.

    Args:
        turn: what was judged; its `raw` holds `trace_id` and `span_id`, or `response_id`, as the proxy and the reader
            of traces leave them there.
        judgement: what learning made of it.

    >>> turn = Turn(turn_id="t", started=1_795_517_387_907, request="lamp of", raw={"response_id": "chatcmpl-1"})
    >>> record = evaluation(turn, Judgement(turn_id="t", p_defect=0.9, defect=True))
    >>> record["eventName"], record["timeUnixNano"]
    ('gen_ai.evaluation.result', '1795517387907000000')
    >>> evaluation(Turn(turn_id="t", started=0, request="lamp of"), Judgement(turn_id="t", p_defect=0.9, defect=True))
    """
    raw = turn.raw if isinstance(turn.raw, Mapping) else {}
    trace, span, response = (raw.get(name) for name in ("trace_id", "span_id", "response_id"))
    spanned = _is(trace, _TRACE) and _is(span, _SPAN)
    answered = isinstance(response, str) and bool(response)
    if not spanned and not answered:
        return None
    told: dict[str, str | float | None] = {
        "gen_ai.evaluation.name": METRIC,
        "gen_ai.evaluation.score.value": float(judgement.p_defect),
        "gen_ai.evaluation.score.label": "fail" if judgement.defect else "pass",
        "gen_ai.evaluation.explanation": _explanation(turn, judgement),
        "gen_ai.response.id": response if answered else None,
        "gen_ai.conversation.id": turn.conversation_id,
        "sayagain.turn_id": turn.turn_id,
    }
    record: dict[str, Any] = {
        "timeUnixNano": str(turn.started * 1_000_000),
        "severityNumber": _INFO,
        "eventName": EVENT,
        "attributes": [_attribute(key, value) for key, value in told.items() if value is not None],
    }
    return {**record, "traceId": trace, "spanId": span} if spanned else record


def documents(records: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Write log records as documents of OTLP/JSON, one a line; a collector's OTLP/JSON file receiver reads them.

    >>> [line[:16] for line in documents([{"eventName": "a"}])]
    [b'{"resourceLogs":']
    """
    source = iter(records)
    resource = {"attributes": [_attribute("service.name", "sayagain")]}
    scope = {"name": "sayagain", "version": sayagain.__version__}
    while batch := list(islice(source, _A_DOCUMENT)):
        logs = [{"scope": scope, "logRecords": batch}]
        yield msgspec.json.encode({"resourceLogs": [{"resource": resource, "scopeLogs": logs}]}) + b"\n"


def _attribute(key: str, value: str | float) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue" if isinstance(value, str) else "doubleValue": value}}


def _explanation(turn: Turn, judgement: Judgement) -> str:
    """In plain words, what speaks for the judgement."""
    parts = [f"{judgement.p_defect:.0%} sure that it failed"]
    if turn.complained and turn.response is not None and turn.response.error_code:
        parts.append(f"the answer was an error ({turn.response.error_code})")
    label = judgement.label
    if label is not None and label.words is not None:
        parts.append(f"what was meant is “{label.words}” ({label.provenance}, {label.probability:.0%} sure)")
    elif label is not None and label.reading != UNKNOWN and label.reading.key == turn.understood.key:
        parts.append(f"what followed supports it ({label.provenance}, {label.probability:.0%} sure)")
    elif label is not None:
        parts.append(f"what was meant cannot be told ({label.provenance})")
    else:
        parts.append("nothing that followed tells")
    return "; ".join(parts)


def _is(value: object, form: re.Pattern[str]) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None and set(value) != {"0"}
