from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.turns import (
    GOAL_GAP,
    SESSION_GAP,
    Hypothesis,
    Nlu,
    Session,
    Speech,
    Turn,
    goals,
    sessions,
)

TURNS = st.lists(
    st.builds(
        Turn,
        turn_id=st.uuids().map(str),
        started=st.integers(0, 3_000_000),
        request=st.just("lamp on"),
        user_id=st.sampled_from([None, "u", "v"]),
        device_id=st.sampled_from([None, "d", "e"]),
        session_id=st.sampled_from([None, None, "s"]),
        conversation_id=st.sampled_from([None, "c"]),
    ),
    max_size=12,
)


def turn(turn_id, started, **fields):
    return Turn(turn_id=turn_id, started=started, request="lamp on", **fields)


def ids(groups):
    return [[turn.turn_id for turn in part.turns] for part in groups]


@given(TURNS, st.randoms(), st.integers(1, 1_000_000))
def test_each_turn_is_in_one_session_whatever_the_order(turns, dice, gap):
    split = sessions(turns, gap=gap)
    assert sorted(turn.turn_id for session in split for turn in session.turns) == sorted(t.turn_id for t in turns)
    dice.shuffle(turns)
    assert sessions(turns, gap=gap) == split
    firsts = [(session.turns[0].started, session.turns[0].turn_id) for session in split]
    assert firsts == sorted(firsts)


@given(TURNS, st.integers(1, 1_000_000))
def test_nobody_is_taken_for_another_and_no_gap_is_longer_than_the_limit(turns, gap):
    for session in sessions(turns, gap=gap):
        if session.turns[0].session_id is None:
            assert len({(turn.user_id, turn.device_id) for turn in session.turns}) == 1
            assert all(b.started - a.started <= gap for a, b in pairwise(session.turns))
        assert [turn.started for turn in session.turns] == sorted(turn.started for turn in session.turns)


def test_the_assistants_own_session_is_believed_whatever_the_gap():
    cut = sessions([turn("a", 0, session_id="s"), turn("b", 9 * SESSION_GAP, session_id="s")])
    assert [(session.session_id, len(session.turns)) for session in cut] == [("s", 2)]


@pytest.mark.parametrize(("after", "parts"), [(SESSION_GAP, 1), (SESSION_GAP + 1, 2)])
def test_the_gap_itself_is_still_the_same_session(after, parts):
    assert len(sessions([turn("a", 0, user_id="u"), turn("b", after, user_id="u")])) == parts


def test_the_gap_is_counted_from_the_end_of_the_answer():
    earlier_turn = turn("a", 0, user_id="u", ended=2_000, speech=Speech(started=3_000, ended=100_000))
    assert len(sessions([earlier_turn, turn("b", 100_000 + SESSION_GAP, user_id="u")])) == 1


def test_without_anybody_to_tell_apart_the_conversation_is_the_thread():
    a, b, c = (turn(x, k, conversation_id=y) for k, (x, y) in enumerate([("a", "x"), ("b", "y"), ("c", "x")]))
    assert ids(sessions([a, b, c])) == [["a", "c"], ["b"]]


def test_a_satellite_stands_in_for_the_device():
    split = sessions([turn("a", 0, satellite_id="d"), turn("b", 9, device_id="d"), turn("c", 10, satellite_id="e")])
    assert ids(split) == [["a", "b"], ["c"]]


def hypothesis(domain, intent="on"):
    return Nlu(ranking=(Hypothesis(intent=intent, domain=domain),))


def cut(*parts):
    turns = tuple(turn(f"{k}", started, nlu=nlu) for k, (started, nlu) in enumerate(parts))
    return ids(goals(Session(session_id="s", turns=turns)))


def test_goals_are_cut_by_gap_and_by_change_of_domain():
    assert cut((0, hypothesis("light")), (GOAL_GAP, hypothesis("light"))) == [["0", "1"]]
    assert cut((0, hypothesis("light")), (GOAL_GAP + 1, hypothesis("light"))) == [["0"], ["1"]]
    assert cut((0, hypothesis("light")), (9, hypothesis("music"))) == [["0"], ["1"]]


def test_what_was_not_understood_ends_no_goal():
    nothing = Nlu(ranking=(Hypothesis(intent=""),))
    assert cut((0, hypothesis("light")), (9, nothing), (10, hypothesis("light"))) == [["0", "1", "2"]]
    assert cut((0, nothing), (9, hypothesis("light")), (10, None)) == [["0", "1", "2"]]
    assert cut((0, hypothesis("light")), (9, nothing), (10, hypothesis("music"))) == [["0", "1"], ["2"]]


@given(TURNS.filter(bool), st.integers(1, 1_000_000))
def test_goals_are_the_session_in_order(turns, gap):
    for session in sessions(turns):
        parts = goals(session, gap=gap)
        assert [turn for part in parts for turn in part.turns] == list(session.turns)
        assert {part.session_id for part in parts} == {session.session_id}
