"""Rasa's events, flat and nested, become turns."""

import json
from pathlib import Path

import pytest

from sayagain.assistants.rasa.rasa import Rasa
from sayagain.formats import BadRecord
from sayagain.turns import NOTHING, Action, Hypothesis, Resolution, Slot

AT = 1_795_516_626.25


class Log:
    """Writes events one after the other, a tenth of a second apart."""

    def __init__(self, sender="ann", *, nested=False):
        self.sender = sender
        self.nested = nested
        self.events = []

    def add(self, kind, **fields):
        at = AT + len(self.events) / 10
        if self.nested:
            envelope = {"conversation_id": self.sender, "timestamp": at, "event_id": f"e{len(self.events)}"}
            self.events.append({**envelope, "sequence": len(self.events), kind: fields})
        else:
            self.events.append({"sender_id": self.sender, "event": kind, "timestamp": at, **fields})
        return self

    def user(self, text, intent="on", entities=(), **fields):
        parsed = {"intent": {"name": intent, "confidence": 0.9}, "entities": list(entities)}
        return self.add("user", text=text, parse_data=parsed, message_id=f"m{len(self.events)}", **fields)

    def listen(self):
        return self.add("action", name="action_listen")


def turns(*logs):
    records = list(Rasa().turns([event for log in logs for event in log.events], "log"))
    assert not [record for record in records if isinstance(record, BadRecord)]
    return records


@pytest.mark.parametrize("nested", [False, True])
def test_both_forms_give_the_same_turn(nested):
    area = {"entity": "area", "value": "attic", "start": 8, "end": 12}
    log = Log(nested=nested).user("on, the loft", entities=[area]).add("slot", name="area", value="attic")
    log.add("action", name="action_on").add("bot", text="It is on.").listen()
    (turn,) = turns(log)
    assert (turn.started, turn.request, turn.conversation_id) == (1_795_516_626_250, "on, the loft", "ann")
    assert turn.hypothesis == Hypothesis(intent="on", slots=(Slot("area", "attic"),), confidence=0.9)
    assert turn.resolution == (Resolution(slot="area", raw="loft", id="attic", status="ok"),)
    assert (turn.actions, turn.response.text) == ((Action(target="action_on"),), "It is on.")


@pytest.mark.parametrize("encode", [json.dumps, dict])
def test_rows_of_the_tracker_store_give_the_same_turn(encode):
    log = Log().user("on, the loft").add("bot", text="It is on.").listen()
    rows = [
        {"id": number, "sender_id": event["sender_id"], "type_name": event["event"], "timestamp": event["timestamp"]}
        | {
            "intent_name": None,
            "action_name": None,
            "data": encode({k: v for k, v in event.items() if k != "sender_id"}),
        }
        for number, event in enumerate(log.events)
    ]
    assert list(Rasa().turns(rows, "log")) == turns(log)
    (bad,) = Rasa().turns([rows[0] | {"data": "{"}], "log")
    assert isinstance(bad, BadRecord)


def test_newer_events_name_the_user_the_session_and_values_in_json():
    log = Log(nested=True).user("warmer", "set", [{"entity": "degrees", "value": 21}])
    log.add("memory_set", name="degrees", value_json="21").add("tool_executed", tool_name="heat", result_json="{}")
    log.add("tool_executed", tool_name="fan", error="broken").add("skill_activated", name="x")
    for event in log.events:
        event |= {"user_id": "u1", "session_id": "s1", "deployment_environment": "live"}
    (turn,) = turns(log)
    assert (turn.user_id, turn.session_id) == ("u1", "s1")
    assert turn.resolution[0].id == "21"
    assert [(action.target, action.ok) for action in turn.actions] == [("heat", True), ("fan", False)]


def test_slots_carried_over_from_earlier_turns_are_no_part_of_a_turn():
    log = Log().add("session_started").add("slot", name="area", value="attic")
    log.user("on").add("action", name="action_on").listen()
    (turn,) = turns(log)
    assert (turn.hypothesis.slots, turn.resolution) == ((), ())


@pytest.mark.parametrize("intent", ["nlu_fallback", "out_of_scope", None])
def test_an_intent_that_says_not_understood_is_a_failure(intent):
    log = Log().user("fnord", intent).add("bot", text="Sorry?").listen()
    log.events[0]["parse_data"]["intent_ranking"] = [
        {"name": intent, "confidence": 0.4},
        {"name": "on", "confidence": 0.3},
    ]
    (turn,) = turns(log)
    assert (turn.failed, turn.understood) == (True, NOTHING)
    assert [hypothesis.intent for hypothesis in turn.hypotheses] == ["", "on"]
    assert turn.response.error_code == intent


@pytest.mark.parametrize("action", ["action_default_fallback", "action_default_ask_rephrase"])
def test_an_action_that_says_it_could_not_is_a_failure_though_an_intent_was_read(action):
    log = Log().user("no").add("action", name=action).add("bot", text="Sorry.").add("rewind").listen()
    (turn,) = turns(log)
    assert (turn.failed, turn.response.error_code, turn.actions) == (True, action, ())


def test_a_rewind_alone_is_no_failure():
    (turn,) = turns(Log().user("what is it").add("bot", text="It is.").add("rewind").listen())
    assert not turn.failed


