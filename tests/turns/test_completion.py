"""A turn that was logged before it had ended."""

import pytest

from sayagain.turns import Action, Asr, AsrHypothesis, Interruption, Response, Turn, complete_turn

BEGUN = Turn(turn_id="t", started=0, request="lamp on", user_id="ann", asr=Asr(text="lamp on"))
ENDED = Turn(
    turn_id="t",
    started=0,
    request="lamp on",
    user_id="ann",
    ended=900,
    asr=Asr(text="lamp on", nbest=(AsrHypothesis(text="lamp on"), AsrHypothesis(text="lamb on"))),
    response=Response(text="Done.", type="action_done"),
    actions=(Action(target="lamp"),),
    interrupted=Interruption(yes=True),
)


def test_what_a_later_record_adds_is_taken_also_inside_its_parts():
    assert complete_turn(BEGUN, ENDED) == ENDED


def test_what_is_stored_never_changes():
    contradicting = Turn(
        turn_id="t", started=0, request="lamp on", user_id="ann", response=Response(text="No.", type="error")
    )
    merged = complete_turn(ENDED, contradicting)
    assert merged == ENDED
    assert complete_turn(merged, BEGUN) == ENDED


@pytest.mark.parametrize(
    "change",
    [{"user_id": "bob"}, {"user_id": None}, {"request": "lamp off"}, {"started": 5}, {"device_id": "hall"}],
)
def test_another_users_record_under_the_same_id_adds_nothing(change):
    fields = {"turn_id": "t", "started": 0, "request": "lamp on", "user_id": "ann", **change}
    assert complete_turn(BEGUN, Turn(**fields, response=Response(text="Done."))) == BEGUN
