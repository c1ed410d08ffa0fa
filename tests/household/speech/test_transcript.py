import string

from hypothesis import given
from hypothesis import strategies as st

from sayagain.household.speech.transcript import MAX_TEXTS, rank, tidy


@given(st.text())
def test_a_tidy_text_is_plain_words_and_stays_as_it_is(text):
    words = tidy(text)
    assert set(words) <= set(string.ascii_lowercase + string.digits + " ':")
    assert tidy(words) == words
    assert words == " ".join(words.split())


def test_what_recognisers_write_becomes_what_people_say():
    assert tidy("Don\u2019t turn it off!") == "don't turn it off"
    assert tidy("At 7:30 p.m., 'please'.") == "at 7:30 pm please"
    assert tidy("...") == ""


@given(st.lists(st.tuples(st.text(), st.floats(-1, 2))))
def test_a_ranking_has_no_text_twice_and_confidences_are_probabilities(texts):
    ranked = rank(texts)
    assert len(ranked) <= MAX_TEXTS
    assert len({text for text, _ in ranked}) == len(ranked)
    assert all(text and 0 <= confidence <= 1 for text, confidence in ranked)
    order = [tidy(text) for text, _ in texts]
    places = [order.index(text) for text, _ in ranked]
    assert places == sorted(places)
