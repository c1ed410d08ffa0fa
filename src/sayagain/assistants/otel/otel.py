"""OpenTelemetry as an assistant: GenAI spans and events become turns of the LLM agent that they describe."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.assistant import Event
from sayagain.assistants.bad_event import bad_event, checked_turn
from sayagain.assistants.otel.otlp import parse_document
from sayagain.assistants.otel.trace import Trace
from sayagain.errors import TurnError
from sayagain.formats import BadRecord
from sayagain.turns import Turn

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["OpenTelemetry"]

_NO_MESSAGES = (
    "the span records no messages; have the agent record them (OpenTelemetry's instrumentation: "
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=span_only; OpenLLMetry: TRACELOOP_TRACE_CONTENT=true; "
    "OpenInference: OPENINFERENCE_HIDE_INPUTS=false)"
)

_NO_CALLS = "no span is a call of a model, by the conventions of GenAI, OpenInference, OpenLLMetry, LiveKit or Pipecat"


class OpenTelemetry:
    """Reader of an LLM agent's telemetry: documents of OTLP/JSON with spans and log records of the GenAI conventions.

    >>> said = '[{"role": "user", "parts": [{"type": "text", "content": "lamp on"}]}]'
    >>> attributes = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": said}
    >>> span = {"traceId": "ab" * 16, "spanId": "cd" * 8, "startTimeUnixNano": "1795517387907742507"}
    >>> span["attributes"] = [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]
    >>> document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    >>> [turn.request for turn in OpenTelemetry().turns([document], "traces.jsonl")]
    ['lamp on']
    """

    name = "otel"
    """Value of `Turn.assistant`."""

    def turns(self, events: Iterable[Event], source: str) -> Iterator[Turn | BadRecord]:
        """Gather documents into turns, in the order in which their traces first appear.

        A span is exported when it ends, inner spans before outer ones, and an event may be in another file, so no
        trace is known to be complete: the turns come at the end.

        Args:
            events: the documents, one or several spans or log records each.
            source: name of the log in a `BadRecord`.
        """
        traces: dict[str, Trace] = {}
        for line, document in enumerate(events, start=1):
            for record in parse_document(document):
                if isinstance(record, TurnError):
                    yield bad_event(source, line, record, document)
                else:
                    traces.setdefault(record.trace_id, Trace(record.trace_id)).take(record, line)
        has_calls = False
        for trace in traces.values():
            for line, turn in trace.turns():
                has_calls = True
                yield checked_turn(turn, source, line)
            for line in trace.lines_without_messages():
                has_calls = True
                yield BadRecord(source, line, _NO_MESSAGES, b"")
        if traces and not has_calls:
            yield BadRecord(source, 1, _NO_CALLS, b"")

    def export(self, examples: Sequence["Example"]) -> dict[str, bytes]:  # noqa: ARG002  (the same for all)
        """Return no files: an LLM agent is not trained by files; `evaluations` reports its failures instead."""
        return {}
