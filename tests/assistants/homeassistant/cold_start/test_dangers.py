import pytest

from sayagain.assistants.homeassistant.cold_start.dangers import (
    excepted,
    left_out,
    negated,
    room_for_thing,
    time_left_out,
)


@pytest.mark.parametrize(
    ("heard", "word"),
    [
        ("never mind", None),
        ("nevermind", None),
        ("no the kitchen lights", None),
        ("turn off the notebook", None),
        ("do not turn it on", "not"),
        ("Don’t open it", "don't"),
        ("never turn it on", "never"),
        ("no need to turn it on", "no need"),
        ("turn it off instead of opening it", "instead of"),
    ],
)
def test_what_turns_a_request_round(heard, word):
    assert negated(heard) == word


@pytest.mark.parametrize(
    ("heard", "parts"),
    [
        ("turn off the lights", None),
        ("except", None),
        ("all lights off apart from the living room", ("all lights off", "the living room")),
        ("turn off the lights everywhere but the kitchen", ("turn off the lights everywhere", "the kitchen")),
        ("turn off everything but the fan", ("turn off everything", "the fan")),
    ],
)
def test_what_is_left_out_of_a_request(heard, parts):
    assert excepted(heard) == parts


def test_a_word_like_a_name_is_not_strange(demo, oracle):
    room = next(area for area in demo.areas if area.id == "bedroom")
    assert left_out(oracle.read("hey could you turn the bedroom lights off for me", room), demo) == []
    assert left_out(oracle.read("turn off the mirror light in the bedroom", room), demo) == ["mirror"]


def test_what_acts_on_no_thing_leaves_no_name_out(oracle):
    hypothesis = oracle.read("start a spaghetti timer for 9 minutes")
    assert hypothesis.left == ("spaghetti",)
    assert left_out(hypothesis, oracle.home) == []


@pytest.mark.parametrize(
    ("heard", "time", "left"),
    [
        ("turn on the bed light at 8 am", "at 8 am", True),
        # Its number is taken for a position.
        ("open the hall window at 5", "at 5", True),
        ("open the garage door after 3 minutes", "after 3 minutes", False),
        ("is the garage door open tonight", "tonight", False),
    ],
)
def test_a_time_that_is_left_out_of_account(oracle, heard, time, left):
    assert time_left_out(oracle.read(heard), time) is left


def test_a_room_that_is_also_a_things_name(demo, oracle):
    heard = "turn on kitchen"
    assert room_for_thing(heard, oracle.read(heard), demo) == "Kitchen"
    heard = "turn on the kitchen lights"
    assert room_for_thing(heard, oracle.read(heard), demo) is None
