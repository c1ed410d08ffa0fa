import pytest

from sayagain.assistants.homeassistant.cold_start.dangers import excepted, left_out, negated, room_for_thing


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


def test_a_room_that_is_also_a_things_name(demo, oracle):
    heard = "turn on kitchen"
    assert room_for_thing(heard, oracle.read(heard), demo) == "Kitchen"
    heard = "turn on the kitchen lights"
    assert room_for_thing(heard, oracle.read(heard), demo) is None
