import math

import numpy as np
import pytest

from sayagain.errors import InputError
from sayagain.evaluation.off_policy import LoggedChoice, compare, estimate, needed_turns

ESTIMATORS = ("ips", "snips", "doubly robust")
RIGHT = 0.8, 0.3


def log_of(seed, *, target=(0.2, 0.8), users=150, turns=6, model=(0.7, 0.4), propensities=(0.7, 0.3)):
    """Return a log of two actions whose true rewards are `RIGHT`; the model of the reward is somewhat wrong."""
    rng = np.random.default_rng(seed)
    log = []
    for user in range(users):
        for _ in range(turns):
            chosen = int(rng.random() >= propensities[0])
            log.append(
                LoggedChoice(
                    unit=f"u{user}",
                    reward=float(rng.random() < RIGHT[chosen]),
                    propensity=propensities[chosen],
                    target=target[chosen],
                    predicted=model[chosen],
                    expected=float(np.dot(target, model)),
                )
            )
    return log


TRUTH = float(np.dot((0.2, 0.8), RIGHT))


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_estimates_are_unbiased_and_intervals_hold(estimator):
    estimates = [estimate(log_of(seed), estimator, rounds=300) for seed in range(120)]
    assert np.mean([one.value for one in estimates]) == pytest.approx(TRUTH, abs=0.01)
    covered = np.mean([one.low <= TRUTH <= one.high for one in estimates])
    assert 0.89 <= covered <= 0.99
    assert all(one.bernstein_low <= TRUTH <= one.bernstein_high for one in estimates)


def test_the_model_narrows_the_interval():
    log = log_of(1, model=RIGHT)
    plain, robust = (estimate(log, name) for name in ("ips", "doubly robust"))
    assert robust.high - robust.low < plain.high - plain.low


def test_the_logging_policy_itself_is_worth_its_mean_reward():
    log = log_of(2, target=(0.7, 0.3))
    value = estimate(log, "ips")
    assert value.value == pytest.approx(np.mean([choice.reward for choice in log]))
    assert value.effective == pytest.approx(len(log))


def test_few_turns_of_a_policy_tell_nothing():
    log = log_of(3, target=(0.0, 1.0), propensities=(0.99, 0.01), users=40)
    compared = compare(log, "ips")
    assert not compared.target.tells
    assert compared.verdict == "cannot tell"


def test_a_clear_difference_is_told_either_way():
    assert compare(log_of(4, target=(1.0, 0.0))).verdict == "better"
    assert compare(log_of(4, target=(0.0, 1.0))).verdict == "worse"
    same = compare(log_of(4, target=(0.7, 0.3)))
    assert same.verdict == "cannot tell"


def test_what_would_have_been_needed_grows_with_the_square():
    assert needed_turns(100, 0.2, 0.1) == 400
    assert needed_turns(100, 0.2, 0.0) is None
    small = compare(log_of(5, target=(0.73, 0.27), users=60))
    assert small.verdict == "cannot tell"
    assert small.needed is None or small.needed > small.target.turns or math.isclose(small.difference, 0, abs_tol=0.05)


@pytest.mark.parametrize("log", [[], [LoggedChoice(unit="u", reward=1, propensity=0.0, target=1)]])
def test_a_log_without_propensities_is_refused(log):
    with pytest.raises(InputError):
        estimate(log)
