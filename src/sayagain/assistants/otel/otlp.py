"""One document of OTLP/JSON, as exporters and collectors write it: its spans and log records, with plain attributes.

See https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding for the form.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec

from sayagain.errors import InputError, TurnError
from sayagain.formats.times import as_milliseconds

__all__ = ["DETAILS", "OtlpRecords", "parse_document"]

DETAILS = "gen_ai.client.inference.operation.details"
"""The event that tells the words of an operation where its span does not."""


class OtlpRecords(msgspec.Struct, frozen=True, kw_only=True):
    """A span, or a log record that belongs to one."""

    trace_id: str
    """32 hexadecimal digits."""
    span_id: str
    """16 hexadecimal digits."""
    parent_id: str | None
    """The span around it; None for the outermost, and for a log record."""
    at: int
    """When it began, in nanoseconds since 1970."""
    span: bool
    """Whether it is a span."""
    attributes: dict[str, Any]
    """What it tells, structured values as they would be in JSON."""
    failed: bool
    """Whether its status is an error."""

    @classmethod
    def of_span(cls, span: object) -> Self:
        """Read a span; what its details tell in an event within it counts as its own.

        Raises:
            TurnError: what was seen and what was expected.
        """
        if not isinstance(span, Mapping):
            raise TurnError("a span is no object")
        details = [
            _attributes(event.get("attributes"))
            for event in _list(span.get("events"))
            if isinstance(event, Mapping) and event.get("name") == DETAILS
        ]
        attributes = {key: value for each in details for key, value in each.items()}
        # In tuples here and below, not in sets: what was written may be no text.
        status = span.get("status")
        return cls(
            trace_id=_id(span, "traceId", "span"),
            span_id=_id(span, "spanId", "span"),
            parent_id=_text(span.get("parentSpanId")),
            at=_nanoseconds(span.get("startTimeUnixNano"), "startTimeUnixNano"),
            span=True,
            attributes={**attributes, **_attributes(span.get("attributes"))},
            failed=isinstance(status, Mapping) and status.get("code") in (2, "STATUS_CODE_ERROR"),
        )

    @classmethod
    def of_record(cls, record: object) -> Self | None:
        """Read a log record; None for one that tells no details of an operation.

        Raises:
            TurnError: what was seen and what was expected.
        """
        if not isinstance(record, Mapping):
            raise TurnError("a log record is no object")
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
    """Read all spans and log records of a document; one that cannot be used gives the error, and reading goes on.

    >>> span = {"traceId": "ab" * 16, "spanId": "cd" * 8, "startTimeUnixNano": "1795517387907742507"}
    >>> [each.at for each in parse_document({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})]
    [1795517387907742507]
    """
    if not isinstance(document, Mapping) or not ({"resourceSpans", "resourceLogs"} & document.keys()):
        yield TurnError('it has neither "resourceSpans" nor "resourceLogs", as a document of OTLP/JSON has')
        return
    for outer, middle, inner, read in (
        ("resourceSpans", "scopeSpans", "spans", OtlpRecords.of_span),
        ("resourceLogs", "scopeLogs", "logRecords", OtlpRecords.of_record),
    ):
        for each in _inner(document, outer, middle, inner):
            try:
                found = read(each)
            except TurnError as error:
                yield error
            except RecursionError:
                yield TurnError("it is nested too deep")
            else:
                if found is not None:
                    yield found


def _inner(document: Mapping[str, Any], *path: str) -> Iterator[object]:
    held: list[object] = [document]
    for key in path:
        held = [each for holder in held if isinstance(holder, Mapping) for each in _list(holder.get(key))]
    yield from held


def _attributes(listed: object) -> dict[str, Any]:
    return {
        each["key"]: _value(each.get("value"))
        for each in _list(listed)
        if isinstance(each, Mapping) and isinstance(each.get("key"), str)
    }


def _value(value: object) -> Any:  # noqa: ANN401  (any JSON)
    """Unwrap one value from its type."""
    if not isinstance(value, Mapping):
        return None
    for kind, told in value.items():
        if kind == "arrayValue" and isinstance(told, Mapping):
            return [_value(each) for each in _list(told.get("values"))]
        if kind == "kvlistValue" and isinstance(told, Mapping):
            return _attributes(told.get("values"))
        if kind == "intValue":
            return int(told) if isinstance(told, str) and told.lstrip("-").isdecimal() and len(told) < 20 else told
        if kind in {"stringValue", "boolValue", "doubleValue", "bytesValue"}:
            return told
    return None


def _id(holder: Mapping[str, Any], field: str, what: str) -> str:
    found = _text(holder.get(field))
    if found is None:
        raise TurnError(f'a {what} has no "{field}"')
    return found.lower()


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


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
