import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.rewriting.lexicon import FOLDS, LIKELY, RARE, fold, learn_lexicon, terms
from sayagain.turns import Hypothesis, Slot

THAI = Hypothesis(intent="inform", slots=(Slot("food", "thai"),))
FRENCH = Hypothesis(intent="inform", slots=(Slot("food", "french"),))
BOTH = Hypothesis(intent="inform", slots=(Slot("area", "north"), Slot("food", "thai")))
USERS = [f"u{k}" for k in range(20)]


def heard(words, before=()):
    return terms([(words, 1.0)], before)


def taught(users=USERS):
    return [
        entry
        for user in users
        for entry in (
            (heard("thai food"), THAI, user, 0.8),
            (heard("french food"), FRENCH, user, 0.8),
            (heard("thai food in the north"), BOTH, user, 0.8),
        )
    ]


def test_words_come_alone_and_in_pairs_by_their_weight():
    found = terms([("lamp on", 0.75), ("lamb on", 0.25)], ())
    assert found == {
        "": 1.0,
        "lamp": 0.75,
        "lamb": 0.25,
        "on": 1.0,
        "< lamp": 0.75,
        "< lamb": 0.25,
        "lamp on": 0.75,
        "lamb on": 0.25,
        "on >": 1.0,
    }


def test_what_the_assistant_had_asked_is_a_term_that_no_word_can_be():
    found = heard("thai", [Hypothesis(intent="request", slots=(Slot("slot", "food"),))])
    assert {"\trequest", "\trequest slot food"} < found.keys()
    assert heard("request", ()).keys().isdisjoint({"\trequest"})


def test_nothing_said_is_still_a_request():
    assert heard("") == {"": 1.0, "< >": 1.0}


def test_what_was_learnt_on_one_string_carries_over_to_another():
    lexicon, _ = learn_lexicon(taught())
    p = dict(zip(lexicon.items, lexicon.predict(heard("north thai please")), strict=True))
    assert p["food", "thai"] >= LIKELY > p["food", "french"]
    assert p["area", "north"] > 0.1
    assert lexicon.simplest["food", "thai"] == THAI
    assert lexicon.simplest["area", "north"] == BOTH


def test_of_words_never_heard_nothing_much_is_believed():
    lexicon, _ = learn_lexicon(taught())
    assert lexicon.predict({}).tolist() == [0.0] * len(lexicon.items)
    assert lexicon.predict({"zzz": 1.0}).tolist() == [0.0] * len(lexicon.items)


def test_without_anything_verified_there_is_an_empty_lexicon():
    lexicon, crossed = learn_lexicon([])
    assert lexicon.predict(heard("thai food")).tolist() == []
    assert len(crossed) == FOLDS


@pytest.mark.parametrize("k", range(FOLDS))
def test_a_folds_lexicon_is_the_one_learnt_without_its_users(k):
    everybody = taught()
    whole, crossed = learn_lexicon(everybody)
    # The same terms and items, so that the columns can be compared: only the weights may differ.
    rest = [
        (found if fold(user) != k else {}, hypothesis, user, 0.0 if fold(user) == k else w)
        for found, hypothesis, user, w in everybody
    ]
    oracle, _ = learn_lexicon([*rest, *((found, hypothesis, user, 0.0) for found, hypothesis, user, _ in everybody)])
    assert whole.vocabulary.keys() == oracle.vocabulary.keys()
    for words in ("thai food", "food in the north", "french"):
        expected = dict(zip(oracle.items, oracle.predict(heard(words)), strict=True))
        found = dict(zip(crossed[k].items, crossed[k].predict(heard(words)), strict=True))
        assert found == pytest.approx(expected, abs=1e-4)


def test_nothing_that_only_one_user_said_or_meant_is_kept():
    mine = Hypothesis(intent="remind", slots=(Slot("what", "zebra"),))
    longer = Hypothesis(intent="remind", slots=(Slot("when", "now"), Slot("what", "milk")))
    entries = [(heard("remind me of the zebra"), mine, "one", 0.8)] * (RARE + 2)
    entries += [(heard("remind me of milk now"), longer, user, 0.8) for user in USERS]
    lexicon, _ = learn_lexicon(entries, min_users=2)
    assert ("", "remind") in lexicon.items
    assert ("what", "zebra") not in lexicon.items
    assert not any("zebra" in term for term in lexicon.vocabulary)
    assert lexicon.simplest["", "remind"] == longer


def test_an_item_seen_too_rarely_is_not_modelled():
    lexicon, _ = learn_lexicon([(heard("thai"), THAI, user, 0.8) for user in USERS[: RARE - 1]])
    assert lexicon.items == {}


@given(st.text())
def test_every_user_has_one_fold(user):
    assert fold(user) == fold(user) in range(FOLDS)


def test_folds_are_the_same_on_every_machine_and_about_as_large():
    assert [fold(user) for user in ("u1", "u2", "ü3", "")] == [1, 4, 2, 0]
    sizes = np.bincount([fold(f"user {k}") for k in range(1000)], minlength=FOLDS)
    assert sizes.min() > 150
