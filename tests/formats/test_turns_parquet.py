"""Parquet as others write it: structs, maps, JSON text, timestamps of every unit."""

import decimal
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sayagain.errors import InputError
from sayagain.formats import BadRecord, read_turns, turns_to_parquet
from sayagain.turns import Context, FeedbackReport, Hypothesis, Interruption, Nlu, Response, Slot, Speech, Turn

AT = 1_769_846_400_123
MOMENT = datetime(2026, 1, 31, 8, 0, 0, 123456, tzinfo=UTC)


def read(tmp_path, columns):
    pq.write_table(pa.table(columns), tmp_path / "turns.parquet")
    return list(read_turns(tmp_path / "turns.parquet"))


def base(rows=1):
    return {
        "turn_id": pa.array([f"t{row}" for row in range(rows)]),
        "started": pa.array([AT] * rows),
        "request": pa.array(["lamp on"] * rows),
    }


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_a_timestamp_of_any_unit_and_zone_is_a_time(unit, zone, tmp_path):
    moment = MOMENT if zone else MOMENT.replace(tzinfo=None)
    (turn,) = read(tmp_path, base() | {"started": pa.array([moment], pa.timestamp(unit, zone))})
    assert turn.started == AT


@pytest.mark.parametrize(
    "times",
    [
        pa.array([AT]),
        pa.array([float(AT)]),
        pa.array(["2026-01-31T08:00:00.123Z"]),
        pa.array([decimal.Decimal(AT)]),
        pa.array(["2026-01-31T09:00:00.123+01:00"]).dictionary_encode(),
    ],
)
def test_a_time_may_be_of_any_type(times, tmp_path):
    (turn,) = read(tmp_path, base() | {"started": times})
    assert turn.started == AT


def test_nested_fields_may_be_structs_lists_and_maps(tmp_path):
    hypothesis = {"intent": "HassTurnOn", "slots": [{"name": "area", "value": "attic"}], "confidence": None}
    (turn,) = read(
        tmp_path,
        base()
        | {
            "nlu": pa.array([{"engine": "hassil", "slots": None, "ranking": [hypothesis]}]),
            "speech": pa.array(
                [{"started": MOMENT, "ended": None}],
                pa.struct([("started", pa.timestamp("us", "UTC")), ("ended", pa.timestamp("us", "UTC"))]),
            ),
            "interrupted": pa.array([{"yes": True, "at": MOMENT.replace(tzinfo=None)}]),
            "feedback": pa.array([[{"kind": "thumbs", "value": decimal.Decimal("1.0"), "at": MOMENT}]]),
            "context": pa.array(
                [{"device_states": [("lamp", "on"), ("fan", "off")], "sensors": {"heat": 20.5, "door": None}}],
                pa.struct(
                    [
                        ("device_states", pa.map_(pa.string(), pa.string())),
                        ("sensors", pa.struct([("heat", pa.float64()), ("door", pa.float64())])),
                    ]
                ),
            ),
            "response": pa.array([{"text": None, "type": "error"}]),
            "ended": pa.array([None], pa.int64()),
            "weather": pa.array(["fine"]),
        },
    )
    assert turn == Turn(
        turn_id="t0",
        started=AT,
        request="lamp on",
        nlu=Nlu(engine="hassil", ranking=(Hypothesis(intent="HassTurnOn", slots=(Slot("area", "attic"),)),)),
        speech=Speech(started=AT),
        interrupted=Interruption(yes=True, at=AT),
        feedback=(FeedbackReport(kind="thumbs", value=1.0, at=AT),),
        context=Context(device_states={"lamp": "on", "fan": "off"}, sensors={"heat": 20.5}),
        response=Response(type="error"),
    )


