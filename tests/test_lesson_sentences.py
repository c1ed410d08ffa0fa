"""The training sentences of the lesson tagger: what is marked in them is what was put in, however they are varied."""

import random
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
if str(SCRIPTS) not in sys.path:
    sys.path.append(str(SCRIPTS))

from lesson_sentences import lesson_sentences, other_sentences, phrases_of, wordings  # noqa: E402

from benchmarks.teach_episodes import WORDINGS  # noqa: E402  (the scripts are found from here on)

PHRASES, REQUESTS, NAMES = ["study mode", "hygge"], ["dim the lamp", "play jazz"], ["the desk lamp"]


@pytest.fixture
def rng():
    return random.Random(1)


def test_each_lesson_marks_its_phrase_and_its_meaning(rng):
    patterns = wordings(WORDINGS["dev"], rng, 200)
    for sentence in lesson_sentences(patterns, PHRASES, REQUESTS, NAMES, 500, rng):
        assert sentence.text[slice(*sentence.phrase)] in PHRASES
        meaning = sentence.text[slice(*sentence.means)]
        assert meaning in NAMES or set(meaning.split(" and ")) <= set(REQUESTS)


def test_nothing_is_marked_in_other_sentences(rng):
    for sentence in other_sentences(PHRASES, REQUESTS, ["what time is it"], 200, rng):
        assert (sentence.phrase, sentence.means) == (None, None)
        assert "{" not in sentence.text


def test_no_wording_that_is_held_out_is_trained_on():
    held_out = {*WORDINGS["sealed"]["lessons"], *WORDINGS["sealed"]["public_lessons"], *WORDINGS["sealed"]["names"]}
    assert held_out.isdisjoint([*WORDINGS["dev"]["lessons"], *WORDINGS["dev"]["names"]])


def test_phrases_are_words_that_stand_together(rng):
    sentences = ["play the old jazz records again"]
    phrases = phrases_of(sentences, PHRASES, 100, rng)
    assert len(phrases) == 100
    assert set(PHRASES) <= set(phrases)
    assert all(phrase in PHRASES or phrase in sentences[0] for phrase in phrases)
