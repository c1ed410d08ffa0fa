"""Requests that fail for a name in Home Assistant, whose log has neither confidences nor candidates."""

import pytest

from sayagain.turns import Hypothesis, Nlu

NOW = 1_767_225_600_000
LOST = ("Sorry, I couldn't understand that", "no_intent_match")


def not_aware_of(name):
    return f"Sorry, I am not aware of any device called {name}", "no_valid_targets"


@pytest.fixture
def failing(make_turn):
    """A turn as Home Assistant logs it where it did not act: from its events, or from its API."""

    def failing(words, answer, nlu):
        turn = make_turn(words, answer=answer)
        return type(turn)(
            turn_id=turn.turn_id,
            started=turn.started,
            ended=turn.ended,
            request=words,
            device_id="kitchen",
            language="en",
            assistant="homeassistant",
            nlu=nlu,
            response=turn.response,
        )

    return failing


@pytest.mark.parametrize("nlu", [None, Nlu(engine="homeassistant", ranking=(Hypothesis(intent=""),))])
@pytest.mark.parametrize(
    ("words", "name", "works", "stage"),
    [
        ("turn on the kit shin light", "kit shin", "turn on the kitchen light", "asr"),
        ("turn on the death clamp", "death clamp", "turn on the desk lamp", "asr"),
        ("turn on the chandelier", "chandelier", "turn on the kitchen light", "entity_resolution"),
        ("turn on the coffee machine", "coffee machine", "turn on the desk lamp", "entity_resolution"),
        (
            "turn on the desk lamp in the kitchen",
            "Desk Lamp in the Kitchen area",
            "turn on the desk lamp",
            "entity_resolution",
        ),
    ],
)
def test_a_name_that_is_not_found_was_misheard_only_if_it_sounds_like_one_of_the_home(
    isolate, failing, working_turn, words, name, works, stage, nlu
):
    assert isolate(failing(words, not_aware_of(name), nlu), working_turn(works, at=NOW + 8_000))[0] == stage


def test_what_is_understood_and_fails_is_no_matter_of_names(isolate, failing, hypothesis):
    nlu = Nlu(engine="homeassistant", ranking=(hypothesis("HassTurnOn", name="garage door"),))
    turn = failing("open the garage door", ("An unexpected error occurred", "failed_to_handle"), nlu)
    assert isolate(turn) == ["result"]
    assert isolate(turn, later=False) == ["result"]
