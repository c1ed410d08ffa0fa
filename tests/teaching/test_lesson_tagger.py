"""Lessons in wordings that no template lists: read by the shipped tagger, decided by what the assistant understands."""

import numpy as np
import pytest

from sayagain.errors import ModelError
from sayagain.languages import language_pack
from sayagain.teaching import TaggedReading, TaggedSentence, read_teaching, read_unlisted
from sayagain.teaching.lesson_tagger import LessonTagger, best_readings, open_tagger

EN = language_pack("en")


class Tagger:
    """Reads any sentence in one way."""

    def __init__(self, phrase, means, probability=0.9):
        self.sentence = TaggedSentence(probability, (TaggedReading(phrase, means, 1.0),))

    def read(self, *_):
        return self.sentence


@pytest.fixture(scope="module")
def shipped():
    pytest.importorskip("onnxruntime")
    return open_tagger()


@pytest.mark.parametrize(
    ("text", "phrase", "means"),
    [
        ("suppose the boss murmurs coffee break, then you turn on the kettle", "coffee break", "turn on the kettle"),
        ("our nickname for the desk lamp is fire fly", "fire fly", "the desk lamp"),
    ],
)
def test_the_shipped_tagger_reads_wordings_that_no_template_lists(shipped, text, phrase, means):
    request = read_unlisted(text, EN, shipped, read_teaching(text, EN))
    assert not request.certain
    assert (phrase, means) in [reading[:2] for reading in request.readings]


@pytest.mark.parametrize(
    "text",
    [
        "turn on the kettle in the kitchen",
        "when I get home turn on the heating",
        "what does the word serendipity mean",
        "remind me to call my mother at seven",
        "add coffee to my shopping list and play jazz",
    ],
)
def test_ordinary_requests_teach_nothing(shipped, text):
    assert read_unlisted(text, EN, shipped, None) is None


def test_another_language_is_left_to_its_templates(shipped):
    assert shipped.read("wenn ich das sage dann mach das", language_pack("de")).readings == ()


@pytest.mark.usefixtures("shipped")
def test_the_tagger_is_refused_with_another_encoder():
    class Encoder:
        digest = "another"

    with pytest.raises(ModelError):
        LessonTagger.open(Encoder())


def test_what_the_templates_are_certain_of_comes_first():
    text = "when I say study mode, dim the lamp"
    listed = read_teaching(text, EN)
    request = read_unlisted(text, EN, Tagger((2, 4), (5, 7)), listed)
    assert request.certain
    assert request.readings[: len(listed.readings)] == listed.readings
    assert request.readings[-1] == ("say study", "dim the", False, True)
    forget = read_teaching("forget what study mode means", EN)
    assert read_unlisted("forget what study mode means", EN, Tagger((0, 1), (2, 3)), forget) is forget


def test_what_is_tagged_is_a_proposal_and_must_be_a_phrase():
    text = "study mode maps onto dim the lamp"
    request = read_unlisted(text, EN, Tagger((0, 2), (4, 7)), None)
    assert request.readings == (("study mode", "dim the lamp", False, True),)
    assert request.certain is False
    assert read_unlisted(text, EN, Tagger((0, 2), (4, 7), probability=0.2), None) is None
    # A word that says nothing, a yes, and a sentence that is too short are no phrases.
    assert read_unlisted("that one maps onto dim the lamp", EN, Tagger((0, 1), (4, 7)), None) is None
    assert read_unlisted("yes then maps onto dim the lamp", EN, Tagger((0, 1), (4, 7)), None) is None
    assert read_unlisted("study dim lamp", EN, Tagger((0, 1), (1, 3)), None) is None


def test_what_templates_and_tagger_both_read_comes_first():
    text = "my word for dim the lamp is study mode"
    listed = read_teaching(text, EN)
    assert not listed.certain

    class Both(Tagger):
        def __init__(self):
            super().__init__((7, 8), (3, 6))
            right = TaggedReading((7, 9), (3, 6), 0.5)
            self.sentence = self.sentence._replace(readings=(*self.sentence.readings, right))

    readings = read_unlisted(text, EN, Both(), listed).readings
    assert [reading.phrase for reading in readings][:2] == ["study mode", "study"]


def test_the_best_reading_has_the_likeliest_edges_and_spans_that_share_no_word():
    tags = np.zeros((6, 3))
    tags[0:2, 1] = tags[3:6, 2] = 2.0
    edges = np.full((6, 4), -4.0)
    for place, column in ((0, 0), (1, 1), (3, 2), (5, 3)):
        edges[place, column] = 4.0
    readings = best_readings(tags, edges)
    assert (readings[0].phrase, readings[0].means) == ((0, 2), (3, 6))
    for reading in readings:
        (first, last), (means_first, means_last) = reading.phrase, reading.means
        assert last <= means_first or means_last <= first
