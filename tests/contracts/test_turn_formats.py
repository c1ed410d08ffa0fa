"""What every form of a log must do, run on each."""

import json
import tempfile
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayagain.errors import InputError, TurnError
from sayagain.formats import BadRecord, TurnReader, read_turns, turns_to_parquet, write_turns_jsonl
from sayagain.turns import Action, AppliedRewrite, Context, Nlu, Slot, Turn

FORMS = {
    "turns.jsonl": write_turns_jsonl,
    "turns.jsonl.gz": write_turns_jsonl,
    "turns.jsonl.zst": write_turns_jsonl,
    "turns.parquet": turns_to_parquet,
}
forms = pytest.mark.parametrize("name", FORMS)


def lines(turns):
    # Compared as JSON, because to Python 1, 1.0 and True are equal.
    return [msgspec.json.encode(turn) for turn in turns]


def turns_or_sentence(log):
    try:
        return list(read_turns(log))
    except InputError as error:
        return str(error)


@forms
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(turns=st.lists(st.from_type(Turn), max_size=4))
def test_what_is_written_is_read_back_exactly(name, turns):
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, name)
        assert FORMS[name](log, turns) == len(turns)
        found = list(read_turns(log))
    assert lines(found) == lines(turns)
    assert found == turns


@forms
def test_many_turns_keep_their_order(name, tmp_path):
    turns = [Turn(turn_id=f"t{i}", started=10**12 + i, request=f"lamp {i}") for i in range(9000)]
    FORMS[name](tmp_path / name, iter(turns))
    assert list(read_turns(tmp_path / name)) == turns


@forms
def test_no_turns_give_an_empty_log(name, tmp_path):
    assert FORMS[name](tmp_path / name, []) == 0
    assert list(read_turns(tmp_path / name)) == []


@forms
def test_the_name_does_not_matter_only_the_content(name, tmp_path):
    turn = Turn(turn_id="a", started=0, request="lamp on")
    FORMS[name](tmp_path / name, [turn])
    for other in FORMS:
        renamed = tmp_path / f"renamed-{other}"
        renamed.write_bytes((tmp_path / name).read_bytes())
        assert list(read_turns(renamed)) == [turn]


@forms
def test_the_same_turns_give_the_same_bytes(name, tmp_path):
    turns = [Turn(turn_id="a", started=0, request="lamp on", context=Context(sensors={"b": 1, "a": 2.5}))]
    FORMS[name](tmp_path / name, turns)
    (tmp_path / "again").mkdir()
    FORMS[name](tmp_path / "again" / name, turns)
    assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


@forms
def test_a_truth_value_and_a_number_stay_apart(name, tmp_path):
    slots = (Slot("a", True), Slot("b", 1), Slot("c", 1.0), Slot("d", "1"), Slot("e", None))
    FORMS[name](tmp_path / name, [Turn(turn_id="a", started=0, request="x", nlu=Nlu(intent="i", slots=slots))])
    (found,) = read_turns(tmp_path / name)
    assert [type(slot.value) for slot in found.nlu.slots] == [bool, int, float, str, type(None)]


@forms
def test_all_of_the_file_is_reported_as_read(name, tmp_path):
    turns = [Turn(turn_id=f"t{i}", started=i, request="lamp on") for i in range(5000)]
    FORMS[name](tmp_path / name, turns)
    reader = TurnReader(tmp_path / name)
    seen = [reader.position for _ in reader]
    assert reader.size == (tmp_path / name).stat().st_size == reader.position
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= reader.size


@forms
def test_a_file_can_be_read_twice(name, tmp_path):
    FORMS[name](tmp_path / name, [Turn(turn_id="a", started=0, request="lamp on")])
    reader = TurnReader(tmp_path / name)
    assert list(reader) == list(reader) != []


@forms
@pytest.mark.parametrize(
    ("turn", "sentence"),
    [
        (
            Turn(turn_id="a", started=0, request="x", nlu=Nlu(intent="i", confidence=float("nan"))),
            "turn 'a': \"nlu.confidence\" is NaN or infinite; expected a finite number, or no value",
        ),
        (
            Turn(turn_id="a", started=0, request="\ud800"),
            "turn 'a': a text holds half a surrogate pair; expected valid Unicode",
        ),
        (Turn(turn_id="a", started=0, request=5), "turn 'a': \"request\" is a number; expected text"),
        (
            Turn(turn_id="", started=0, request="x"),
            "turn '': \"turn_id\" is empty; each turn needs an id of its own",
        ),
        (
            Turn(turn_id="a", started=0, request="x", actions=(Action(target="lamp", ok=1),)),
            "turn 'a': \"actions[0].ok\" is a number; expected true or false",
        ),
        (
            Turn(
                turn_id="a",
                started=0,
                request="x",
                applied_rewrite=AppliedRewrite(id="r", source="x", target="y", layer="chain", propensity=2.0),
            ),
            "turn 'a': \"applied_rewrite.propensity\" is 2.0; expected a number of at most 1",
        ),
        (Turn(turn_id="a", started=0, request="x", raw=object()), None),
    ],
)
def test_what_could_not_be_read_back_is_not_written(name, turn, sentence, tmp_path):
    with pytest.raises(TurnError) as caught:
        FORMS[name](tmp_path / name, [turn])
    assert sentence is None or str(caught.value) == sentence


@forms
def test_a_folder_that_is_not_there_is_named(name, tmp_path):
    with pytest.raises(InputError, match="cannot be written: No such file"):
        FORMS[name](tmp_path / "nowhere" / name, [])


@forms
@settings(deadline=None, max_examples=80)
@given(cut=st.floats(0, 1), change=st.integers(0, 255), where=st.floats(0, 1))
def test_a_damaged_file_gives_turns_bad_records_or_one_clear_error(name, cut, change, where):
    turns = [Turn(turn_id=f"t{i}", started=i, request="lamp on", raw={"a": [i]}) for i in range(40)]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, name)
        FORMS[name](log, turns)
        content = bytearray(log.read_bytes())
        content[int(where * (len(content) - 1))] = change
        log.write_bytes(content[: int(cut * len(content))])
        outcome = turns_or_sentence(log)
    if isinstance(outcome, str):
        assert outcome.startswith(str(log))
        assert "\n" not in outcome
    else:
        assert all(isinstance(each, Turn | BadRecord) for each in outcome)


@pytest.mark.parametrize("name", ["turns.jsonl.gz", "turns.jsonl.zst", "turns.parquet"])
def test_a_file_that_breaks_off_is_never_taken_for_whole(name, tmp_path):
    turns = [Turn(turn_id=f"t{i}", started=i, request=f"lamp {i * i}") for i in range(300)]
    FORMS[name](tmp_path / name, turns)
    content = (tmp_path / name).read_bytes()
    for kept in range(4, len(content), 97):
        (tmp_path / name).write_bytes(content[:kept])
        with pytest.raises(InputError):
            list(read_turns(tmp_path / name))


def test_a_record_may_write_its_times_as_text_in_every_form(tmp_path):
    record = {
        "turn_id": "a",
        "started": "2026-01-31T08:00:00Z",
        "request": "lamp on",
        "speech": {"started": "2026-01-31T08:00:02Z"},
    }
    (tmp_path / "turns.jsonl").write_text(json.dumps(record))
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "turns.parquet")
    assert list(read_turns(tmp_path / "turns.jsonl")) == list(read_turns(tmp_path / "turns.parquet"))
