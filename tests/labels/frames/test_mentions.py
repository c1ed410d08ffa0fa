"""Mentions of slots in other rows, and which rows may carry them over."""

import numpy as np
import pytest

from sayagain.labels.frames.mentions import BESIDE, Mention, mention_arrays, takes_up
from sayagain.labels.frames.rows import read_rows
from sayagain.models import load_encoder

SLOTS = {"area": 0, "name": 1}


@pytest.fixture(scope="module")
def rows(session):
    exchanges = [("lamp on", "Turned on the lamp"), ("fan on", "Turned on the fan"), ("off", "Done")]
    return read_rows([session(*exchanges)], load_encoder())[0]


LAMP = Mention(0, "name", "lamp", (1, 2))
RESPONSE_LAMP = Mention(1, "name", "lamp", (4, 5))
FAN = Mention(2, "name", "fan", (1, 2))


def test_only_requests_take_up_and_only_what_came_before(rows):
    assert takes_up(rows, [LAMP, RESPONSE_LAMP, FAN], later=False).tolist() == [
        [False, False, False],
        [False, False, False],
        [True, True, False],
        [False, False, False],
        [True, True, True],
        [False, False, False],
    ]


def test_where_later_rows_count_all_but_ones_own_may_be_taken_up(rows):
    assert takes_up(rows, [LAMP, RESPONSE_LAMP, FAN], later=True)[[0, 2, 4]].tolist() == [
        [False, True, True],
        [True, True, False],
        [True, True, True],
    ]


def test_a_mention_is_told_from_one_that_a_newer_value_has_replaced(rows):
    features = mention_arrays(rows, [LAMP, RESPONSE_LAMP, FAN], SLOTS)["beside"]
    column = 4
    assert features[2, :, column].tolist() == [0, 0, 0]
    assert features[4, :, column].tolist() == [1, 1, 0]


def test_numbers_of_a_row_tell_nothing_of_rows_after_it_but_that_they_are_later(rows):
    features = mention_arrays(rows, [LAMP, RESPONSE_LAMP, FAN], SLOTS)["beside"]
    earlier_features = mention_arrays(rows, [LAMP, RESPONSE_LAMP], SLOTS)["beside"]
    assert np.array_equal(features[:2, :2], earlier_features[:2])


def test_no_mentions_make_empty_arrays(rows):
    arrays = mention_arrays(rows, [], SLOTS)
    assert arrays["beside"].shape == (6, 0, BESIDE)
    assert arrays["mentions"].shape == (0, rows.vectors.shape[1])


def test_the_vector_of_what_is_not_in_the_words_is_that_of_its_row(rows):
    arrays = mention_arrays(rows, [Mention(2, "area", "attic", None)], SLOTS)
    assert np.array_equal(arrays["mentions"][0], rows.vectors[2])