def test_an_action_that_was_rejected_did_not_work():
    log = Log().user("on").add("action_execution_rejected", name="order_form", policy="p", confidence=1.0).listen()
    (turn,) = turns(log)
    assert turn.actions == (Action(target="order_form", ok=False),)
    assert turn.response is None


def test_a_turn_ends_when_rasa_listens_and_what_comes_later_is_not_its_own():
    log = Log().user("on").add("bot", text="It is on.").listen().add("bot", text="A reminder!")
    (turn,) = turns(log)
    assert turn.response.text == "It is on."


@pytest.mark.parametrize("end", ["session_started", "restart", "user"])
def test_a_turn_that_rasa_never_ends_is_ended_by_what_begins_anew(end):
    log = Log().user("on")
    log = log.user("off") if end == "user" else log.add(end).add("bot", text="Welcome.")
    records = turns(log)
    assert records[0].request == "on"
    assert records[0].response is None


def test_sessions_are_those_of_rasa():
    log = Log().user("a").listen().add("session_started").user("b").listen().user("c").listen()
    log.add("session_started").user("d").listen()
    sessions = [turn.session_id for turn in turns(log)]
    assert sessions[0] is None
    assert sessions[1] == sessions[2] != sessions[3]


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "EXTERNAL: EXTERNAL_reminder"},
        {"text": "wake up", "metadata": {"is_external": True}},
        {"text": "/session_start"},
        {"text": None},
        {"text": "  "},
        {},
    ],
)
def test_what_no_user_said_is_no_turn(fields):
    assert turns(Log().add("user", **fields).add("bot", text="x").listen()) == []


def test_the_sender_that_was_not_told_is_nobody():
    assert [turn.user_id for turn in turns(Log("default").user("on"), Log("bob").user("on"))] == [None, "bob"]


def test_the_ids_are_the_same_however_the_log_is_cut():
    log = Log().user("on").listen().user("on").listen()
    first, second = turns(log)
    assert first.turn_id != second.turn_id
    later = Log()
    later.events = log.events[2:]
    assert [turn.turn_id for turn in turns(later)] == [second.turn_id]


def test_what_the_channel_left_is_the_turn_and_its_rewrite():
    applied = {"id": "0123456789ab", "from": "lamp of", "to": "lamp off", "layer": "table", "propensity": 1.0}
    log = Log().user("lamp off", metadata={"sayagain": {"turn_id": "t1", "applied_rewrite": applied, "why": "x"}})
    log.user("on", metadata={"sayagain": {"turn_id": "t2", "applied_rewrite": {**applied, "id": "none"}}})
    log.user("off", metadata={"sayagain": {"turn_id": " ", "applied_rewrite": {"id": 5}}})
    first, second, third = turns(log)
    assert (first.turn_id, first.heard, first.request) == ("t1", "lamp of", "lamp off")
    assert (second.turn_id, second.applied_rewrite) == ("t2", None)
    assert third.turn_id.startswith("rasa-")
    assert third.applied_rewrite is None


def test_roles_tell_two_entities_of_one_kind_apart():
    entities = [{"entity": "city", "role": "from", "value": "Rome"}, {"entity": "city", "role": "to", "value": "Oslo"}]
    (turn,) = turns(Log().user("fly", "fly", entities))
    assert turn.hypothesis.slots == (Slot("city:from", "Rome"), Slot("city:to", "Oslo"))


def test_a_value_that_is_no_text_is_kept_as_json():
    (turn,) = turns(Log().user("at eight", "wake", [{"entity": "time", "value": {"to": None, "from": "08:00"}}]))
    assert turn.hypothesis.slots == (Slot("time", '{"from":"08:00","to":null}'),)


def test_the_dump_of_a_tracker_gives_the_turns_of_its_events():
    dump = json.loads((Path(__file__).parent / "tracker.json").read_text(encoding="utf-8"))
    records = list(Rasa().turns([dump], "tracker.json"))
    assert [(turn.request, turn.user_id) for turn in records] == [("hey", "ann")]
    log = Path(__file__).parents[2] / "contracts/assistants/rasa.jsonl"
    events = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert records[0] in list(Rasa().turns(events, "rasa.jsonl"))


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({}, '"event" is missing; expected "event", or "conversation_id" and one payload'),
        ({"event": "user", "timestamp": AT}, '"sender_id" is missing'),
        ({"event": "user", "sender_id": "a"}, '"timestamp" is null; expected a time'),
        ({"event": "user", "sender_id": "a", "timestamp": -5}, '"timestamp" is -5; expected seconds since 1970'),
        ({"conversation_id": "a", "timestamp": AT}, "one payload"),
        ({"conversation_id": "a", "timestamp": AT, "user": {}, "bot": {}}, "one payload"),
        ("x", "the event is not an object; expected an event of a tracker"),
    ],
)
def test_an_event_that_cannot_be_used_says_why(event, sentence):
    log = Log().user("on").listen()
    records = list(Rasa().turns([event, *log.events], "events.jsonl"))
    assert str(records[0]).startswith("events.jsonl:1: ")
    assert sentence in records[0].reason
    assert records[1].request == "on"
