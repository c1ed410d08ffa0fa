"""Conversion of the times of a log to integer milliseconds."""

import re
from datetime import UTC, datetime, timedelta

from sayagain.errors import InputError

__all__ = ["YEAR_1990", "YEAR_2200", "as_milliseconds", "period_start"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_1990 = 631_152_000
"""The earliest plausible time, in seconds since 1970; so many milliseconds are in early 1970."""

YEAR_2200 = 7_258_118_400
"""The end of plausible times, in seconds since 1970."""

_EXAMPLE = "2026-01-31T08:00:00Z"
_SPAN = re.compile(r"(\d{1,6})([hdw])")
_SPAN_UNITS = {"h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def as_milliseconds(value: object, name: str = "time") -> int:
    """Return a time as integer milliseconds since 1970-01-01 UTC.

    Args:
        value: milliseconds since 1970, ISO 8601 text with a zone, or a `datetime` with a zone.
        name: name of the field, for the error message.

    Returns:
        Milliseconds, from 1970 to before 2200; fractions of a millisecond are cut off.

    Raises:
        InputError: the value is not a time, has no zone, is out of range, or counts seconds, micro- or nanoseconds.

    >>> as_milliseconds("2026-01-31T08:00:00.250+01:00")
    1769842800250
    >>> as_milliseconds(1769842800250)
    1769842800250
    >>> as_milliseconds(1769842800, "started")
    Traceback (most recent call last):
    sayagain.errors.InputError: "started" is 1769842800, which looks like seconds; expected milliseconds since 1970
    """
    # First, because nearly all times in logs are integers. Not isinstance: bool is an int in Python, but not in a log.
    if type(value) is int:
        return _in_range(value, name)
    if isinstance(value, str):
        return _from_datetime(_parse(value, name), f'"{value}"', name)
    if isinstance(value, datetime):
        return _from_datetime(value, str(value), name)
    if isinstance(value, float):
        if value.is_integer():
            return _in_range(int(value), name)
        seconds = ", which looks like seconds" if YEAR_1990 <= value < YEAR_2200 else ""
        raise InputError(f'"{name}" is {value}{seconds}; expected whole milliseconds since 1970')
    kind = {bool: "true or false", type(None): "null", list: "a list", dict: "an object"}.get(type(value), "not a time")
    raise InputError(f'"{name}" is {kind}; expected a time such as {_EXAMPLE} or milliseconds since 1970')


def period_start(value: str, end: int, name: str = "since") -> int:
    """Return the start of a period, in milliseconds since 1970.

    Args:
        value: a length before the end, in hours, days or weeks (`24h`, `7d`, `2w`), or a time with a zone.
        end: end of the period, in milliseconds.
        name: name of the field, for the error message.

    Raises:
        InputError: it is neither.

    >>> period_start("7d", 1_769_846_400_000)
    1769241600000
    """
    span = _SPAN.fullmatch(value.strip())
    if span is not None:
        return end - int(span[1]) * _SPAN_UNITS[span[2]]
    try:
        return as_milliseconds(value, name)
    except InputError:
        raise InputError(f'"{name}" is "{value[:40]}"; expected 24h, 7d, 2w, or a time such as {_EXAMPLE}') from None


def _parse(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        shown = text if len(text) <= 40 else f"{text[:40]}..."
        raise InputError(f'"{name}" is "{shown}"; expected a time such as {_EXAMPLE}') from None


def _from_datetime(when: datetime, shown: str, name: str) -> int:
    # A tzinfo without an offset is no better than no tzinfo.
    if when.utcoffset() is None:
        raise InputError(f'"{name}" is {shown}, a time without a zone; expected one with a zone such as {_EXAMPLE}')
    return _in_range((when - _EPOCH) // timedelta(milliseconds=1), name)


def _in_range(value: int, name: str) -> int:
    if 0 <= value < YEAR_2200 * 1000:
        # As milliseconds, these values are days in early 1970, so they count seconds.
        if YEAR_1990 <= value < YEAR_2200:
            raise InputError(f'"{name}" is {value}, which looks like seconds; expected milliseconds since 1970')
        return value
    for unit, per_second in (("microseconds", 10**6), ("nanoseconds", 10**9)):
        if YEAR_1990 * per_second <= value < YEAR_2200 * per_second:
            raise InputError(f'"{name}" is {value}, which looks like {unit}; expected milliseconds since 1970')
    shown = str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
    raise InputError(f'"{name}" is {shown}; expected milliseconds since 1970, up to the year 2200')
