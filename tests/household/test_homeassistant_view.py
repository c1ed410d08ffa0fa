"""What a user of Home Assistant can see of a turn of the household."""

import pytest

from sayagain.household.homeassistant_view import HomeAssistantView
from sayagain.turns import Asr, AsrHypothesis, Hypothesis, Nlu, Response, Slot, Turn


@pytest.fixture
def turn():
    best = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lamp"),), confidence=0.8)
    return Turn(
        turn_id="t",
        started=0,
        request="lamp off",
        user_id="u",
        session_id="s",
        device_id="d",
        area="kitchen",
        asr=Asr(text="lamp off", nbest=(AsrHypothesis(text="lamp of", confidence=0.4),), confidence=0.6),
        nlu=Nlu(engine="hassil", ranking=(best, Hypothesis(intent="HassTurnOn"))),
        response=Response(text="done", type="action_done"),
    )


def test_a_user_of_home_assistant_gets_words_before_and_what_was_called_after(turn):
    view = HomeAssistantView()
    before, after = view.request_view(turn), view.log_view(turn)
    assert (before.user_id, before.asr, before.nlu, before.device_id) == (None, None, None, "d")
    assert (after.user_id, after.session_id, after.asr) == (None, None, Asr(text="lamp off"))
    assert after.hypotheses == (Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lamp"),)),)
    assert view.log_view(turn_that_failed(turn)).hypothesis == Hypothesis(intent="")


def turn_that_failed(turn):
    values = {name: getattr(turn, name) for name in turn.__struct_fields__}
    return Turn(**values | {"response": Response(type="error", error_code="no_intent_match")})


def test_a_view_grants_what_it_says(turn):
    assert HomeAssistantView(ids=True).request_view(turn).user_id == "u"
    seen = HomeAssistantView(hypotheses=True).request_view(turn)
    assert (seen.user_id, seen.asr, seen.nlu) == (None, turn.asr, turn.nlu)
