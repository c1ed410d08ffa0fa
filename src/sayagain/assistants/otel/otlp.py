"""One document of OTLP/JSON, as exporters and collectors write it: spans and log records with plain attributes.

See https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding for the format.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec

from sayagain.assistants.json_values import as_list, as_text
from sayagain.assistants.otel.conventions import genai_attributes
from sayagain.errors import InputError, TurnError
from sayagain.formats.times import as_milliseconds

__all__ = ["DETAILS", "OtlpRecords", "parse_document"]

DETAILS = "gen_ai.client.inference.operation.details"
"""Name of the event that holds the messages of an operation if its span does not."""


class OtlpRecords(msgspec.Struct, frozen=True, kw_only=True):
    """A span, or a log record of a span."""

    trace_id: str
    """32 hexadecimal digits."""
    span_id: str
    """16 hexadecimal digits."""
    parent_id: str | None
    """Id of the parent span; None for a root span, and for a log record."""
    at: int
    """Start time, in nanoseconds since 1970."""
    span: bool
    """Whether it is a span."""
    attributes: dict[str, Any]
    """Attributes, with structured values as in JSON."""
    failed: bool
    """Whether its status is an error."""

    @classmethod
    def of_span(cls, span: object) -> Self:
        """Read a span; the attributes of a details event within it become its own.

        Raises:
            TurnError: what was seen and what was expected.
        """
        if not isinstance(span, Mapping):
            raise TurnError("a span is not an object")
        events = [
            (event["name"], _attributes(event.get("attributes")))
            for event in as_list(span.get("events"))
            if isinstance(event, Mapping) and isinstance(event.get("name"), str)
        ]
        details = (event_attributes for name, event_attributes in events if name == DETAILS)
        attributes = {key: value for event_attributes in details for key, value in event_attributes.items()}
        exception = next((event_attributes for name, event_attributes in events if name == "exception"), None)
        if exception is not None:
            attributes["error.message"] = exception.get("exception.message")
        # Tuples instead of sets here and below: the value may not be hashable.
        status = span.get("status")
        return cls(
            trace_id=_id(span, "traceId", "span"),
            span_id=_id(span, "spanId", "span"),
            parent_id=as_text(span.get("parentSpanId")),
            at=_nanoseconds(span.get("startTimeUnixNano"), "startTimeUnixNano"),
            span=True,
            attributes=genai_attributes(
                as_text(span.get("name")) or "", {**attributes, **_attributes(span.get("attributes"))}, events
            ),
            failed=isinstance(status, Mapping) and status.get("code") in (2, "STATUS_CODE_ERROR"),
        )

    @classmethod
    def of_record(cls, record: object) -> Self | None:
        """Read a log record; None unless it holds the details of an operation.

        Raises:
            TurnError: what was seen and what was expected.
        """
        if not isinstance(record, Mapping):
            raise TurnError("a log record is not an object")
        attributes = _attributes(record.get("attributes"))
        if DETAILS not in (record.get("eventName"), attributes.get("event.name")):
            return None
        field = "timeUnixNano" if record.get("timeUnixNano") not in (None, 0, "0") else "observedTimeUnixNano"
        return cls(
            trace_id=_id(record, "traceId", "log record"),
            span_id=_id(record, "spanId", "log record"),
            parent_id=None,
            at=_nanoseconds(record.get(field), field),
            span=False,
            attributes=attributes,
            failed=False,
        )


def parse_document(document: object) -> Iterator[OtlpRecords | TurnError]:
    """Yield all spans and log records of a document, and an error for each that cannot be read.

    >>> span = {"traceId": "ab" * 16, "spanId": "cd" * 8, "startTimeUnixNano": "1795517387907742507"}
    >>> [record.at for record in parse_document({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})]
    [1795517387907742507]
    """
    if not isinstance(document, Mapping) or not ({"resourceSpans", "resourceLogs"} & document.keys()):
        yield TurnError('"resourceSpans" and "resourceLogs" are missing; a document of OTLP/JSON has one of them')
        return
    for outer_key, middle_key, inner_key, parse in (
        ("resourceSpans", "scopeSpans", "spans", OtlpRecords.of_span),
        ("resourceLogs", "scopeLogs", "logRecords", OtlpRecords.of_record),
    ):
        for value in _nested_values(document, outer_key, middle_key, inner_key):
            try:
                record = parse(value)
            except TurnError as error:
                yield error
            except RecursionError:
                yield TurnError("a value is nested too deeply")
            else:
                if record is not None:
                    yield record


def _nested_values(document: Mapping[str, Any], *path: str) -> Iterator[object]:
    values: list[object] = [document]
    for key in path:
        values = [value for holder in values if isinstance(holder, Mapping) for value in as_list(holder.get(key))]
    yield from values


def _attributes(pairs: object) -> dict[str, Any]:
    return {
        pair["key"]: _value(pair.get("value"))
        for pair in as_list(pairs)
        if isinstance(pair, Mapping) and isinstance(pair.get("key"), str)
    }


def _value(value: object) -> Any:  # noqa: ANN401  (any JSON)
    """Unwrap one value from its type."""
    if not isinstance(value, Mapping):
        return None
    for kind, content in value.items():
        if kind == "arrayValue" and isinstance(content, Mapping):
            return [_value(element) for element in as_list(content.get("values"))]
        if kind == "kvlistValue" and isinstance(content, Mapping):
            return _attributes(content.get("values"))
        if kind == "intValue":
            return (
                int(content)
                if isinstance(content, str) and content.lstrip("-").isdecimal() and len(content) < 20
                else content
            )
        if kind in {"stringValue", "boolValue", "doubleValue", "bytesValue"}:
            return content
    return None


def _id(holder: Mapping[str, Any], field: str, record_type: str) -> str:
    identifier = as_text(holder.get(field))
    if identifier is None:
        raise TurnError(f'a {record_type} has no "{field}"; expected its id in hexadecimal digits')
    return identifier.lower()


def _nanoseconds(value: object, field: str) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 20:
        value = int(value)
    if type(value) is not int:
        raise TurnError(f'"{field}" is {str(value)[:40]!r}; expected nanoseconds since 1970')
    try:
        as_milliseconds(value // 1_000_000, field)
    except InputError:
        raise TurnError(f'"{field}" is {str(value)[:40]}; expected nanoseconds since 1970') from None
    return value
