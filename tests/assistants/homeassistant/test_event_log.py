"""On the evening that scripts/record_homeassistant.py recorded, and on what it could not show."""

import json
import random
from pathlib import Path

import msgspec
import pytest

from sayagain.assistants import Assistant
from sayagain.assistants.homeassistant.event_log import HomeAssistantLog
from sayagain.formats import BadRecord, encode_turn
from sayagain.turns import Interruption

FOLDER = Path(__file__).parents[2] / "contracts" / "assistants"
EVENTS = [json.loads(line) for line in (FOLDER / "homeassistant.jsonl").read_text("utf-8").splitlines()]
EXPECTED = [json.loads(line) for line in (FOLDER / "homeassistant_turns.jsonl").read_text("utf-8").splitlines()]


def read(events):
    found = list(HomeAssistantLog().turns(iter(events), "log"))
    assert not any(isinstance(record, BadRecord) for record in found)
    return sorted(found, key=lambda turn: (turn.started, turn.turn_id))


def holds(expected, value):
    if isinstance(expected, dict):
        return all(holds(part, value.get(key)) for key, part in expected.items())
    return expected == value


def test_it_is_an_assistant():
    assert isinstance(HomeAssistantLog(), Assistant)


def test_the_evening_becomes_the_turns_that_are_expected():
    turns = read(EVENTS)
    assert len(turns) == len(EXPECTED)
    for turn, expected in zip(turns, EXPECTED, strict=True):
        shown = {**json.loads(encode_turn(turn)), "failed": turn.failed}
        assert holds(expected, shown), (expected, shown)
    assert len({turn.turn_id for turn in turns}) == len(turns)


def test_in_whatever_order_the_parts_come_the_turns_are_the_same():
    """But what one source says stays in its order, and where devices stand and what was heard is told first."""
    before = [event for event in EVENTS if event["kind"] in {"agents", "devices", "listened"}]
    sources = {}
    for event in EVENTS:
        if event in before:
            continue
        kind = event["kind"]
        sources.setdefault(f"chat {event['conversation_id']}" if kind.startswith("chat") else kind, []).append(event)
    dice = random.Random(1)
    for _ in range(20):
        order = [name for name, events in sources.items() for _ in events]
        dice.shuffle(order)
        waiting = {name: iter(events) for name, events in sources.items()}
        assert read([*before, *(next(waiting[name]) for name in order)]) == read(EVENTS)


def test_what_is_told_twice_is_one_turn():
    """As after a lost connection: the last runs of each pipeline and the open chat logs are read again."""
    again = [event for event in EVENTS if event["kind"] in {"run", "chat", "devices", "agents"}]
    assert read([*EVENTS, *again]) == read(EVENTS)


def test_a_barge_in_is_one_only_where_nothing_was_asked():
    turns = read(EVENTS)
    [cut] = [turn for turn in turns if turn.interrupted is not None]
    assert cut.request == "what is the temperature outside"
    asked = json.loads(json.dumps(EVENTS).replace("25.0 degrees", "25.0 degrees?"))
    assert [turn for turn in read(asked) if turn.interrupted is not None] == []


def test_the_false_idle_of_an_old_time_out_ends_no_answer():
    """It comes while the next answer is under way, before its run has ended."""
    run = next(event for event in EVENTS if event["kind"] == "run" and "kitchen lights" in json.dumps(event))
    [turn] = [turn for turn in read(EVENTS) if turn.request == "turn off the kitchen lights"]
    first = {"kind": "state", "entity_id": turn.satellite_id}
    over = run["at"]
    states = [
        {**first, "at": over - 30, "old": "processing", "new": "responding"},
        {**first, "at": over - 20, "old": "responding", "new": "idle"},
        {**first, "at": over - 10, "old": "idle", "new": "responding"},
        {**first, "at": over + 900, "old": "responding", "new": "idle"},
    ]
    others = [event for event in EVENTS if event["kind"] != "state"]
    [again] = [turn for turn in read([*others, *states]) if turn.request == "turn off the kitchen lights"]
    assert (again.speech.started, again.speech.ended, again.interrupted) == (over - 30, over + 900, None)


def test_a_run_that_our_agent_did_not_live_to_answer_is_no_turn():
    """Home Assistant says that the service cannot be reached: nothing to learn from."""
    alone = [event for event in EVENTS if event["kind"] in {"run", "agents", "devices"}]
    assert [turn.request for turn in read(alone)] == [""]


