from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.errors import TurnError
from sayagain.formats.column_values import (
    column_number,
    column_slots,
    column_time,
    column_transcripts,
    column_truth,
    column_value,
)

WHEN = 1_769_842_800_250


@pytest.mark.parametrize(
    "value",
    [
        WHEN,
        str(WHEN),
        WHEN / 1000,
        "1769842800.250",
        WHEN * 1000,
        f"{WHEN}000000",
        "2026-01-31T07:00:00.250Z",
        "2026-01-31 08:00:00.250+01:00",
        datetime(2026, 1, 31, 7, 0, 0, 250_000, UTC),
    ],
)
def test_a_time_is_read_however_it_is_counted(value):
    assert column_time(value, "ts") == WHEN


def test_a_time_without_a_zone_needs_one():
    with pytest.raises(TurnError, match=r'"ts" is "2026-01-31 08:00:00", a time without a zone; .* --zone'):
        column_time("2026-01-31 08:00", "ts")
    summer = column_time("2026-07-31 08:00", "ts", zone="Europe/Berlin")
    assert summer == column_time("2026-07-31T06:00:00Z", "ts")


@pytest.mark.parametrize("value", ["yesterday", "31.01.2026", "12345", "2026-13-01", "-1", "1e400"])
def test_what_is_no_time_is_one_sentence(value):
    with pytest.raises(TurnError, match=r'"ts" is ".*"; expected a time such as'):
        column_time(value, "ts", zone="UTC")


@given(st.integers(631_152_000_000, 7_258_118_399_999))
def test_nanoseconds_lose_nothing(milliseconds):
    assert column_time(f"{milliseconds}123456", "ts") == milliseconds


@pytest.mark.parametrize(
    ("value", "share"), [("Yes", 1), ("👎", 0), (True, 1), (0, 0), ("5", 1), ("3", 0.5), (0.25, 0.25), ("nein", 0)]
)
def test_ratings_in_many_forms(value, share):
    assert column_truth(value, "rating") == share


@pytest.mark.parametrize("value", ["maybe", "7", "2.5", "nan", "-3"])
def test_what_is_no_rating_is_refused(value):
    with pytest.raises(TurnError, match='"rating" is'):
        column_truth(value, "rating")


def test_slots_and_transcripts_of_common_shapes():
    assert column_slots([{"type": "room", "text": "attic"}, "odd", {"x": 1}], "e") == [
        {"name": "room", "value": "attic"}
    ]
    assert column_slots({"a": [1, 2]}, "e") == [{"name": "a", "value": "[1, 2]"}]
    assert column_transcripts('["lamp on", {"transcript": "lamb on", "score": 0.2}]', "n") == [
        {"text": "lamp on"},
        {"text": "lamb on", "confidence": 0.2},
    ]
    with pytest.raises(TurnError, match="as JSON"):
        column_slots("room: attic", "e")
    with pytest.raises(TurnError, match="expected a number"):
        column_number("high", "c")


@pytest.mark.parametrize("value", [None, "", " ", "NULL", "NaN", "n/a", "-"])
def test_missing_values_are_empty(value):
    assert not column_value(value)
