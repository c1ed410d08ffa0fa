"""OpenTelemetry as an assistant: GenAI spans and events become turns of the LLM agent that they tell of."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.assistant import Event
from sayagain.assistants.bad_event import bad_event
from sayagain.assistants.otel.otlp import parse_document
from sayagain.assistants.otel.trace import Trace
from sayagain.errors import TurnError
from sayagain.formats import BadRecord, encode_turn
from sayagain.turns import Turn

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["OpenTelemetry"]

_SILENT = "no message of the user is recorded here; set OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT to span_only"


class OpenTelemetry:
    """An LLM agent's telemetry: documents of OTLP/JSON with spans and log records of the GenAI conventions.

    >>> said = '[{"role": "user", "parts": [{"type": "text", "content": "lamp on"}]}]'
    >>> attributes = {"gen_ai.operation.name": "chat", "gen_ai.input.messages": said}
    >>> span = {"traceId": "ab" * 16, "spanId": "cd" * 8, "startTimeUnixNano": "1795517387907742507"}
    >>> span["attributes"] = [{"key": key, "value": {"stringValue": value}} for key, value in attributes.items()]
    >>> document = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    >>> [turn.request for turn in OpenTelemetry().turns([document], "traces.jsonl")]
    ['lamp on']
    """

    name = "otel"
    """What stands in `Turn.assistant`."""

    def turns(self, events: Iterable[Event], source: str) -> Iterator[Turn | BadRecord]:
        """Gather documents into turns, in the order in which their traces begin to be told of.

        A span is exported when it ends, inner ones before those around them, and an event may stand in another
        file, so nothing tells that a trace is complete: the turns are given at the end.

        Args:
            events: the documents, one or several spans or log records each.
            source: names the log in a `BadRecord`.
        """
        traces: dict[str, Trace] = {}
        for line, document in enumerate(events, start=1):
            for each in parse_document(document):
                if isinstance(each, TurnError):
                    yield bad_event(source, line, each, document)
                else:
                    traces.setdefault(each.trace_id, Trace(each.trace_id)).take(each, line)
        for trace in traces.values():
            for line, turn in trace.turns():
                try:
                    # Refused here rather than by the store, which would refuse the whole log.
                    encode_turn(turn)
                except TurnError as error:
                    yield bad_event(source, line, error)
                else:
                    yield turn
            for line in trace.silent():
                yield BadRecord(source, line, _SILENT, b"")

    def export(self, examples: Sequence["Example"]) -> dict[str, bytes]:  # noqa: ARG002  (the same for all)
        """Return nothing: an LLM agent learns from no file; `evaluations` tells its watchers what went wrong."""
        return {}
