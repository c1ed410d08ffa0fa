import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.text import (
    content_overlap,
    letter_similarity,
    likenesses,
    normalise,
    sound_key,
    sound_similarity,
    word_overlap,
    words,
)

SIMILARITIES = [
    letter_similarity,
    sound_similarity,
    word_overlap,
    lambda a, b: content_overlap(a, b, common={"the", "a"}),
]
TEXTS = st.text(max_size=30) | st.lists(
    st.sampled_from(["turn", "on", "the", "lamp", "imagine", "maj", "dragons", "свет", "灯", "21"]), max_size=5
).map(" ".join)


@pytest.mark.parametrize("similarity", SIMILARITIES)
@given(a=TEXTS, b=TEXTS)
def test_similarities_are_symmetric_and_within_bounds(similarity, a, b):
    assert 0 <= similarity(a, b) <= 1
    assert similarity(a, b) == similarity(b, a)
    assert similarity(a, a) == 1


@given(TEXTS, st.lists(TEXTS, max_size=5))
def test_likeness_to_each_text_is_the_greater_of_letters_and_sound(text, others):
    expected = [max(letter_similarity(text, other), sound_similarity(text, other)) for other in others]
    assert likenesses(text, others) == expected


@given(TEXTS, TEXTS)
def test_spelling_that_does_not_matter_does_not_count(a, b):
    for similarity in SIMILARITIES:
        assert similarity(a, b) == similarity(normalise(a), normalise(b))


@given(TEXTS, TEXTS)
def test_letters_agree_with_the_textbook_distance(a, b):
    x, y = normalise(a), normalise(b)
    longest = max(len(x), len(y))
    expected = 1 - _levenshtein(x, y) / longest if longest else 1.0
    assert letter_similarity(a, b) == pytest.approx(expected)


@given(TEXTS, TEXTS)
def test_word_overlap_is_shared_over_all(a, b):
    x, y = set(words(a)), set(words(b))
    shared = sum(1 for word in x if word in y)
    everything = len(x) + len(y) - shared
    assert word_overlap(a, b) == pytest.approx(shared / everything if everything else 1.0)


@pytest.mark.parametrize(
    ("a", "b"),
    [("knight", "night"), ("turn of", "tern off"), ("Café", "cafe"), ("lock the dor", "lock the door")],
)
def test_what_sounds_the_same_has_the_same_key(a, b):
    assert sound_key(a) == sound_key(b)
    assert sound_similarity(a, b) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [("lamp 1", "lamp 2"), ("включи", "выключи"), ("打开", "关闭"), ("open", "close"), ("mp3", "mp4")],
)
def test_what_sounds_different_has_another_key(a, b):
    assert sound_key(a) != sound_key(b)
    assert sound_similarity(a, b) < 1


def test_a_misheard_title_sounds_closer_than_another_title():
    misheard = sound_similarity("play maj and dragons", "play imagine dragons")
    assert misheard > sound_similarity("play maj and dragons", "play the rolling stones")


def test_where_words_are_cut_does_not_matter_to_the_ear():
    assert sound_similarity("black bird", "blackbird") == 1


def test_common_words_alone_are_compared_as_they_are():
    assert content_overlap("the", "a", common={"the", "a"}) == 0
    assert content_overlap("the", "the", common={"the", "a"}) == 1


def _levenshtein(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (x != y))
    return row[-1]
