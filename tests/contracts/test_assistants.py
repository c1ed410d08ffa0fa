"""What every assistant must do, run on each: its recorded events become turns.

For an assistant NAME two files stand in `assistants/`, and a `Contract` stands in `CONTRACTS`:

- `NAME.jsonl`: events as a script recorded them from the real thing, one a line, of at least two conversations;
- `NAME_turns.jsonl`: what is expected of each turn, in order of time: any fields of the turn, and `failed`.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayagain.assistants import Assistant
from sayagain.assistants.by_name import ASSISTANTS, assistant_named
from sayagain.errors import InputError
from sayagain.formats import BadRecord, encode_turn, read_turns, turns_to_parquet, write_turns_jsonl
from sayagain.store.memory import MemoryStore
from sayagain.turns import Turn

SLOT = re.compile(r"\{(\w+)\}")
RECORDED = Path(__file__).parent / "assistants"


class Contract(NamedTuple):
    """What the suite must know of one assistant."""

    conversation: Callable[[dict[str, Any]], object]
    """Which conversation an event belongs to."""
    rewrites: bool = True
    """Whether a rewrite that was applied can be told from the recorded events."""


def homeassistant_conversation(event):
    """Ours forwards under a name of its own; what tells of the satellite belongs to what was spoken there."""
    started = event["events"][0]["data"] if event["kind"] == "run" else event.get("turn", event)
    return started.get("conversation_id", "01M86JW1NJFZ9R7A38K3GW9GG6").removeprefix("sayagain-")


def otel_conversation(document):
    """A span of a tool does not name its conversation; its trace is in one only."""
    return next(name for trace, name in otel_traces().items() if trace in json.dumps(document))


@cache
def otel_traces():
    """The conversation of each trace that was recorded."""
    found = {}
    for document in events_of("otel"):
        text = json.dumps(document)
        trace = re.search(r'"traceId": "(\w+)"', text)[1]
        for name in re.findall(r'"gen_ai.conversation.id", "value": {"stringValue": "([\w-]+)"', text):
            found[trace] = name
    return found


CONTRACTS: dict[str, Contract] = {
    "homeassistant": Contract(conversation=homeassistant_conversation),
    "ovos": Contract(conversation=lambda event: event["context"]["session"]["session_id"]),
    "otel": Contract(conversation=otel_conversation),
    "rasa": Contract(conversation=lambda event: event["sender_id"]),
}

assistants = pytest.mark.parametrize("name", CONTRACTS)
quiet = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def events_of(name):
    return [json.loads(line) for line in (RECORDED / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def expected_of(name):
    return [json.loads(line) for line in (RECORDED / f"{name}_turns.jsonl").read_text(encoding="utf-8").splitlines()]


def read(name, events):
    """All that a fresh reader makes of events: turns in order of time, and bad records."""
    found = list(assistant_named(name).turns(iter(events), "log"))
    assert all(isinstance(each, Turn | BadRecord) for each in found)
    turns = sorted((each for each in found if isinstance(each, Turn)), key=lambda turn: (turn.started, turn.turn_id))
    return turns, [each for each in found if isinstance(each, BadRecord)]


def by_conversation(name, events):
    of = CONTRACTS[name].conversation
    found = {}
    for event in events:
        found.setdefault(of(event), []).append(event)
    return found


def holds(expected, value):
    """Whether a decoded value is as expected; only the fields that are expected are looked at."""
    if isinstance(expected, dict):
        return isinstance(value, dict) and all(holds(part, value.get(key)) for key, part in expected.items())
    return expected == value


def as_expected(turn):
    return {**json.loads(encode_turn(turn)), "failed": turn.failed}


def places(value, at=()):
    """Where the parts of a decoded value stand."""
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*at, key))


def replaced(value, at, other):
    if not at:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = replaced(value[at[0]], at[1:], other)
    return copy


def without(value, words):
    if isinstance(value, dict):
        return {key: without(part, words) for key, part in value.items() if key not in words}
    return [without(part, words) for part in value] if isinstance(value, list) else value


def test_every_assistant_is_under_contract():
    assert set(CONTRACTS) == set(ASSISTANTS)


def test_an_unknown_assistant_is_told_which_there_are():
    with pytest.raises(InputError, match=r"^there is no assistant zzz; there are:"):
        assistant_named("zzz")


@assistants
def test_it_has_the_name_that_its_turns_bear(name):
    made = assistant_named(name)
    assert isinstance(made, Assistant)
    assert made.name == name
    turns, _ = read(name, events_of(name))
    assert {turn.assistant for turn in turns} == {name}


@assistants
def test_recorded_events_become_the_turns_that_are_expected(name):
    turns, bad = read(name, events_of(name))
    assert bad == []
    expected = expected_of(name)
    assert [turn.request for turn in turns] == [each["request"] for each in expected]
    for turn, each in zip(turns, expected, strict=True):
        assert holds(each, as_expected(turn)), (each, as_expected(turn))


@assistants
def test_what_is_expected_shows_a_failure_a_success_and_a_rewrite(name):
    expected = expected_of(name)
    assert {each["failed"] for each in expected} == {True, False}
    assert any("applied_rewrite" in each for each in expected) == CONTRACTS[name].rewrites


@assistants
def test_the_same_events_give_the_same_turns_and_add_nothing_to_a_store(name):
    turns, _ = read(name, events_of(name))
    again, _ = read(name, events_of(name))
    assert turns == again
    with MemoryStore() as store:
        assert store.add_turns(turns) == (len(turns), 0)
        assert store.add_turns(again) == (0, len(turns))


@assistants
def test_one_reader_may_read_several_logs(name):
    reader = assistant_named(name)
    first = list(reader.turns(iter(events_of(name)), "log"))
    assert list(reader.turns(iter(events_of(name)), "log")) == first


@assistants
@quiet
@given(data=st.data())
def test_conversations_do_not_mix_however_they_are_interleaved(name, data):
    apart = by_conversation(name, events_of(name))
    assert len(apart) > 1
    alone = [turn for events in apart.values() for turn in read(name, events)[0]]
    order = [key for key, events in apart.items() for _ in events]
    data.draw(st.randoms(use_true_random=False)).shuffle(order)
    waiting = {key: iter(events) for key, events in apart.items()}
    together, bad = read(name, [next(waiting[key]) for key in order])
    assert bad == []
    assert {turn.turn_id: turn for turn in together} == {turn.turn_id: turn for turn in alone}
    assert len(together) == len(alone)


@assistants
def test_nothing_of_one_user_reaches_another(name):
    """What others said changes nothing in the turns of one conversation, and no conversation has two users."""
    turns, _ = read(name, events_of(name))
    apart = by_conversation(name, events_of(name))
    for left_out, events in apart.items():
        rest = [event for event in events_of(name) if CONTRACTS[name].conversation(event) != left_out]
        own = {turn.turn_id for turn in read(name, events)[0]}
        assert own
        assert read(name, rest)[0] == [turn for turn in turns if turn.turn_id not in own]
        assert len({turn.user_id for turn in turns if turn.turn_id in own} - {None}) <= 1


@assistants
def test_confidences_may_be_missing(name):
    events = events_of(name)
    bare = without(events, {"confidence", "score", "probability", "conf"})
    turns, bad = read(name, bare)
    full, _ = read(name, events)
    assert bad == []
    for turn, before in zip(turns, full, strict=True):
        assert (turn.request, turn.failed, turn.understood.key) == (
            before.request,
            before.failed,
            before.understood.key,
        )
        assert all(hypothesis.confidence is None for hypothesis in turn.hypotheses)


@assistants
@pytest.mark.parametrize("garbage", [5, None, [], "lamp on", True])
def test_what_is_no_event_is_a_bad_record_and_reading_goes_on(name, garbage):
    events = events_of(name)
    turns, _ = read(name, events)
    for place in (0, len(events) // 2, len(events)):
        found, bad = read(name, [*events[:place], garbage, *events[place:]])
        assert found == turns
        assert [(each.source, each.line) for each in bad] == [("log", place + 1)]
        assert "\n" not in str(bad[0])
        assert bad[0].reason.strip()


@assistants
@quiet
@given(data=st.data())
def test_any_json_in_place_of_any_part_of_an_event_never_raises(name, data):
    events = events_of(name)
    touched = set()
    for _ in range(data.draw(st.integers(1, 3))):
        which = data.draw(st.integers(0, len(events) - 1))
        at = data.draw(st.sampled_from(list(places(events[which]))))
        touched.add(CONTRACTS[name].conversation(events_of(name)[which]))
        events[which] = replaced(events[which], at, data.draw(JSON))
    turns, bad = read(name, events)
    for each in bad:
        assert "\n" not in each.reason
        assert 1 <= each.line <= len(events)
    # Whatever is given as a turn can be kept.
    lines = [encode_turn(turn) for turn in turns]
    assert len(lines) == len(turns)
    # The conversations that were left alone come out as they were.
    for key, own in by_conversation(name, events_of(name)).items():
        if key not in touched:
            assert not Counter(map(encode_turn, read(name, own)[0])) - Counter(lines)


@assistants
@quiet
@given(events=st.lists(JSON, max_size=4))
def test_events_of_something_else_never_raise(name, events):
    turns, bad = read(name, events)
    assert len(turns) <= len(events)
    assert len(bad) >= sum(not isinstance(event, dict) for event in events)


@assistants
def test_its_turns_go_through_every_format(name, tmp_path):
    turns, _ = read(name, events_of(name))
    write_turns_jsonl(tmp_path / "turns.jsonl", turns)
    turns_to_parquet(tmp_path / "turns.parquet", turns)
    assert list(read_turns(tmp_path / "turns.jsonl")) == list(read_turns(tmp_path / "turns.parquet")) == turns