def test_what_home_assistant_answered_by_itself_is_a_turn_though_our_agent_was_asked_for():
    run = next(event for event in EVENTS if event["kind"] == "run" and "turn on the lights" in json.dumps(event))
    local = json.loads(json.dumps(run).replace('"processed_locally": false', '"processed_locally": true'))
    agents = next(event for event in EVENTS if event["kind"] == "agents" and event["ids"])
    [turn] = read([agents, local])
    assert (turn.request, turn.response.type, turn.applied_rewrite) == ("turn on the lights", "action_done", None)


def test_a_question_that_nobody_answers_is_a_turn_that_asked():
    answered = [event for event in EVENTS if event["kind"] == "answered"]
    question = next(event for event in answered if event["turn"].get("response", {}).get("type") == "question")
    [turn] = read([question])
    assert (turn.request, turn.response.text) == ("snooze lamp off", "Did you mean: turn off the bed light?")
    assert not turn.failed


def test_what_is_told_of_speech_belongs_to_the_run_that_heard_it():
    turns = read(EVENTS)
    assert {turn.raw["audio_ms"] for turn in turns if turn.raw} == {
        event["audio"] for event in EVENTS if event["kind"] == "listened" and event["text"] not in {"", "yes"}
    }
    silent = [event for event in EVENTS if event["kind"] != "listened"]
    assert all(turn.raw is None for turn in read(silent))


def test_how_it_sounded_belongs_to_the_run_that_heard_it_and_is_missing_where_nobody_judged():
    judged = [{**event, "misheard": 0.25} if event["kind"] == "listened" else event for event in EVENTS]
    heard = [turn for turn in read(judged) if turn.raw]
    assert heard
    assert {turn.asr.misheard for turn in heard} == {0.25}
    assert {turn.asr.misheard for turn in read(EVENTS) if turn.asr} == {None}


def test_a_satellite_that_goes_away_while_it_speaks_has_stopped():
    [turn] = [turn for turn in read(EVENTS) if turn.interrupted is not None]
    events = [event for event in EVENTS if event["kind"] != "state" or event["at"] <= turn.speech.started]
    gone = {"kind": "state", "entity_id": turn.satellite_id, "at": turn.speech.started + 100, "old": "responding"}
    [again] = [
        completed_turn
        for completed_turn in read([*events, {**gone, "new": "unavailable"}])
        if completed_turn.turn_id == turn.turn_id
    ]
    assert (again.speech.ended, again.interrupted) == (turn.speech.started + 100, None)
    [cut] = [cut_turn for cut_turn in read([*events, {**gone, "new": "listening"}]) if cut_turn.turn_id == turn.turn_id]
    assert cut.interrupted == Interruption(yes=True, by="user", at=turn.speech.started + 100)


@pytest.mark.parametrize("garbage", [None, 5, [], {}, {"kind": "run"}, {"kind": "chat", "at": "now"}, {"kind": "x"}])
def test_what_is_no_event_is_told_and_reading_goes_on(garbage):
    found = list(HomeAssistantLog().turns([garbage, *EVENTS], "log"))
    bad = [record for record in found if isinstance(record, BadRecord)]
    assert [(record.source, record.line) for record in bad] == [("log", 1)]
    assert len(found) == len(EXPECTED) + 1
    assert msgspec.json.decode(bad[0].raw) == garbage


@pytest.mark.parametrize(
    ("intent", "pipeline", "language"),
    [
        ("*", "de", "de"),
        ("mul", "de-AT", "de-AT"),
        ("de", "en", "de"),
        ("*", None, "*"),
        ("*", "*", "*"),
        (None, "fr", "fr"),
    ],
)
def test_where_an_agent_names_no_language_the_turn_has_the_pipelines(intent, pipeline, language):
    def tell(event):
        for kind, tag in (("intent-start", intent), ("run-start", pipeline)):
            if event["type"] == kind:
                event = {**event, "data": {**event["data"], "language": tag}}
        return event

    runs = [{**each, "events": [tell(one) for one in each["events"]]} for each in EVENTS if each["kind"] == "run"]
    turns = read([each for each in EVENTS if each["kind"] != "run"] + runs)
    told = {turn.language for turn in turns}
    # What our own agent answered states what the agent was told.
    assert language in told
    assert told <= {language, "en", None}
