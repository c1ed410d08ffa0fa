import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.rewriting.confusions import UNKNOWN_WORD, learn_confusions

HEARD_RIGHT = learn_confusions([(text, text) for text in ("find the show demi gods", "a movie house", "fun", "sun")])


def cost(confusions, heard, text):
    """The cheapest alignment, cell by cell."""
    codes = {letter: code for code, letter in enumerate(confusions.letters)}
    heard_codes, said = (
        [codes.get(letter, len(codes)) for letter in words.replace(" ", "")] for words in (heard, text)
    )
    row = [0.0]
    for letter in said:
        row.append(row[-1] + confusions.omitted[letter])
    for heard_letter in heard_codes:
        next_row = [row[0] + confusions.inserted[heard_letter]]
        for place, letter in enumerate(said):
            next_row.append(
                min(
                    row[place] + confusions.replaced[letter, heard_letter],
                    row[place + 1] + confusions.inserted[heard_letter],
                    next_row[place] + confusions.omitted[letter],
                )
            )
        row = next_row
    return row[-1]


@given(st.text("ab c", max_size=8), st.lists(st.text("abd ", max_size=8), min_size=1, max_size=4))
def test_all_texts_at_once_cost_what_each_costs_alone(heard, texts):
    confusions = learn_confusions([("abc", "abd"), ("ba", "bad")] * 3)
    expected = [cost(confusions, heard, text) for text in texts]
    assert confusions.align(heard, texts).costs == pytest.approx(expected, abs=1e-3)


def test_a_confusion_that_was_seen_costs_less():
    learnt = learn_confusions(
        [("thin", "fin"), ("three", "free"), ("thor", "for"), ("sin", "sin"), ("sun", "sun")] * 10
    )
    before, after = (confusions.align("thun", ["fun", "sun"]).costs for confusions in (HEARD_RIGHT, learnt))
    assert abs(before[0] - before[1]) < 1
    assert after[0] < after[1] - 1


def test_words_of_an_unlike_pair_are_not_aligned():
    unlike = learn_confusions([("dogs", "xylem")] * 9).replaced
    assert (unlike.argmin(axis=1) == range(len(unlike))).all()


def test_an_unknown_word_stands_for_any_words():
    gains = HEARD_RIGHT.align(f"find the show {UNKNOWN_WORD}", ["find the show demi gods", "find a movie house"]).gains
    assert gains[0] > gains[1]
    known = HEARD_RIGHT.align("find the show", ["find the show demi gods", "find the show"]).gains
    assert known[1] > known[0]


def test_no_letters_cost_nothing():
    assert np.array_equal(HEARD_RIGHT.align("", [""]).costs, [0.0])
