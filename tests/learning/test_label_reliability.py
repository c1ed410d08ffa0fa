"""A label is believed as far as the judge bears it out, and the promise is never tested more leniently than stated."""

import pytest

from sayagain.labels import infer_labels
from sayagain.learning.label_reliability import label_reliability, stated_error
from sayagain.turns import NOTHING, Action, Hypothesis, Nlu, Response, Session, Turn

REFUSAL = Response(error_code="no_intent_match")
ON = Hypothesis(intent="on")


def done(number):
    turn = Turn(
        turn_id=f"t{number}",
        started=0,
        request="lamp on",
        nlu=Nlu(ranking=(ON,)),
        actions=(Action(name="on", target="lamp"),),
    )
    session = Session(session_id=f"s{number}", turns=(turn,))
    return session, infer_labels(session)


def rephrased(number):
    turns = (
        Turn(turn_id=f"f{number}", started=0, request="lamp of", nlu=Nlu(ranking=(NOTHING,)), response=REFUSAL),
        Turn(turn_id=f"r{number}", started=5_000, request="lamp on", nlu=Nlu(ranking=(ON,))),
    )
    session = Session(session_id=f"q{number}", turns=turns)
    return session, infer_labels(session)


@pytest.mark.parametrize(("p_defect", "expected"), [(0.02, 0.95), (0.5, 0.8)])
def test_the_judge_may_raise_the_stated_reliability_and_never_lower_it(p_defect, expected):
    labelled = [done(number) for number in range(100)]
    reliability = label_reliability(labelled, {f"t{number}": p_defect for number in range(100)})
    assert reliability["done"] == pytest.approx(expected, abs=0.01)


def test_a_label_is_judged_by_the_later_turn_that_it_rests_on():
    labelled = [rephrased(number) for number in range(100)]
    failed = {f"f{number}": 0.99 for number in range(100)}
    worked = {f"r{number}": 0.01 for number in range(100)}
    assert label_reliability(labelled, failed | worked)["rephrased"] > 0.9


def test_few_labels_of_a_sign_change_little():
    reliability = label_reliability([done(0)], {"t0": 0.0})
    assert reliability["done"] == pytest.approx(0.8, abs=0.02)


def test_without_verified_labels_nothing_is_excused():
    assert stated_error([None]) == 0
