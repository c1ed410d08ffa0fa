import pytest

from sayagain.failures import LogKnowledge
from sayagain.failures.explanation import (
    LATER_TURNS,
    REST_OF_LOG,
    STAGES,
    _detail,
    carrying_fields,
    explain_failure,
)
from sayagain.failures.failure_point import ALL_STAGES
from sayagain.labels import Judgement
from sayagain.turns import Action, sessions

NOW = 1_767_225_600_000


@pytest.fixture
def explain(home_log, isolator):
    def explain(*turns, judgement=None):
        log = sessions([*home_log, *turns])
        session = next(s for s in log if turns[0] in s.turns)
        index = session.turns.index(turns[0])
        return explain_failure(isolator, session, index, LogKnowledge.of(log).about(session), judgement)

    return explain


def test_every_failure_point_has_a_sentence():
    assert set(STAGES) == set(ALL_STAGES)


def test_a_device_that_failed_is_shown_by_what_was_done(explain, make_turn, hypothesis):
    offline = make_turn(
        "turn on the kitchen light",
        hypothesis=hypothesis("HassTurnOn", name="kitchen light"),
        actions=(Action(target="light.kitchen_light", ok=False),),
    )
    explanation = explain(offline)
    assert explanation.carriers[0] == "what was done"
    assert explanation.sentences[0].startswith("It broke at execution: the request was understood")
    assert "what was done (light.kitchen_light failed)" in explanation.sentences[1]


def test_a_field_carries_a_decision_that_changes_without_it(home_log, isolator, make_turn, hypothesis):
    taken = make_turn(
        "lamp on", hypothesis=hypothesis("HassTurnOn", name="lamp"), actions=(Action(target="light.lamp"),)
    )
    again = make_turn("no turn on the desk lamp", hypothesis=hypothesis("HassTurnOn", name="desk lamp"), at=NOW + 5_000)
    log = sessions([*home_log, taken, again])
    session = next(s for s in log if taken in s.turns)
    knowledge = LogKnowledge.of(log).about(session)
    carriers = carrying_fields(isolator, session, 0, knowledge)
    whole = isolator.isolate_session(session, knowledge)[0].stage
    at_once = isolator.isolate_session(session, knowledge, later=False)[0].stage
    assert (whole != at_once) == (LATER_TURNS in carriers)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("close the garbage door", "nobody says these words elsewhere"),
        ("turn on the desk lamp", "these words worked 6× elsewhere"),
    ],
)
def test_the_rest_of_the_log_is_told_in_numbers(home_log, make_turn, words, said):
    turn = make_turn(words)
    log = sessions([*home_log, turn])
    session = next(s for s in log if turn in s.turns)
    assert said in _detail(REST_OF_LOG, session, 0, LogKnowledge.of(log).about(session))


def test_what_the_judge_alone_says_is_carried_by_no_field(explain, make_turn):
    lost = make_turn("make the kitchen light pleasant", answer=("Sorry, I couldn't understand that", "no_intent_match"))
    assert explain(lost).isolation.stage != "correct"
    explanation = explain(lost, judgement=Judgement(turn_id=lost.turn_id, p_defect=0.01, defect=False))
    assert explanation.isolation.stage == "correct"
    assert explanation.carriers == ()
    assert len(explanation.sentences) == 1
