import threading

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from lightgbm.basic import LightGBMError

from sayagain.rewriting.boosted import FEW, Boosted
from sayagain.rewriting.rank import fit_booster

COLUMNS = 6


@pytest.fixture(scope="module")
def text():
    dice = np.random.default_rng(1)
    rows = dice.normal(size=(600, COLUMNS))
    rows[dice.random(rows.shape) < 0.2] = np.nan
    y = (np.nan_to_num(rows[:, 0]) + np.nan_to_num(rows[:, 3]) > 0).astype(float)
    return fit_booster(rows, y, np.ones(len(rows)), seed=1, rounds=30)


NUMBERS = st.floats(-5, 5) | st.just(float("nan")) | st.just(0.0)


@settings(max_examples=80, deadline=None)
@given(rows=arrays.arrays(np.float64, st.tuples(st.integers(1, FEW + 4), st.just(COLUMNS)), elements=NUMBERS))
def test_it_says_what_lightgbm_says_to_the_last_bit(text, rows):
    expected = lightgbm.Booster(model_str=text).predict(rows, num_threads=1)
    assert (Boosted(text).probabilities(rows) == expected).all()


def test_rows_may_lie_in_memory_as_they_like(text):
    rows = np.asfortranarray(np.random.default_rng(2).normal(size=(5, COLUMNS + 2)))[:, 1:-1]
    expected = lightgbm.Booster(model_str=text).predict(np.ascontiguousarray(rows), num_threads=1)
    assert (Boosted(text).probabilities(rows) == expected).all()


def test_rows_of_another_width_are_no_silent_nonsense(text):
    with pytest.raises(LightGBMError):
        Boosted(text).probabilities(np.zeros((2, COLUMNS + 1)))
    with pytest.raises(LightGBMError):
        Boosted("no model")


def test_threads_may_share_it(text):
    model, dice = Boosted(text), np.random.default_rng(3)
    every = [dice.normal(size=(4, COLUMNS)) for _ in range(8)]
    expected = [lightgbm.Booster(model_str=text).predict(rows) for rows in every]
    wrong = []

    def ask(rows, right):
        wrong.extend(None for _ in range(300) if (model.probabilities(rows) != right).any())

    asking = [threading.Thread(target=ask, args=each) for each in zip(every, expected, strict=True)]
    for each in asking:
        each.start()
    for each in asking:
        each.join()
    assert wrong == []
