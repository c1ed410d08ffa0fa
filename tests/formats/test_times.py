"""Times in logs."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.errors import InputError
from sayagain.formats import as_milliseconds
from sayagain.formats.times import period_start

YEAR_2200 = 7_258_118_400_000
DAY = 86_400_000


@pytest.mark.parametrize(
    ("value", "milliseconds"),
    [
        (0, 0),
        (1_769_846_400_000, 1_769_846_400_000),
        (1_769_846_400_000.0, 1_769_846_400_000),
        ("2026-01-31T08:00:00Z", 1_769_846_400_000),
        ("2026-01-31 08:00:00+00:00", 1_769_846_400_000),
        (" 2026-01-31T09:00:00+01:00\n", 1_769_846_400_000),
        ("20260131T080000Z", 1_769_846_400_000),
        ("2026-01-31T08:00:00.1239Z", 1_769_846_400_123),
        ("1970-01-01T00:00:00Z", 0),
        ("2199-12-31T23:59:59.999Z", YEAR_2200 - 1),
        (datetime(2026, 1, 31, 8, tzinfo=UTC), 1_769_846_400_000),
    ],
)
def test_times_that_are_understood(value, milliseconds):
    found = as_milliseconds(value)
    assert found == milliseconds
    assert type(found) is int


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (
            "2026-01-31T08:00:00",
            (
                '"at" is "2026-01-31T08:00:00", a time without a zone;'
                " expected one with a zone such as 2026-01-31T08:00:00Z"
            ),
        ),
        (
            "2026-01-31",
            '"at" is "2026-01-31", a time without a zone; expected one with a zone such as 2026-01-31T08:00:00Z',
        ),
        ("yesterday", '"at" is "yesterday"; expected a time such as 2026-01-31T08:00:00Z'),
        ("", '"at" is ""; expected a time such as 2026-01-31T08:00:00Z'),
        ("x" * 99, f'"at" is "{"x" * 40}..."; expected a time such as 2026-01-31T08:00:00Z'),
        (1_769_846_400, '"at" is 1769846400, which looks like seconds; expected milliseconds since 1970'),
        (1_769_846_400.5, '"at" is 1769846400.5, which looks like seconds; expected whole milliseconds since 1970'),
        (12.5, '"at" is 12.5; expected whole milliseconds since 1970'),
        (
            1_769_846_400_000_000,
            '"at" is 1769846400000000, which looks like microseconds; expected milliseconds since 1970',
        ),
        (
            1_769_846_400_000_000_000,
            '"at" is 1769846400000000000, which looks like nanoseconds; expected milliseconds since 1970',
        ),
        (-1, '"at" is -1; expected milliseconds since 1970, up to the year 2200'),
        (YEAR_2200, f'"at" is {YEAR_2200}; expected milliseconds since 1970, up to the year 2200'),
        (10**30, '"at" is a number of more than 20 digits; expected milliseconds since 1970, up to the year 2200'),
        ("1969-12-31T23:59:59Z", '"at" is -1000; expected milliseconds since 1970, up to the year 2200'),
        (True, '"at" is true or false; expected a time such as 2026-01-31T08:00:00Z or milliseconds since 1970'),
        (None, '"at" is null; expected a time such as 2026-01-31T08:00:00Z or milliseconds since 1970'),
        ([], '"at" is a list; expected a time such as 2026-01-31T08:00:00Z or milliseconds since 1970'),
        (math.nan, '"at" is nan; expected whole milliseconds since 1970'),
        (math.inf, '"at" is inf; expected whole milliseconds since 1970'),
    ],
)
def test_what_is_no_time_is_named(value, sentence):
    with pytest.raises(InputError) as caught:
        as_milliseconds(value, "at")
    assert str(caught.value) == sentence


def test_a_number_too_long_to_print_is_refused():
    with pytest.raises(InputError, match="a number of more than 20 digits"):
        as_milliseconds(10**5000)


def test_a_datetime_without_a_zone_is_refused():
    with pytest.raises(InputError, match="without a zone"):
        as_milliseconds(datetime(2026, 1, 31, 8))  # noqa: DTZ001  (that is the point)


@given(
    when=st.integers(10**11, YEAR_2200 - 1),
    offset=st.integers(-14 * 60, 14 * 60),
)
def test_text_and_milliseconds_say_the_same(when, offset):
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=when)
    text = moment.astimezone(timezone(timedelta(minutes=offset))).isoformat()
    assert as_milliseconds(text) == as_milliseconds(when) == when


@given(st.text() | st.integers() | st.floats() | st.datetimes(timezones=st.just(UTC)) | st.none())
def test_anything_gives_a_time_in_range_or_an_input_error(value):
    try:
        found = as_milliseconds(value)
    except InputError:
        return
    assert 0 <= found < YEAR_2200


@pytest.mark.parametrize(
    ("value", "start"),
    [("24h", 1_000 * DAY - DAY), ("7d", 993 * DAY), (" 2w ", 986 * DAY), ("1972-01-01T00:00:00Z", 730 * DAY)],
)
def test_a_period_is_a_length_or_begins_at_a_time(value, start):
    assert period_start(value, 1_000 * DAY) == start


@pytest.mark.parametrize("value", ["", "7", "7x", "-7d", "tomorrow", "2026-01-31"])
def test_what_is_no_period(value):
    with pytest.raises(InputError, match='"since" is '):
        period_start(value, 1_000 * DAY)
