import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from sayagain.rewriting.evidence import (
    _closed_form,
    _integral,
    beta_low,
    decay,
    newcombe_low,
    paired_lift_low,
    probability_better,
    wilson_high,
    wilson_low,
)

params = st.floats(1.0, 300.0)
counts = st.floats(0.0, 200.0)


@given(params, params, st.integers(1, 300), params)
def test_the_integral_agrees_with_the_closed_form(a0, b0, a1, b1):
    assert _integral(a0, b0, float(a1), b1) == pytest.approx(_closed_form(a0, b0, a1, b1), abs=1e-9)


@pytest.mark.parametrize(
    ("a0", "b0", "a1", "b1"),
    [(2.5, 7.25, 9.75, 3.5), (1.2, 30.0, 1.7, 12.4), (40.3, 11.9, 38.1, 12.2), (0.5, 0.5, 2.5, 0.7)],
)
def test_the_weight_agrees_with_monte_carlo(a0, b0, a1, b1):
    draw = np.random.default_rng(7)
    share = np.mean(draw.beta(a1, b1, 400_000) > draw.beta(a0, b0, 400_000))
    assert probability_better(a0, b0, a1, b1) == pytest.approx(share, abs=4 * 0.5 / math.sqrt(400_000))


@given(params, params, params, params)
def test_one_of_two_is_the_better(a0, b0, a1, b1):
    there, back = probability_better(a0, b0, a1, b1), probability_better(a1, b1, a0, b0)
    assert 0 <= there <= 1
    assert there + back == pytest.approx(1, abs=1e-8)


@given(params, params, params, params)
def test_one_more_success_never_lowers_the_weight(a0, b0, a1, b1):
    assert probability_better(a0, b0, a1 + 1, b1) >= probability_better(a0, b0, a1, b1) - 1e-9


def test_much_evidence_is_no_trouble():
    assert probability_better(1e5, 1e5, 1.02e5, 0.98e5) > 1 - 1e-6
    assert probability_better(1e5, 1e5, 1e5, 1e5) == pytest.approx(0.5, abs=1e-6)


@given(counts, counts)
def test_the_bounds_enclose_the_rate(wins, losses):
    low, high = wilson_low(wins, losses), wilson_high(wins, losses)
    rate = wins / (wins + losses) if wins + losses > 0 else 0.5
    assert 0 <= low <= rate + 1e-9
    assert rate - 1e-9 <= high <= 1


def test_wilson_bound_matches_a_table():
    # Two-sided 95% interval of 81 of 263, as printed in Newcombe 1998: .2553 to .3662.
    assert wilson_low(81, 182, level=0.975) == pytest.approx(0.2553, abs=5e-5)
    assert wilson_high(81, 182, level=0.975) == pytest.approx(0.3662, abs=5e-5)


def test_difference_bound_matches_a_table():
    # Newcombe 1998, table II, case (a): 56/70 against 48/80, method 10, two-sided 95%: .0524 to .3339.
    assert newcombe_low(48, 32, 56, 14, level=0.975) == pytest.approx(0.0524, abs=5e-5)


def test_beta_bound_is_the_quantile():
    assert beta_low(7.5, 2.5, 0.9) == pytest.approx(beta.ppf(0.1, 8.5, 3.5))


def test_the_paired_bound_rarely_promises_a_lift_that_is_not_there():
    draw = np.random.default_rng(3)
    outcomes = draw.multinomial(40, [0.25, 0.25, 0.5], size=4_000)
    assert np.mean([paired_lift_low(wins, losses, 40) > 0 for wins, losses, _ in outcomes]) < 0.07


@pytest.mark.parametrize(
    ("wins", "losses", "sure"), [(3, 0, True), (2, 0, False), (8, 2, True), (5, 4, False), (0, 0, False)]
)
def test_what_is_sure_and_what_is_not(wins, losses, sure):
    assert (paired_lift_low(wins, losses, trials=20) > 0) is sure


@given(st.floats(0, 1e12), st.floats(1, 1e12))
def test_age_only_ever_weakens(age, half_life):
    assert 0 <= decay(age, half_life) <= 1
    assert decay(age + half_life, half_life) == pytest.approx(decay(age, half_life) / 2)
    assert decay(-age, half_life) == 1


def test_what_has_decayed_to_nothing_leaves_a_probability():
    step = np.finfo(float).eps
    for a0, a1, b1 in itertools.product(range(3), range(6), range(11)):
        assert probability_better(1 + a0 * step, 1 + a0 * step, 1 + a1 * step, 1 + b1 * step) == pytest.approx(0.5)
