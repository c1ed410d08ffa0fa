import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sayagain.feedback import correction, detect, phrases, phrases_of
from sayagain.feedback.phrase_lists import said, told_language
from sayagain.languages import Whole, language_codes, language_pack
from sayagain.turns import Response, Session, Turn


@pytest.mark.parametrize("language", language_codes())
@given(st.data())
@settings(max_examples=30)
def test_patterns_take_no_time_to_speak_of_on_long_texts(language, data):
    # Nested repetition would hang here, and the test run's own limit would stop it.
    reactions = language_pack(language).reactions
    wholes = [value for value in msgspec.structs.astuple(reactions) if isinstance(value, Whole)]
    words = sorted({part for whole in wholes for part in (*whole.phrases, *whole.before) if part.isalpha()})
    parts = data.draw(st.lists(st.sampled_from([*words, "2.5"])))
    text = " ".join(parts * 50) + " 2.5"
    for field in msgspec.structs.fields(type(phrases_of(language))):
        pattern = getattr(phrases_of(language), field.name)
        if hasattr(pattern, "search"):
            assert pattern.search(text) is None or pattern.search(text).end() <= len(text)


@pytest.mark.parametrize(
    ("language", "known"),
    [(None, True), ("en", True), ("EN-us", True), ("en_GB", True), ("hu", False), ("eng", False)],
)
def test_wordings_are_those_of_the_language(language, known):
    assert (phrases(Turn(turn_id="t", started=0, request="x", language=language)) is not None) is known


@given(st.text())
def test_patterns_see_no_apostrophes_and_saying_it_twice_changes_nothing(text):
    assert "'" not in said(text)
    assert said(said(text)) == said(text)


@pytest.mark.parametrize("language", language_codes())
def test_every_language_is_written_as_its_patterns_see_it(language):
    wording = phrases_of(language)
    listed = wording.pronouns | wording.common | wording.steps | {word for pair in wording.opposites for word in pair}
    assert all(said(word) == word for word in listed)
    assert wording.steps <= {word for pair in wording.opposites for word in pair}


def untold(*texts, **fields):
    """Return a session of a log that states no language, with texts of requests or of requests and responses."""
    turns = [
        Turn(
            turn_id=f"t{number}",
            started=number * 4_000,
            request=text,
            response=Response(text=answer) if answer else None,
        )
        for number, (text, answer) in enumerate(
            text_or_pair if isinstance(text_or_pair, tuple) else (text_or_pair, None) for text_or_pair in texts
        )
    ]
    return Session(session_id="s", turns=tuple(msgspec.structs.replace(turn, **fields) for turn in turns))


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        (["turn on the lamp", "no the other one"], "en"),
        (["jazz radio", "no"], "en"),
        (["schalte die lampe ein", "nein die andere"], "de"),
        (["włącz światło", "no dobrze"], "pl"),
        (["zapni světlo", "no dobře"], "mis"),
        (["tänd lampan i köket", "not att köpa mjölk"], "sv"),
        (["kapcsold fel a lámpát", "no még egyszer"], "mis"),
    ],
)
def test_a_log_without_a_language_is_in_the_one_that_its_words_are_in(texts, code):
    assert {turn.language for turn in told_language(untold(*texts)).turns} == {code}


@pytest.mark.parametrize(
    "texts",
    [
        (("włącz światło", "Zrobione"), "no dobrze"),
        (("tänd lampan i köket", "Tänd"), "not att köpa mjölk"),
        (("licht an", "Erledigt"), ("was ist das", "Eine Lampe"), "not so"),
    ],
)
def test_no_word_of_another_language_is_a_correction_in_english(texts):
    assert not [signal for signal in detect(untold(*texts)) if signal.kind == "correction"]


def test_a_turn_without_a_language_is_in_that_of_its_session():
    german, unstated = untold("licht an", "no problem", language="de").turns[0], untold("licht", "no the lamp").turns[1]
    assert [turn.language for turn in told_language(Session(session_id="s", turns=(german, unstated))).turns] == [
        "de",
        "de",
    ]


@pytest.mark.parametrize("language", ["*", "mul", None])
def test_a_tag_that_states_no_language_leaves_it_to_the_words(language):
    assert correction(untold("turn on the lamp", "no i meant the floor lamp", language=language))
