import pytest

from sayagain.errors import SettingError
from sayagain.exploration.policy import EpsilonGreedy, Option, Softmax, Thompson, draw

POLICIES = (EpsilonGreedy(0.2), Softmax(0.1), Thompson())


@pytest.mark.parametrize("policy", POLICIES)
def test_propensities_sum_to_one_and_repeat(policy):
    options = [Option(value=0.6, wins=3, losses=2), Option(value=0.5), Option(value=0.1, wins=1, losses=9)]
    propensities = policy.propensities(options)
    assert sum(propensities) == pytest.approx(1)
    assert propensities == policy.propensities(options)


@pytest.mark.parametrize("policy", POLICIES)
def test_what_is_not_safe_is_never_explored(policy):
    options = [Option(value=0.1), Option(value=0.99, wins=100, safe=False), Option(value=0.2, safe=False)]
    assert policy.propensities(options) == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("policy", POLICIES)
def test_the_better_option_is_chosen_more_often(policy):
    low, high = policy.propensities([Option(value=0.4, wins=4, losses=6), Option(value=0.8, wins=8, losses=2)])
    assert high > low


def test_thompson_explores_less_the_more_it_knows():
    def share(turns):
        options = [
            Option(value=0.5, wins=0.7 * turns, losses=0.3 * turns),
            Option(value=0.5, wins=0.4 * turns, losses=0.6 * turns),
        ]
        return Thompson(draws=400).propensities(options)[1]

    assert share(2) > share(20) > share(200)


def test_the_present_choice_wins_a_tie():
    assert EpsilonGreedy(0.0).propensities([Option(value=0.5), Option(value=0.5)]) == [1.0, 0.0]


def test_draws_follow_the_propensities():
    chosen = [draw([0.7, 0.3, 0.0], k / 1000) for k in range(1000)]
    assert [chosen.count(place) for place in range(3)] == [700, 300, 0]


def test_a_share_is_a_share():
    with pytest.raises(SettingError, match="epsilon"):
        EpsilonGreedy(1.2)
