"""Evaluations for OpenTelemetry: the judgement of each turn, as a log record linked to the span that answered it.

See https://github.com/open-telemetry/semantic-conventions-genai, event `gen_ai.evaluation.result`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

import msgspec

import sayagain
from sayagain.assistants.json_values import as_mapping
from sayagain.labels import UNKNOWN, Judgement
from sayagain.turns import Turn

__all__ = ["EVENT", "METRIC", "documents", "evaluation"]

EVENT = "gen_ai.evaluation.result"
"""Name of the event."""

METRIC = "sayagain.defect"
"""Name of the metric: the probability that the turn failed; its label is `pass` or `fail`."""

_DOCUMENT_SIZE = 1_000
"""Largest number of records in one document, which a receiver loads whole."""

_SEVERITY_INFO = 9
"""OpenTelemetry's severity number of INFO."""

_TRACE_ID, _SPAN_ID = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{16}")


def evaluation(turn: Turn, judgement: Judgement) -> dict[str, Any] | None:
    """Return the log record of one judgement; None for a turn without a span or response to link to.

    Args:
        turn: the turn; its `raw` holds `trace_id` and `span_id`, or `response_id`, as the proxy and the reader of
            traces write them.
        judgement: the judgement of the turn.

    >>> turn = Turn(turn_id="t", started=1_795_517_387_907, request="lamp of", raw={"response_id": "chatcmpl-1"})
    >>> record = evaluation(turn, Judgement(turn_id="t", p_defect=0.9, defect=True))
    >>> record["eventName"], record["timeUnixNano"]
    ('gen_ai.evaluation.result', '1795517387907000000')
    >>> evaluation(Turn(turn_id="t", started=0, request="lamp of"), Judgement(turn_id="t", p_defect=0.9, defect=True))
    """
    raw = as_mapping(turn.raw)
    trace_id, span_id, response_id = (raw.get(name) for name in ("trace_id", "span_id", "response_id"))
    has_span = _is_id(trace_id, _TRACE_ID) and _is_id(span_id, _SPAN_ID)
    has_response = isinstance(response_id, str) and bool(response_id)
    if not has_span and not has_response:
        return None
    attributes: dict[str, str | float | None] = {
        "gen_ai.evaluation.name": METRIC,
        "gen_ai.evaluation.score.value": float(judgement.p_defect),
        "gen_ai.evaluation.score.label": "fail" if judgement.defect else "pass",
        "gen_ai.evaluation.explanation": _explanation(turn, judgement),
        "gen_ai.response.id": response_id if has_response else None,
        "gen_ai.conversation.id": turn.conversation_id,
        "sayagain.turn_id": turn.turn_id,
    }
    record: dict[str, Any] = {
        "timeUnixNano": str(turn.started * 1_000_000),
        "severityNumber": _SEVERITY_INFO,
        "eventName": EVENT,
        "attributes": [_attribute(key, value) for key, value in attributes.items() if value is not None],
    }
    return {**record, "traceId": trace_id, "spanId": span_id} if has_span else record


def documents(records: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield log records as documents of OTLP/JSON, one a line, as a collector's OTLP/JSON file receiver reads them.

    >>> [line[:16] for line in documents([{"eventName": "a"}])]
    [b'{"resourceLogs":']
    """
    source = iter(records)
    resource = {"attributes": [_attribute("service.name", "sayagain")]}
    scope = {"name": "sayagain", "version": sayagain.__version__}
    while batch := list(islice(source, _DOCUMENT_SIZE)):
        logs = [{"scope": scope, "logRecords": batch}]
        yield msgspec.json.encode({"resourceLogs": [{"resource": resource, "scopeLogs": logs}]}) + b"\n"


def _attribute(key: str, value: str | float) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue" if isinstance(value, str) else "doubleValue": value}}


def _explanation(turn: Turn, judgement: Judgement) -> str:
    """Return the reasons for the judgement, in plain words."""
    parts = [f"{judgement.p_defect:.0%} sure that it failed"]
    if turn.complained and turn.response is not None and turn.response.error_code:
        parts.append(f"the answer was an error ({turn.response.error_code})")
    label = judgement.label
    if label is not None and label.words is not None:
        parts.append(f"what was meant is “{label.words}” ({label.provenance}, {label.probability:.0%} sure)")
    elif label is not None and label.hypothesis != UNKNOWN and label.hypothesis.key == turn.understood.key:
        parts.append(f"what followed supports it ({label.provenance}, {label.probability:.0%} sure)")
    elif label is not None:
        parts.append(f"what was meant is unknown ({label.provenance})")
    else:
        parts.append("no later turn shows what was meant")
    return "; ".join(parts)


def _is_id(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None and set(value) != {"0"}
