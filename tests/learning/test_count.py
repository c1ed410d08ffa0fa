"""What is looked up for a user is what would have been counted had that user never spoken."""

import pytest

from sayagain.labels import infer_labels
from sayagain.learning.count import Wordings, count
from sayagain.rewriting.own import PersonalRequests
from sayagain.turns import Session, Turn, sessions, user_of


@pytest.fixture(scope="module", params=["misheard", "noisy"])
def labelled(request, worlds):
    log = sessions(getattr(worlds, request.param)(users=8))
    return [(session, infer_labels(session)) for session in log]


def rows(row):
    if row is None:
        return None
    uses = sorted((use.reading.key, use.users, pytest.approx(use.weight)) for use in row.uses)
    return row.heard, row.failed, row.users, row.plain, uses


def close(wording):
    return None if wording is None else (wording.text, wording.users, pytest.approx(wording.good))


def test_a_view_is_what_was_counted_without_the_users_sessions(labelled):
    whole = count(labelled)
    texts = sorted(whole.table.rows(1))
    priors = [(context, outcome) for context, table in whole.priors.tables(1).items() for outcome in table.outcomes]
    keys = sorted(whole.wordings.table(1))
    assert texts
    assert priors
    assert keys
    missed = 0
    for user in sorted({user_of(session) for session, _ in labelled}):
        oracle = count([each for each in labelled if user_of(each[0]) != user])
        view = whole.view(user)
        for text in texts:
            missed += rows(view.row(text)) != rows(whole.table.row(text))
            assert rows(view.row(text)) == rows(oracle.table.row(text))
        for context, outcome in priors:
            assert view.prior(context, outcome) == pytest.approx(oracle.priors.log(context, outcome, None))
        for key in keys:
            assert close(view.wording(key)) == close(oracle.wordings.best(key))
        assert view.own == PersonalRequests()
    # The test would pass on a view that left nothing out, were there nothing to leave out.
    assert missed


def test_words_and_wordings_of_few_users_are_not_shown_to_everybody(labelled):
    counted = count(labelled)
    for min_users in (1, 2, 4):
        said = {}
        for session, _ in labelled:
            for turn in session.turns:
                for word in turn.request.lower().split():
                    said.setdefault(word, set()).add(user_of(session))
        expected = sorted(word for word, users in said.items() if len(users) >= min_users)
        assert list(counted.frequencies(min_users)) == expected
        assert all(wording.users >= min_users for wording in counted.wordings.table(min_users).values())


def test_the_best_words_are_those_that_went_well_most_often():
    wordings = Wordings()
    for text, user, p in [("lamp off", "u", 0.8), ("lights out", "u", 0.9), ("lamp off", "v", 0.8), ("b", "w", 0.9)]:
        wordings.add("off|", text, user, p)
    best = wordings.best("off|")
    assert (best.text, best.users, best.good) == ("lamp off", 2, 1.6)
    assert wordings.best("off|", without="v").text == "b"
    assert wordings.best("off|", min_users=3) is None
    assert wordings.best("on|") is None
    assert wordings.texts() == ["b", "lamp off", "lights out"]
    assert wordings.texts(2) == ["lamp off"]


def test_without_a_user_each_session_is_a_user_of_its_own():
    turns = tuple(Turn(turn_id=x, started=0, request="lamp on") for x in "ab")
    found = {user_of(Session(session_id=turn.turn_id, turns=(turn,))) for turn in turns}
    assert len(found) == 2
    assert user_of(Session(session_id="s", turns=(Turn(turn_id="a", started=0, request="x", user_id="u"),))) == "u"
