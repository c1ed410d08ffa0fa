import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.feedback import PHRASES, phrases
from sayagain.feedback.phrase_lists import said
from sayagain.turns import Turn


@given(st.lists(st.sampled_from(["ok", "okay", "no", "stop", "thanks", "thank you", "bye", "great", "cancel", "2.5"])))
def test_patterns_take_no_time_to_speak_of_on_long_texts(parts):
    # Nested repetition would hang here, and the test run's own limit would stop it.
    text = " ".join(parts * 50) + " 2.5"
    for field in msgspec.structs.fields(type(PHRASES["en"])):
        pattern = getattr(PHRASES["en"], field.name)
        if hasattr(pattern, "search"):
            assert pattern.search(text) is None or pattern.search(text).end() <= len(text)


@pytest.mark.parametrize(
    ("language", "known"),
    [(None, True), ("en", True), ("EN-us", True), ("en_GB", True), ("de", False), ("eng", False)],
)
def test_wordings_are_those_of_the_language(language, known):
    assert (phrases(Turn(turn_id="t", started=0, request="x", language=language)) is not None) is known


@given(st.text())
def test_patterns_see_no_apostrophes_and_saying_it_twice_changes_nothing(text):
    assert "'" not in said(text)
    assert said(said(text)) == said(text)


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_every_language_is_written_as_its_patterns_see_it(language):
    wording = PHRASES[language]
    listed = wording.pronouns | wording.common | wording.steps | {word for pair in wording.opposites for word in pair}
    assert all(said(word) == word for word in listed)
    assert wording.steps <= {word for pair in wording.opposites for word in pair}
