"""The column map: which column of a foreign log holds which field of a turn."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from sayagain.errors import InputError
from sayagain.formats.column_values import CONVERTERS, column_time, column_truth, column_value
from sayagain.formats.turn_record import turn_from_record
from sayagain.turns import Turn

__all__ = ["FIELDS", "ColumnMap", "inner_value", "parse_columns"]

_TEXTS: dict[str, tuple[str, ...]] = {
    "turn_id": ("turn_id",),
    "request": ("request",),
    "assistant": ("assistant",),
    "user_id": ("user_id",),
    "home": ("home",),
    "device_id": ("device_id",),
    "satellite_id": ("satellite_id",),
    "area": ("area",),
    "conversation_id": ("conversation_id",),
    "session_id": ("session_id",),
    "language": ("language",),
    "response": ("response", "text"),
    "response_type": ("response", "type"),
    "error": ("response", "error_code"),
    "intent": ("nlu", "intent"),
    "domain": ("nlu", "domain"),
}
"""Fields that take text, with their place in a turn."""

_VALUES: dict[str, tuple[str, ...]] = {
    "slots": ("nlu", "slots"),
    "intent_confidence": ("nlu", "confidence"),
    "asr_confidence": ("asr", "confidence"),
    "transcripts": ("asr", "nbest"),
}
"""Fields that take other values, with their place in a turn."""

FIELDS: tuple[str, ...] = (*_TEXTS, *_VALUES, "started", "ended", "understood", "rating", "correction", "role")
"""Every field that a column may be mapped to. `understood` is yes or no; `rating` is thumbs, stars or a number in
[0, 1]; `role` says who speaks in logs that hold a row for the user and another for the assistant."""

_ALIASES = {"text": "request", "time": "started", "timestamp": "started", "user": "user_id", "reply": "response"}
_ALIASES |= {"device": "device_id", "session": "session_id", "error_code": "error", "thumbs": "rating"}

_NOTHING_UNDERSTOOD = frozenset(
    {"fallback", "nlu_fallback", "default fallback intent", "amazon.fallbackintent", "unknown"}
)
"""Intents by which common assistants say that they understood nothing, in lower case."""


class ColumnMap(msgspec.Struct, frozen=True, kw_only=True):
    """Which column holds which field, and how times are written.

    >>> columns = ColumnMap(columns={"request": "said", "started": "when", "understood": "ok"})
    >>> turn = columns.turn({"said": "lamp on", "when": "1769842800", "ok": "no"})
    >>> turn.request, turn.started, turn.trouble
    ('lamp on', 1769842800000, 'not understood')
    """

    columns: dict[str, str]
    """The column of each field; a column inside an object has its path, `data.text`."""
    zone: str | None = None
    """Time zone of times that state none, such as `Europe/Berlin`."""
    time_format: str | None = None
    """Format of times, as of `datetime.strptime`; None for ISO 8601 and for numbers since 1970."""

    def __post_init__(self) -> None:
        """Check that a turn can be made.

        Raises:
            InputError: a field is unknown or missing, or there is no such time zone.
        """
        for field in self.columns:
            if field not in FIELDS:
                raise InputError(f'there is no field "{field}"; expected one of {", ".join(sorted(FIELDS))}')
        for field in ("request", "started"):
            if field not in self.columns:
                raise InputError(f"no column is given for {field}; say which one with --map {field}=COLUMN")
        if self.zone is not None:
            try:
                ZoneInfo(self.zone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise InputError(f'there is no time zone "{self.zone}"; expected one such as Europe/Berlin') from None

    def turn(self, row: Mapping[str, Any]) -> Turn:
        """Make a turn of one row.

        A row without an id gets one from its content, so that reading the log again changes nothing.

        Raises:
            TurnError: what was seen and what was expected; the caller adds where.
        """
        record: dict[str, Any] = {}
        for field, place in _TEXTS.items():
            if text := column_value(self.value(row, field)):
                _put(record, place, text)
        for field, place in _VALUES.items():
            value = self.value(row, field)
            if column_value(value):
                _put(record, place, CONVERTERS[field](value, self.columns[field]))
        for field in ("started", "ended"):
            value = self.value(row, field)
            if column_value(value):
                record[field] = column_time(value, self.columns[field], zone=self.zone, time_format=self.time_format)
        self._add_outcome(record, row)
        if record.get("nlu", {}).get("intent", "").lower() in _NOTHING_UNDERSTOOD:
            record["nlu"] = {"ranking": [{"intent": ""}]}
        record.setdefault("turn_id", _content_id(record))
        return turn_from_record(record)

    def value(self, row: Mapping[str, Any], field: str) -> object:
        """Return the value of a field in a row; None where it has no column or the row lacks it."""
        column = self.columns.get(field)
        return None if column is None else inner_value(row, column)

    def _add_outcome(self, record: dict[str, Any], row: Mapping[str, Any]) -> None:
        understood, rating = self.value(row, "understood"), self.value(row, "rating")
        if column_value(understood) and column_truth(understood, self.columns["understood"]) < 0.5:
            record.setdefault("response", {}).setdefault("error_code", "no_intent_match")
        if record.get("response", {}).get("error_code", "").lower() in ("false", "0", "ok", "success"):
            del record["response"]["error_code"]
        feedback: list[dict[str, object]] = []
        if column_value(rating):
            feedback.append({"kind": "rating", "value": column_truth(rating, self.columns["rating"])})
        if correction := column_value(self.value(row, "correction")):
            feedback.append({"kind": "correction", "text": correction})
        if feedback:
            record["feedback"] = feedback


def inner_value(row: Mapping[str, Any], column: str) -> object:
    """Return the value of a column, or of the path into the objects of a row; None where there is none.

    >>> inner_value({"data": {"text": "lamp on"}}, "data.text")
    'lamp on'
    """
    value: object = row.get(column)
    if value is None and "." in column:
        value = row
        for part in column.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def parse_columns(pairs: Iterable[str], available: Iterable[str]) -> dict[str, str]:
    """Read pairs such as `request=text,started=time`; the order of field and column does not matter.

    Args:
        pairs: each with one pair, or several with commas between.
        available: names of the columns of the log.

    Raises:
        InputError: a pair names no field or no column.

    >>> parse_columns(["text=request,time=timestamp"], ["request", "timestamp"])
    {'request': 'request', 'started': 'timestamp'}
    >>> parse_columns(["said=request"], ["said"])
    {'request': 'said'}
    """
    names = set(available)
    columns: dict[str, str] = {}
    for pair in (part for text in pairs for part in text.split(",")):
        left, equals, right = (part.strip() for part in pair.partition("="))
        if not equals or not left or not right:
            raise InputError(f'--map has "{pair}"; expected FIELD=COLUMN, such as request=text')
        options = [
            (_ALIASES.get(field, field), column)
            for field, column in ((left, right), (right, left))
            if _ALIASES.get(field, field) in FIELDS and _has_column(column, names)
        ]
        if not options:
            seen = ", ".join(sorted(names)[:20])
            raise InputError(f'--map has "{pair}", but the log has no such column; it has {seen}')
        columns[options[0][0]] = options[0][1]
    return columns


def _has_column(column: str, names: set[str]) -> bool:
    return column in names or column.partition(".")[0] in names


def _put(record: dict[str, Any], place: tuple[str, ...], value: object) -> None:
    *outer, last = place
    for name in outer:
        record = record.setdefault(name, {})
    record[last] = value


def _content_id(record: Mapping[str, Any]) -> str:
    """Return an id that the same content always gets."""
    content = msgspec.json.encode(record, order="sorted", enc_hook=str)
    return hashlib.blake2b(content, digest_size=12).hexdigest()
