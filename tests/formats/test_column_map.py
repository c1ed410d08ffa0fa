import pytest

from sayagain.errors import InputError, TurnError
from sayagain.formats import ColumnMap
from sayagain.formats.column_map import parse_columns

TIME = "2026-01-31T08:00:00Z"


def turn(row, **columns):
    names = {"request": "said", "started": "when"} | columns
    return ColumnMap(columns=names).turn({"said": "lamp on", "when": TIME} | row)


def test_each_field_goes_to_its_place():
    made = turn(
        {"who": 17, "answer": "Done", "data": {"intent": "on"}, "p": "0.5", "e": '{"name": "lamp"}', "stars": "4"},
        user_id="who",
        response="answer",
        intent="data.intent",
        intent_confidence="p",
        slots="e",
        rating="stars",
    )
    assert (made.user_id, made.response.text, made.hypothesis.key) == ("17", "Done", "on|name=lamp")
    assert (made.hypothesis.confidence, made.feedback[0].value) == (0.5, 0.75)


def test_the_same_row_has_the_same_id_and_another_row_another():
    assert turn({}).turn_id == turn({"unused": 1}).turn_id
    assert turn({}).turn_id != turn({"said": "lamp off"}).turn_id
    assert turn({"id": 9}, turn_id="id").turn_id == "9"


@pytest.mark.parametrize(
    ("row", "columns", "trouble"),
    [
        ({"ok": "no"}, {"understood": "ok"}, "not understood"),
        ({"ok": "yes"}, {"understood": "ok"}, None),
        ({"ok": ""}, {"understood": "ok"}, None),
        ({"i": "Default Fallback Intent"}, {"intent": "i"}, "not understood"),
        ({"i": "on", "e": "timeout"}, {"intent": "i", "error": "e"}, "not done"),
        ({"i": "on", "e": "false"}, {"intent": "i", "error": "e"}, None),
    ],
)
def test_failures_are_told_in_many_ways(row, columns, trouble):
    assert turn(row, **columns).trouble == trouble


def test_a_row_that_is_no_turn_says_why():
    with pytest.raises(TurnError, match='"request" is missing'):
        turn({"said": ""})
    with pytest.raises(TurnError, match='"when" is "soon"'):
        turn({"when": "soon"})


def test_a_map_must_name_the_request_and_its_time_and_known_fields_and_zones():
    with pytest.raises(InputError, match="no column is given for started; say which one with --map started=COLUMN"):
        ColumnMap(columns={"request": "said"})
    with pytest.raises(InputError, match='there is no field "shoe"'):
        ColumnMap(columns={"request": "said", "started": "when", "shoe": "x"})
    with pytest.raises(InputError, match='no time zone "Mars"'):
        ColumnMap(columns={"request": "said", "started": "when"}, zone="Mars")


def test_pairs_are_read_in_either_order_and_by_common_names():
    assert parse_columns(["text=said", "when=time"], ["said", "when"]) == {"request": "said", "started": "when"}
    assert parse_columns(["request=data.text"], ["data", "data.text"]) == {"request": "data.text"}
    with pytest.raises(InputError, match="has no such column; it has said, when"):
        parse_columns(["request=words"], ["when", "said"])
    with pytest.raises(InputError, match="expected FIELD=COLUMN"):
        parse_columns(["request"], ["request"])
