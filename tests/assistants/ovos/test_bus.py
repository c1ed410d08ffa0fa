import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.assistants.ovos.bus import listen, parse_message
from sayagain.assistants.ovos.watch import TICK, is_watched

SAID = {"type": "recognizer_loop:utterance", "data": {"utterances": ["lamp on"]}, "context": {}}


def heard(events):
    """The next event that is no tick."""
    return next(event for event in events if event["type"] != TICK)


def test_what_the_bus_carries_is_heard_with_when_it_came(bus):
    stop = threading.Event()
    events = listen("127.0.0.1", bus.port, stop)
    assert next(events)["type"] == TICK
    assert bus.greeted.acquire(timeout=30)
    bus.send({"type": "gui.page.show", "data": {}, "context": {}})
    bus.send(b"not JSON \xff")
    bus.send([1])
    bus.send(SAID)
    event = heard(events)
    assert {key: event[key] for key in SAID} == SAID
    assert event["at"] > 1_700_000_000_000
    stop.set()
    assert all(message["type"] == TICK for message in events)


def test_a_bus_that_goes_is_listened_to_again_when_it_is_back(bus):
    stop, told = threading.Event(), []
    events = listen("127.0.0.1", bus.port, stop, report=told.append, patience=100)
    next(events)
    assert bus.greeted.acquire(timeout=30)
    bus.send(SAID)
    assert heard(events)["data"] == SAID["data"]
    bus.drop()
    answered = threading.Thread(target=lambda: (bus.greeted.acquire(timeout=30), bus.send(SAID)))
    answered.start()
    assert heard(events)["data"] == SAID["data"]
    answered.join()
    stop.set()
    events.close()
    assert [sentence.split(" ")[0] for sentence in told] == ["listening", "lost", "listening"]
    assert "lost the connection" in told[1]


def test_a_bus_that_is_not_there_is_told_once_and_time_goes_on(bus):
    bus.close()
    stop, told = threading.Event(), []
    events = listen("127.0.0.1", bus.port, stop, report=told.append, patience=10)
    assert [next(events)["type"] for _ in range(2)] == [TICK, TICK]
    stop.set()
    assert list(events) == []
    (words,) = told
    assert "cannot connect to" in words


def test_nothing_of_where_the_home_is_is_kept():
    context = {
        "session": {"session_id": "s", "site_id": "attic", "location": {"city": "Lawrence"}, "lang": "en-US"},
        "source": "audio",
        "skill_id": "a",
        "sayagain": {"turn_id": "t"},
    }
    assert parse_message({"type": "speak", "data": {}, "context": context}, 5)["context"] == {
        "session": {"session_id": "s", "site_id": "attic", "lang": "en-US"},
        "skill_id": "a",
        "sayagain": {"turn_id": "t"},
    }


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        ("speak", True),
        ("ovos.skills.fallback.a.response", True),
        ("ovos.skills.fallback.ping", False),
        ("a.skill:On.intent", True),
        ("a.skill.activate", False),
        ("recognizer_loop:wakeword", False),
        ("mycroft.stop", True),
        ("padatious:register_intent", False),
    ],
)
def test_which_messages_are_kept(kind, kept):
    data = {} if kind.startswith("padatious") else {"utterance": "on"}
    assert is_watched(kind, data) == kept


@given(st.dictionaries(st.sampled_from(["type", "data", "context"]), st.text() | st.none() | st.lists(st.integers())))
def test_a_message_of_any_shape_is_no_trouble(message):
    event = parse_message(message, 0)
    assert event is None or event["type"] == message["type"]