def test_nested_fields_may_be_text_that_holds_json(tmp_path):
    (turn,) = read(
        tmp_path,
        base()
        | {
            "nlu": pa.array(['{"intent": "HassTurnOn", "slots": [{"name": "n", "value": 5}]}'], pa.large_string()),
            "speech": pa.array(['{"started": "2026-01-31T08:00:00.123Z"}']),
            "raw": pa.array(["any text at all"]),
        },
    )
    assert turn.nlu == Nlu(intent="HassTurnOn", slots=(Slot("n", 5),))
    assert turn.speech == Speech(started=AT)
    assert turn.raw == "any text at all"


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"nlu": pa.array(["{"])}, '"nlu" is text that is not JSON; expected an object or list, or its JSON'),
        ({"nlu": pa.array(["[" * 9999])}, '"nlu" is text that is not JSON; expected an object or list, or its JSON'),
        ({"nlu": pa.array(["5"])}, '"nlu" is a number; expected an object'),
        ({"request": pa.array([5])}, '"request" is a number; expected text'),
        ({"request": pa.array([None], pa.string())}, '"request" is missing; each turn needs the words of the user'),
        ({"request": pa.array([b"x"])}, '"request" is binary data; expected text'),
        (
            {"nlu": pa.array([{"confidence": float("nan")}])},
            '"nlu.confidence" is NaN or infinite; expected a finite number, or no value',
        ),
        ({"started": pa.array([float("nan")])}, '"started" is nan; expected whole milliseconds since 1970'),
        (
            {"started": pa.array([1_769_846_400])},
            '"started" is 1769846400, which looks like seconds; expected milliseconds since 1970',
        ),
    ],
)
def test_a_bad_row_is_named(columns, reason, tmp_path):
    (bad,) = read(tmp_path, base() | columns)
    assert isinstance(bad, BadRecord)
    assert str(bad) == f"{tmp_path / 'turns.parquet'}:1: {reason}"
    assert bad.raw.startswith(b'{"turn_id":"t0"')


def test_reading_goes_on_after_a_bad_row(tmp_path):
    columns = base(3000)
    columns["request"] = pa.array(["x" if row != 2500 else None for row in range(3000)])
    found = read(tmp_path, columns)
    assert [each.line for each in found if isinstance(each, BadRecord)] == [2501]
    assert [each.turn_id for each in found if isinstance(each, Turn)] == [f"t{i}" for i in range(3000) if i != 2500]


def test_text_that_is_not_utf8_spoils_only_its_row(tmp_path):
    # Arrow does not look at the bytes when told that they are text.
    content = pa.py_buffer(b"lamp\xffroof")
    offsets = pa.py_buffer(b"".join(each.to_bytes(4, "little") for each in (0, 4, 5, 9)))
    columns = base(3) | {"request": pa.StringArray.from_buffers(3, offsets, content)}
    first, bad, last = read(tmp_path, columns)
    assert (first.request, last.request) == ("lamp", "roof")
    assert (bad.line, bad.reason) == (2, "a text is not UTF-8: invalid start byte")


def test_a_map_with_one_key_twice_spoils_only_its_row(tmp_path):
    states = pa.map_(pa.string(), pa.string())
    context = pa.array(
        [{"device_states": [("lamp", "on"), ("lamp", "off")]}, {"device_states": []}],
        pa.struct([("device_states", states)]),
    )
    bad, good = read(tmp_path, base(2) | {"context": context})
    assert (bad.line, good.turn_id) == (1, "t1")


@pytest.mark.parametrize("name", ["turn_id", "started", "request"])
def test_a_missing_column_is_named_once(name, tmp_path):
    columns = base(5)
    del columns[name]
    with pytest.raises(InputError, match=f'has no column "{name}"; each turn needs turn_id, started, request'):
        read(tmp_path, columns)


def test_columns_that_a_turn_does_not_have_are_not_read(tmp_path):
    assert read(tmp_path, base() | {"raw.x": pa.array([1]), "weather": pa.array([{"wind": 3}])})[0].turn_id == "t0"


def test_what_is_written_has_plain_columns_for_sql(tmp_path):
    turn = Turn(turn_id="a", started=AT, request="lamp on", nlu=Nlu(intent="HassTurnOn"))
    turns_to_parquet(tmp_path / "turns.parquet", [turn])
    table = pq.read_table(tmp_path / "turns.parquet")
    assert table.schema.field("started").type == pa.int64()
    assert table.schema.field("user_id").type == pa.string()
    assert table["nlu"].to_pylist() == ['{"intent":"HassTurnOn"}']
    assert set(table.schema.names) == set(Turn.__struct_encode_fields__)
