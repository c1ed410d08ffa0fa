"""Labels are believed as far as the turns behind them are judged to have worked."""

import pytest

from sayagain.labels import Label
from sayagain.learning.refine_labels import refine_labels, scale_defects
from sayagain.turns import NOTHING, Hypothesis, Nlu, Session, Turn

PAUSE, ALARM = Hypothesis(intent="pause"), Hypothesis(intent="silence")


def turn(turn_id, at, hypothesis):
    return Turn(turn_id=turn_id, started=at * 5_000, request=turn_id, nlu=Nlu(ranking=(hypothesis,)))


SESSION = Session(session_id="s", turns=(turn("stomp", 0, NOTHING), turn("stop", 1, PAUSE), turn("silence", 2, ALARM)))


def label(turn_id, hypothesis, **fields):
    return Label(turn_id=turn_id, hypothesis=hypothesis, provenance="rephrased", probability=0.8, weight=1.0, **fields)


@pytest.mark.parametrize(("p_defect", "probability"), [(0.0, 0.8), (0.5, 0.8), (0.75, 0.4), (1.0, 0.0)])
def test_a_label_that_rests_on_a_later_turn_falls_with_it(p_defect, probability):
    labels = [label("stomp", PAUSE, words="stop"), None, None]
    first, second, third = refine_labels(SESSION, labels, {"stop": p_defect, "silence": 0.9, "stomp": 1.0})
    assert first.probability == pytest.approx(probability)
    assert first.words == "stop"
    assert (second, third) == (None, None)


def test_a_label_of_the_assistants_own_hypothesis_rests_on_no_other_turn():
    labels = [None, label("stop", PAUSE), label("silence", ALARM)]
    assert refine_labels(SESSION, labels, {"stop": 0.9, "silence": 0.9}) == labels


def test_a_hypothesis_that_no_turn_has_is_left_as_it_is():
    made = label("stomp", Hypothesis(intent="stop+pause"))
    assert refine_labels(SESSION, [made, None, None], {"stomp": 1.0, "stop": 1.0, "silence": 1.0})[0] == made


def test_a_judge_that_doubts_everything_is_brought_to_the_scale_of_the_log():
    turns = [turn(f"t{number}", number, PAUSE) for number in range(10)]
    labelled = [(Session(session_id="s", turns=tuple(turns)), [label(one.turn_id, PAUSE) for one in turns])]
    doubted = {one.turn_id: 0.9 if number else 0.99 for number, one in enumerate(turns)}
    scaled = scale_defects(doubted, labelled)
    assert sum(scaled.values()) / 10 == pytest.approx(0.2, abs=1e-6)
    assert scaled["t0"] > scaled["t1"]
    believed = {one.turn_id: 0.05 for one in turns}
    assert scale_defects(believed, labelled) == pytest.approx(believed)
    assert scale_defects({}, labelled) == {}
