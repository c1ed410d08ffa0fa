import numpy as np

from sayagain.failures.agreement import ENOUGH, agrees


def opinions(slope, count=4 * ENOUGH):
    log_odds = np.random.default_rng(1).normal(-2, 3, count)
    return [(1 / (1 + np.exp(-scale * log_odds))).tolist() for scale in (1.0, slope)]


def test_an_isolator_is_believed_where_the_judge_rises_with_it():
    assert agrees(*opinions(0.6))
    assert agrees(*opinions(1.5))


def test_one_that_is_far_surer_than_the_judge_is_not():
    assert not agrees(*opinions(0.3))


def test_one_that_says_the_opposite_or_nothing_is_not():
    own, judged = opinions(1.0)
    assert not agrees(own, [1 - p for p in judged])
    assert not agrees(own, judged[::-1])


def test_in_a_small_log_it_is_believed():
    assert agrees(*opinions(0.3, ENOUGH - 1))
    assert agrees([], [])
