"""Conversion between turns and records of a log: decode and check a record, encode a turn as one line of JSON."""

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.errors import InputError, TurnError
from sayagain.formats.record_error import record_error
from sayagain.formats.times import as_milliseconds
from sayagain.turns import Turn

__all__ = ["TIME_FIELDS", "check_turn", "encode_turn", "turn_from_record"]

TIME_FIELDS = (
    ("started",),
    ("ended",),
    ("speech", "started"),
    ("speech", "ended"),
    ("interrupted", "at"),
    ("feedback", "at"),
    ("context", "read_at"),
)
"""Paths of the times in a turn; `feedback` is a list of objects, the others are objects."""

RAW_DEPTH = 100
"""Maximum nesting of `raw`; Python's own limit is near 1,000 and depends on the caller."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Turn).decode


def turn_from_record(record: object) -> Turn:
    """Convert a record decoded from JSON, Parquet or a database to a turn.

    Times may be ISO 8601 with a zone; null means missing; unknown fields are dropped.

    Raises:
        TurnError: what was seen and what was expected; the caller adds where.

    >>> turn_from_record({"turn_id": "a", "started": "2026-01-31T08:00:00Z", "request": "lamp on"}).started
    1769846400000
    >>> turn_from_record({"turn_id": "a", "request": "lamp on"})
    Traceback (most recent call last):
    sayagain.errors.TurnError: "started" is missing; each turn needs a time such as 2026-01-31T08:00:00Z
    """
    try:
        if isinstance(record, Mapping):
            record = _with_times(record)
        try:
            turn = msgspec.convert(record, Turn)
        except msgspec.ValidationError:
            # Only on failure: it costs more than the conversion, and few logs write null for a missing value.
            record = _without_nulls(record)
            turn = msgspec.convert(record, Turn)
        check_turn(turn)
        _check_finite(turn, _encode(turn))
    except msgspec.ValidationError as error:
        raise TurnError(record_error(record, error)) from None
    except UnicodeEncodeError:
        raise TurnError("a text holds half a surrogate pair; expected valid Unicode") from None
    except RecursionError:
        raise TurnError(f"the record is nested more than {RAW_DEPTH} levels deep") from None
    except (OverflowError, TypeError) as error:
        raise TurnError(f"the record holds a value that JSON cannot express: {error}") from None
    return turn


def check_turn(turn: Turn) -> None:
    """Check what the types cannot express: an id that is not empty, plausible times, the nesting of `raw`.

    Raises:
        TurnError: what was seen and what was expected.
    """
    if not turn.turn_id.strip():
        raise TurnError('"turn_id" is empty; each turn needs an id of its own')
    try:
        as_milliseconds(turn.started, "started")
        _check_time(turn.ended, "ended")
        if turn.speech is not None:
            _check_time(turn.speech.started, "speech.started")
            _check_time(turn.speech.ended, "speech.ended")
        if turn.interrupted is not None:
            _check_time(turn.interrupted.at, "interrupted.at")
        for position, report in enumerate(turn.feedback):
            _check_time(report.at, f"feedback[{position}].at")
    except InputError as error:
        raise TurnError(str(error)) from None
    if turn.ended is not None and turn.ended < turn.started:
        raise TurnError(f'"ended" is {turn.ended}, before "started" at {turn.started}; expected it not before')
    if turn.raw is not None and _deeper_than(turn.raw, RAW_DEPTH):
        raise TurnError(f'"raw" is nested more than {RAW_DEPTH} levels deep')


def encode_turn(turn: Turn) -> bytes:
    """Encode a turn as one line of JSON without a newline; decoding it gives the same turn.

    The constructor of a turn checks nothing, so the turn is checked here, before it is stored.

    Raises:
        TurnError: the turn is not valid; the message names it.

    >>> encode_turn(Turn(turn_id="a", started=0, request="lamp on"))
    b'{"turn_id":"a","started":0,"request":"lamp on"}'
    """
    try:
        line = _encode(turn)
        _decode(line)
        check_turn(turn)
        _check_finite(turn, line)
    except msgspec.ValidationError as error:
        raise TurnError(f"turn {turn.turn_id!r}: {record_error(msgspec.to_builtins(turn), error)}") from None
    except UnicodeEncodeError:
        raise TurnError(f"turn {turn.turn_id!r}: a text holds half a surrogate pair; expected valid Unicode") from None
    except (OverflowError, RecursionError, TypeError, ValueError) as error:
        raise TurnError(f"turn {turn.turn_id!r}: it holds a value that JSON cannot express: {error}") from None
    except TurnError as error:
        raise TurnError(f"turn {turn.turn_id!r}: {error}") from None
    return line


def _with_times(record: Mapping[Any, Any]) -> dict[Any, Any]:
    """Return a copy with all times in milliseconds; values of the wrong type are left for msgspec to report."""
    converted = dict(record)
    for outer, *inner in TIME_FIELDS:
        value = converted.get(outer)
        if not inner:
            _convert_time(converted, outer, outer)
        elif isinstance(value, Mapping):
            converted[outer] = dict(value)
            _convert_time(converted[outer], inner[0], f"{outer}.{inner[0]}")
        elif isinstance(value, list | tuple):
            converted[outer] = [dict(item) if isinstance(item, Mapping) else item for item in value]
            for position, item in enumerate(converted[outer]):
                if isinstance(item, dict):
                    _convert_time(item, inner[0], f"{outer}[{position}].{inner[0]}")
    return converted


def _convert_time(holder: dict[Any, Any], field: str, name: str) -> None:
    if holder.get(field) is None:
        return
    try:
        holder[field] = as_milliseconds(holder[field], name)
    except InputError as error:
        raise TurnError(str(error)) from None


def _without_nulls(value: Any, *, top: bool = True) -> Any:  # noqa: ANN401  (decoded JSON can be anything)
    """Drop null fields at every depth, except in `raw`, which is kept unchanged."""
    if isinstance(value, Mapping):
        return {
            key: part if top and key == "raw" else _without_nulls(part, top=False)
            for key, part in value.items()
            if part is not None
        }
    if isinstance(value, list | tuple):
        return [_without_nulls(part, top=False) for part in value]
    return value


def _check_time(value: int | None, name: str) -> None:
    if value is not None:
        as_milliseconds(value, name)


def _check_finite(turn: Turn, line: bytes) -> None:
    # msgspec writes NaN and infinity as null, so a line without null needs no search.
    if b"null" in line and (name := _non_finite_name(msgspec.to_builtins(turn), "")) is not None:
        raise TurnError(f'"{name}" is NaN or infinite; expected a finite number, or no value')


def _non_finite_name(value: object, name: str) -> str | None:
    """Return the name of the first number that is NaN or infinite; None without one."""
    if isinstance(value, float):
        return None if math.isfinite(value) else name
    parts: list[tuple[str, object]] = []
    if isinstance(value, Mapping):
        parts = [(f"{name}.{key}" if name else str(key), part) for key, part in value.items()]
    elif isinstance(value, list | tuple):
        parts = [(f"{name}[{position}]", part) for position, part in enumerate(value)]
    return next((inner for key, part in parts if (inner := _non_finite_name(part, key)) is not None), None)


def _deeper_than(value: object, depth: int) -> bool:
    """Return whether lists and objects are nested deeper than `depth`; iterative, so that the stack cannot overflow."""
    level = [value]
    for _ in range(depth + 1):
        level = [
            part
            for holder in level
            if isinstance(holder, Mapping | list | tuple)
            for part in (holder.values() if isinstance(holder, Mapping) else holder)
        ]
        if not level:
            return False
    return True
