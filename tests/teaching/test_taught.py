import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.teaching import Taught, taught_key
from sayagain.text import normalise


@pytest.mark.parametrize(
    "said",
    [
        "study mode",
        "Study Mode!",
        "please study mode",
        "study-mode, please",
        "Could you study mode?",
        "will you please study mode thank you",
        "kindly study mode thanks",
    ],
)
def test_manners_case_and_spelling_do_not_matter(said):
    assert taught_key(said) == "study mode"


@pytest.mark.parametrize(
    "said", ["pleased", "thanksgiving", "can youth sing", "bad thanks giving", "could you say please louder"]
)
def test_only_whole_polite_words_at_the_ends_are_manners(said):
    assert taught_key(said) in {normalise(said), "say please louder"}
    assert taught_key(said)


@pytest.mark.parametrize("said", ["please", "Thank you", "could you please", "please thanks"])
def test_manners_alone_are_a_phrase_of_their_own(said):
    assert taught_key(said) == normalise(said)


@given(st.text())
def test_a_key_is_its_own_key_and_empty_only_without_words(text):
    key = taught_key(text)
    assert taught_key(key) == key
    assert bool(key) == bool(normalise(text))


def test_the_id_is_of_the_user_and_the_phrase_alone():
    def taught(user, phrase, means="lamp on", at=0):
        return Taught(user_id=user, phrase=phrase, means=means, at=at).id

    assert taught("u", "study mode") == taught("u", "Study mode, please", "lamp off", 9)
    assert (
        len({taught("u", "study mode"), taught("v", "study mode"), taught("u", "study"), taught("u study", "mode")})
        == 4
    )
