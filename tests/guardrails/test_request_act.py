import pytest

from sayagain.guardrails.request_act import asks_for_state, request_act


@pytest.mark.parametrize(
    ("heard", "act"),
    [
        ("who switched the hall lamp off", "question"),
        ("is the porch door locked", "question"),
        ("the porch lamp is on?", "question"),
        ("you dimmed the hall lamp", "report"),
        ("the hall lamp went off by itself", "report"),
        ("it is dark in the hall", "report"),
        ("quit dimming the hall lamp", "complaint"),
        ("you keep closing the shutters", "complaint"),
        ("leave the hall lamp alone", "complaint"),
        ("stop the music", "order"),
        ("stop playing in the hall", "order"),
        ("could you dim the hall lamp", "order"),
        ("I want the hall lamp turned off", "order"),
        ("hall lamp off", "order"),
        ("hall lamp are", "order"),
        ("have the hall lamp on", "order"),
        ("would it be possible to dim the hall lamp", "order"),
        ("do you think you could dim the hall lamp", "order"),
        ("it's dark in here, turn on the lights", "order"),
        ("it's cold in here turn the heater on", "order"),
        ("why is it so dark? switch on the hall lamp", "order"),
        ("that's wrong, turn on the hall lamp", "order"),
        ("thank you now turn off the hall lamp", "order"),
        ("let there be light", "order"),
        ("turn of the hall lamp", "order"),
        ("", "order"),
    ],
)
def test_only_an_order_is_one(heard, act):
    assert request_act(heard) == act


@pytest.mark.parametrize(
    ("heard", "state"),
    [
        ("did I lock the porch door", True),
        ("how warm is it in the hall", True),
        ("what is the temperature outside", True),
        ("how do I lock the porch door", False),
        ("tell me why the gate is open", False),
        ("who's in the hall", False),
        ("what time does the gate close", False),
    ],
)
def test_a_state_answers_only_what_asks_for_one(heard, state):
    assert asks_for_state(heard) is state
