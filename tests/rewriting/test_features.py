"""No leak: what a decision sees is what is known when it is made."""

import math

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.labels import infer_labels
from sayagain.learning.count import count
from sayagain.rewriting.candidates import gather
from sayagain.rewriting.features import NAMES, RANKED, SHARE, context_of, features
from sayagain.turns import (
    NOTHING,
    Action,
    Asr,
    AsrHypothesis,
    FeedbackReport,
    Hypothesis,
    Interruption,
    Nlu,
    Response,
    Slot,
    Speech,
    Turn,
    fitting_unit,
    sessions,
)

THAI = Hypothesis(intent="inform", slots=(Slot("food", "thai"),), confidence=0.6)
NORTH = Hypothesis(intent="inform", slots=(Slot("area", "north"),), confidence=0.3)

LATER = st.fixed_dictionaries(
    {
        "response": st.sampled_from(
            [
                None,
                Response(type="error", error_code="no_intent_match"),
                Response(text="how about this?", type="question", acts=(Hypothesis(intent="offer", slots=THAI.slots),)),
            ]
        ),
        "speech": st.sampled_from([None, Speech(started=5, ended=9, duration=20)]),
        "interrupted": st.sampled_from([None, Interruption(yes=True, by="user", at=7)]),
        "feedback": st.sampled_from([(), (FeedbackReport(kind="rating", value=0.0),)]),
        "actions": st.sampled_from([(), (Action(target="oven", ok=False),)]),
    }
)
READ = st.sampled_from([None, Nlu(), Nlu(ranking=(NOTHING,)), Nlu(ranking=(THAI, NORTH)), Nlu(intent="bye")])


@pytest.fixture(scope="module")
def learnt(worlds):
    log = sessions(worlds.noisy(users=12))
    counted = count([(session, infer_labels(session)) for session in log])
    return log, counted


def numbers(turn, history, knowledge, position):
    candidates = gather(turn, history, knowledge, position)
    return [c.text for c in candidates], features(turn, history, candidates, knowledge, position)


def same(one, other):
    return one[0] == other[0] and np.array_equal(one[1], other[1], equal_nan=True)


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
@settings(max_examples=40, deadline=None)
@given(session=st.integers(0, 11), place=st.integers(0, 9), later=LATER, nlu=READ, keep=st.booleans())
def test_what_comes_after_the_request_changes_nothing(learnt, position, session, place, later, nlu, keep):
    log, counted = learnt
    turns = log[session].turns
    knowledge = counted.view(fitting_unit(log[session]))
    turn = turns[place] if keep else msgspec.structs.replace(turns[place], nlu=nlu)
    seen = numbers(turn, turns[:place], knowledge, position)
    assert same(seen, numbers(msgspec.structs.replace(turn, **later), turns[:place], knowledge, position))


@settings(max_examples=40, deadline=None)
@given(session=st.integers(0, 11), place=st.integers(0, 9), nlu=READ)
def test_where_only_what_was_heard_is_known_the_readings_change_nothing(learnt, session, place, nlu):
    log, counted = learnt
    turns = log[session].turns
    knowledge = counted.view(fitting_unit(log[session]))
    changed = msgspec.structs.replace(turns[place], nlu=nlu)
    assert same(
        numbers(turns[place], turns[:place], knowledge, "heard"), numbers(changed, turns[:place], knowledge, "heard")
    )


@settings(max_examples=40, deadline=None)
@given(session=st.integers(0, 11), place=st.integers(0, 9), ranking=st.permutations([NORTH, THAI]))
def test_where_the_best_reading_is_known_the_others_change_nothing(learnt, session, place, ranking):
    log, counted = learnt
    turns = log[session].turns
    knowledge = counted.view(fitting_unit(log[session]))
    best = turns[place].hypotheses[:1]
    one, other = (msgspec.structs.replace(turns[place], nlu=Nlu(ranking=r)) for r in (best, (*best, *ranking)))
    assert same(numbers(one, turns[:place], knowledge, "parsed"), numbers(other, turns[:place], knowledge, "parsed"))


@pytest.mark.parametrize("position", ["heard", "read"])
def test_what_came_before_does_count(learnt, position):
    log, counted = learnt
    turns = log[0].turns
    knowledge = counted.view(fitting_unit(log[0]))
    assert not same(numbers(turns[3], turns[:3], knowledge, position), numbers(turns[3], [], knowledge, position))


def test_columns_are_named_once_and_each_has_a_number(learnt):
    log, counted = learnt
    assert len(set(NAMES)) == len(NAMES)
    assert set(NAMES) >= RANKED
    assert NAMES[SHARE] == "share"
    for position in ("heard", "parsed", "read"):
        texts, table = numbers(log[0].turns[2], log[0].turns[:2], counted.view("c0"), position)
        assert table.shape == (len(texts), len(NAMES))
        assert not np.isinf(table).any()


def turn(request, turn_id="t", **fields):
    return Turn(turn_id=turn_id, started=0, request=request, **fields)


def row(knowledge, now, history=(), position="read", place=0):
    _, table = numbers(now, list(history), knowledge, position)
    return dict(zip(NAMES, table[place], strict=True))


def test_every_confidence_may_be_missing(knowledge):
    bare = Nlu(ranking=tuple(msgspec.structs.replace(each, confidence=None) for each in (THAI, NORTH)))
    found = row(knowledge(), turn("thai food", nlu=bare))
    for name in ("confidence", "log_ratio", "margin", "asr_confidence", "asr_entropy", "best_confidence"):
        assert math.isnan(found[name])
    assert (found["rank"], found["n_listed"], found["values_heard"], found["is_best"]) == (0, 2, 1, 1)


def test_confidences_are_used_where_they_are(knowledge):
    asr = Asr(nbest=(AsrHypothesis(text="thai food", confidence=0.5), AsrHypothesis(text="tie food", confidence=0.5)))
    found = row(knowledge(), turn("thai food", nlu=Nlu(ranking=(THAI, NORTH)), asr=asr))
    assert (found["confidence"], found["best_confidence"], found["margin"]) == pytest.approx((0.6, 0.6, 0.3))
    assert (found["asr_confidence"], found["n_asr"]) == (0.5, 2)
    assert found["asr_entropy"] == pytest.approx(math.log(2))


def test_the_session_so_far(knowledge):
    ask = Response(text="What food?", acts=(Hypothesis(intent="request", slots=(Slot("slot", "food"),)),))
    last = turn("something", "b", nlu=Nlu(ranking=(NOTHING,)), response=ask, interrupted=Interruption(yes=True))
    found = row(knowledge(), turn("thai food", nlu=Nlu(ranking=(THAI,))), [last])
    assert (found["answers_question"], found["last_failed"], found["prompt_asks"], found["place"]) == (11, 1, 1, 1)
    assert found["last_interrupted"] == 1


def test_the_context_is_what_the_assistant_did_and_what_it_asked_for_but_no_value():
    def context(*acts, **fields):
        return context_of(turn("x", response=Response(acts=acts, **fields)))

    assert context_of(None) == context_of(turn("x")) == ""
    offer = Hypothesis(intent="offer", slots=(Slot("food", "thai"),))
    ask = Hypothesis(intent="request", slots=(Slot("slot", "area"),))
    assert context(ask, offer, offer) == "offer request=area"
    assert context(type="action_done") == "action_done"
