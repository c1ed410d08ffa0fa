import numpy as np
import pytest

from sayagain.labels import infer_labels
from sayagain.learning.batch import stack
from sayagain.learning.count import count
from sayagain.rewriting.candidates import gather
from sayagain.rewriting.features import NAMES, features
from sayagain.rewriting.rank import targets
from sayagain.turns import sessions


@pytest.fixture(scope="module")
def learnt(worlds):
    labelled = [(session, infer_labels(session)) for session in sessions(worlds.misheard(users=6))]
    return labelled, count(labelled)


@pytest.mark.parametrize("position", ["heard", "parsed", "read"])
def test_turns_are_stacked_in_order_each_as_it_is_by_itself(learnt, position):
    labelled, counted = learnt
    batch = stack(labelled, counted.view, position)
    at = 0
    turns = [(s, k, label) for s, labels in labelled for k, label in enumerate(labels)]
    assert len(batch.starts) == len(turns)
    for (session, place, label), start, hypotheses in zip(turns, batch.starts, batch.hypotheses, strict=True):
        turn, history, knowledge = session.turns[place], session.turns[:place], counted.view(session.user_id)
        candidates = gather(turn, history, knowledge, position)
        y, weight = targets(turn, candidates, label)
        part = slice(start, start + len(candidates))
        assert start == at
        assert hypotheses == [each.hypothesis for each in candidates]
        expected = features(turn, history, candidates, knowledge, position)
        assert np.array_equal(batch.rows[part], expected, equal_nan=True)
        assert batch.y[part].tolist() == y.tolist()
        assert batch.weights[part].tolist() == [weight] * len(candidates)
        at += len(candidates)
    assert at == len(batch.rows) == len(batch.y)


def test_nothing_stacks_to_nothing(learnt):
    batch = stack([], learnt[1].view, "heard")
    assert batch.rows.shape == (0, len(NAMES))
    assert batch.starts == []


def test_a_session_sees_what_its_user_did_before_it_and_nobody_elses_does(learnt):
    labelled, counted = learnt
    owns = {}
    mine = stack(labelled, counted.view, "heard", owns=owns)
    column = NAMES.index("own_times")
    seen = set()
    turns = [session for session, _ in labelled for _ in session.turns]
    first = {}
    for session, start in zip(turns, mine.starts, strict=True):
        first.setdefault(session.user_id, session.session_id)
        known = not np.isnan(mine.rows[start, column])
        if session.session_id == first[session.user_id]:
            assert not known
        elif known:
            seen.add(session.user_id)
    assert len(seen) == 6
    assert owns.keys() == seen
    # What was counted is what the user's own labels say.
    for user, own in owns.items():
        verified = [
            label
            for session, labels in labelled
            if session.user_id == user
            for label in labels
            if label is not None and label.verified and label.hypothesis.key in own.uses
        ]
        assert sum(use.times for use in own.uses.values()) == pytest.approx(sum(x.probability for x in verified))
