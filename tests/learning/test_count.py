"""What is looked up for a user is what would have been counted had that user never spoken."""

import msgspec
import pytest

from sayagain.labels import infer_labels
from sayagain.learning.count import Wordings, count
from sayagain.rewriting.own import PersonalRequests
from sayagain.turns import fitting_unit, privacy_units, sessions


@pytest.fixture(scope="module", params=["misheard", "noisy"])
def labelled(request, worlds):
    log = sessions(getattr(worlds, request.param)(users=8))
    return [(session, infer_labels(session)) for session in log]


def rows(row):
    if row is None:
        return None
    uses = sorted((use.hypothesis.key, use.users, pytest.approx(use.weight)) for use in row.uses)
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
    for user in sorted({fitting_unit(session) for session, _ in labelled}):
        oracle = count([each for each in labelled if fitting_unit(each[0]) != user])
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
                    said.setdefault(word, set()).add(fitting_unit(session))
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


def test_without_a_user_all_sessions_are_one_user_but_each_is_left_out_alone(worlds):
    log = sessions(msgspec.structs.replace(turn, user_id=None, device_id=turn.user_id) for turn in worlds.misheard(8))
    labelled = [(session, infer_labels(session)) for session in log]
    counted = count(labelled)
    text = "turn of the lamp"
    row = counted.table.row(text)
    assert (row.users, {use.users for use in row.uses}) == (1, {1})
    assert counted.table.rows(2) == counted.wordings.table(2) == counted.frequencies(2) == {}
    assert counted.priors.tables(2) == {}
    assert count(labelled, min_users=2).lexicon.vocabulary == {}
    # And yet a session's own turns tell nothing of themselves, and those of the others do.
    mine = next(session for session in log if any(turn.request == text for turn in session.turns))
    assert 0 < counted.view(fitting_unit(mine)).row(text).heard < row.heard
    by_device = count(labelled, units=privacy_units(log, "device"))
    assert by_device.table.row(text).users == 8
    assert text in by_device.table.rows(8)
