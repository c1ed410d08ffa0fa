"""Conversion of the values of a foreign log to the values of a turn: times, ratings, truth, slots, transcripts."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from sayagain.errors import InputError, TurnError
from sayagain.formats.times import YEAR_1990, YEAR_2200, as_milliseconds

__all__ = [
    "CONVERTERS",
    "column_number",
    "column_slots",
    "column_time",
    "column_transcripts",
    "column_truth",
    "column_value",
]

_EMPTY = frozenset({"", "none", "null", "nan", "n/a", "na", "-"})
"""Texts that stand for a missing value, in lower case."""

# fmt: off
_YES = frozenset({"1", "1.0", "true", "t", "yes", "y", "ok", "success", "succeeded", "successful", "handled",
                  "resolved", "up", "good", "positive", "like", "thumbs_up", "thumbs up", "👍", "ja", "oui", "sí",
                  "да"})
_NO = frozenset({"0", "0.0", "-1", "false", "f", "no", "n", "error", "failure", "failed", "fail", "unhandled",
                 "unresolved", "down", "bad", "negative", "dislike", "thumbs_down", "thumbs down", "👎", "nein", "non",
                 "нет"})
# fmt: on


def column_value(value: object) -> str:
    """Return a value as text; empty where it is missing.

    >>> column_value(17), column_value(" NaN "), column_value(True)
    ('17', '', 'true')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).strip()
    return "" if text.lower() in _EMPTY else text


def column_time(value: object, column: str, *, zone: str | None = None, time_format: str | None = None) -> int:
    """Return a time as milliseconds since 1970-01-01 UTC.

    Seconds, milliseconds, micro- and nanoseconds since 1970 are told apart by their size: from 1990 to 2200 they do
    not overlap.

    Args:
        value: a number since 1970, ISO 8601 text, text in `time_format`, or a `datetime`.
        column: name of the column, for the error.
        zone: time zone of times that state none, such as `Europe/Berlin`.
        time_format: as of `datetime.strptime`, such as `%d.%m.%Y %H:%M`.

    Raises:
        TurnError: the value is no time, or states no zone and none is given.

    >>> column_time("1769842800", "ts"), column_time(1769842800.25, "ts")
    (1769842800000, 1769842800250)
    >>> column_time("2026-01-31 08:00", "ts", zone="Europe/Berlin")
    1769842800000
    >>> column_time("31.01.2026 08:00", "ts", zone="UTC", time_format="%d.%m.%Y %H:%M")
    1769846400000
    """
    if isinstance(value, datetime):
        when = value
    else:
        text = column_value(value)
        if time_format is None and (milliseconds := _since_1970(text)) is not None:
            return milliseconds
        try:
            when = datetime.strptime(text, time_format) if time_format else datetime.fromisoformat(text)  # noqa: DTZ007  (the zone comes below)
        except ValueError:
            expected = time_format or "2026-01-31T08:00:00Z, or seconds or milliseconds since 1970; else --time-format"
            raise TurnError(f'"{column}" is "{text[:40]}"; expected a time such as {expected}') from None
    if when.utcoffset() is None:
        if zone is None:
            raise TurnError(
                f'"{column}" is "{when}", a time without a zone; name the zone of the log, such as --zone Europe/Berlin'
            )
        when = when.replace(tzinfo=ZoneInfo(zone))
    try:
        return as_milliseconds(when.astimezone(UTC), column)
    except InputError as error:
        raise TurnError(str(error)) from None


def column_number(value: object, column: str) -> float:
    """Return a number.

    Raises:
        TurnError: the value is none.
    """
    try:
        return float(column_value(value))
    except ValueError:
        raise TurnError(f'"{column}" is "{column_value(value)[:40]}"; expected a number') from None


def column_truth(value: object, column: str) -> float:
    """Return 1 for yes, 0 for no, and a number between for a rating in [0, 1] or of one to five stars.

    Raises:
        TurnError: the value is none of these.

    >>> column_truth("thumbs_up", "thumbs"), column_truth("no", "solved"), column_truth("4", "stars")
    (1.0, 0.0, 0.75)
    """
    text = column_value(value).lower()
    if text in _YES or text in _NO:
        return float(text in _YES)
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if 0 <= number <= 1:
        return number
    if number in (2.0, 3.0, 4.0, 5.0):
        return (number - 1) / 4
    raise TurnError(f'"{column}" is "{text[:40]}"; expected yes or no, thumbs up or down, or 1 to 5 stars')


def column_slots(value: object, column: str) -> list[dict[str, object]]:
    """Return slots from an object, or from a list of entities, or from the JSON text of either.

    Raises:
        TurnError: the value is neither.

    >>> column_slots('{"room": "attic"}', "slots")
    [{'name': 'room', 'value': 'attic'}]
    >>> column_slots([{"entity": "room", "value": "attic", "start": 3}], "entities")
    [{'name': 'room', 'value': 'attic'}]
    """
    decoded = _decoded(value, column, "an object of slots, or a list of entities")
    if isinstance(decoded, Mapping):
        return [{"name": str(name), "value": _scalar(slot)} for name, slot in decoded.items()]
    slots: list[dict[str, object]] = []
    for entity in decoded if isinstance(decoded, list) else ():
        if isinstance(entity, Mapping):
            name = next((entity[key] for key in ("name", "entity", "slot", "type") if entity.get(key)), None)
            if name is not None:
                slots.append({"name": str(name), "value": _scalar(entity.get("value", entity.get("text")))})
    return slots


def column_transcripts(value: object, column: str) -> list[dict[str, object]]:
    """Return an ASR n-best from a list of texts or objects, its JSON text, or texts with `|` between.

    >>> column_transcripts("lamp on | lamb on", "nbest")
    [{'text': 'lamp on'}, {'text': 'lamb on'}]
    """
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return [{"text": text.strip()} for text in value.split("|") if text.strip()]
    transcripts: list[dict[str, object]] = []
    decoded = _decoded(value, column, "a list of transcripts")
    for transcript in decoded if isinstance(decoded, list) else ():
        if isinstance(transcript, str):
            transcripts.append({"text": transcript})
        elif isinstance(transcript, Mapping):
            text = next((transcript[key] for key in ("text", "transcript", "asr-hyp") if transcript.get(key)), None)
            score = next((transcript[key] for key in ("confidence", "score") if transcript.get(key) is not None), None)
            if text is not None:
                transcripts.append({"text": str(text)} | ({} if score is None else {"confidence": score}))
    return transcripts


CONVERTERS: dict[str, Callable[[object, str], object]] = {
    "slots": column_slots,
    "transcripts": column_transcripts,
    "intent_confidence": column_number,
    "asr_confidence": column_number,
    "understood": column_truth,
    "rating": column_truth,
}
"""How the value of a column becomes the value of a field, for fields that hold neither text nor a time."""


def _since_1970(text: str) -> int | None:
    try:
        number = float(text)
    except ValueError:
        return None
    for per_second in (1, 10**3, 10**6, 10**9):
        if YEAR_1990 * per_second <= number < YEAR_2200 * per_second:
            # Nanoseconds exceed the whole numbers that a float holds.
            return int(text) * 1000 // per_second if text.isdigit() else int(number * 1000 / per_second)
    return None


def _decoded(value: object, column: str, expected: str) -> object:
    if not isinstance(value, str):
        return value
    try:
        decoded: object = msgspec.json.decode(value)
    except (ValueError, RecursionError):
        raise TurnError(f'"{column}" is "{value[:40]}"; expected {expected}, as JSON') from None
    return decoded


def _scalar(value: object) -> object:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
