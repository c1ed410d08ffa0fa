"""Rewrites that no release made: withdrawals and the holdout hold for them, and reports show them."""

import pytest

from sayagain import Learner
from sayagain.runtime import COLD_START, Decision
from sayagain.runtime.admission import admit_rewrite
from sayagain.turns import Response, Turn

MADE = Decision(
    heard="lamp of", text="lamp off", layer=COLD_START, probability=0.9, rewrite_id="0123456789ab", why="it is alike"
)
ASKED = Decision(heard="lamp of", text="lamp of", ask="lamp off", rewrite_id="0123456789ab", why="it may be")


def turn(number=0):
    return Turn(turn_id=f"t{number}", started=1_000_000 * (number + 1), request="lamp of", device_id="kitchen")


def admit(decision, number=0, *, withdrawn=None, share=0.0):
    return admit_rewrite(turn(number), decision, withdrawn=withdrawn or {}, release=4, seed=1, share=share)


@pytest.mark.parametrize("decision", [MADE, ASKED])
def test_what_was_withdrawn_is_neither_made_nor_asked_about(decision):
    admitted = admit(decision, withdrawn={"0123456789ab": "the lamp is gone"})
    assert (admitted.changed, admitted.ask, admitted.text) == (False, None, "lamp of")
    assert admitted.why == "left as it is: “lamp off” was withdrawn: the lamp is gone"


def test_a_share_is_kept_back_and_logged_with_its_propensity():
    admitted = [admit(MADE, number, share=0.25) for number in range(400)]
    kept = [decision for decision in admitted if decision.arm == "holdout"]
    assert 60 < len(kept) < 140
    assert {(decision.text, decision.propensity, decision.changed) for decision in kept} == {("lamp of", 0.25, False)}
    assert {decision.propensity for decision in admitted if decision.changed} == {0.75}
    assert {(decision.rewrite_id, decision.release) for decision in admitted} == {("0123456789ab", 4)}


def test_a_question_is_never_kept_back():
    assert {admit(ASKED, number, share=0.9).ask for number in range(50)} == {"lamp off"}


@pytest.fixture
def learner(tmp_path):
    with Learner(tmp_path / "home.db", holdout=0.5) as learner:
        for number in range(3):
            request = turn(number)
            applied = MADE.applied
            learner.observe(
                Turn(
                    turn_id=request.turn_id,
                    started=request.started,
                    request="lamp off",
                    device_id="kitchen",
                    applied_rewrite=applied,
                    response=Response(text="Done", type="action_done"),
                )
            )
        yield learner


def test_rewrites_list_them_before_there_is_a_release(learner):
    [line] = learner.rewrites()
    assert (line.heard, line.text, line.layer, line.rewrite_id) == ("lamp of", "lamp off", COLD_START, MADE.rewrite_id)
    assert (line.times, line.live.complaints) == (3, 0)


def test_explain_tells_the_layer_and_the_withdrawal(learner):
    learner.withdraw(MADE.rewrite_id, "the lamp is gone")
    said = " ".join(learner.explain("t0").sentences)
    assert "It was rewritten to “lamp off” (layer cold start)." in said
    assert "It was withdrawn: the lamp is gone." in said


def test_a_withdrawal_counts_at_once_and_so_does_taking_it_back(learner):
    assert learner.runtime.admit(turn(), MADE, holdout=False).changed
    learner.withdraw(MADE.rewrite_id, "the lamp is gone")
    assert not learner.runtime.admit(turn(), MADE, holdout=False).changed
    learner.restore(MADE.rewrite_id)
    assert learner.runtime.admit(turn(), MADE, holdout=False).changed


def test_the_holdout_is_the_one_of_the_settings(learner):
    arms = {learner.runtime.admit(turn(number), MADE).arm for number in range(40)}
    assert arms == {"holdout", None}
    assert {learner.runtime.admit(turn(number), MADE, holdout=False).arm for number in range(40)} == {None}
