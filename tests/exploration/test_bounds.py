import random

import pytest

from sayagain.errors import SettingError
from sayagain.exploration.bounds import BoundedExploration, Bounds


def mean_share(bounded, shares, domain="music", turns=4000):
    """Return the mean share of exploration in the second half of many turns."""
    rng = random.Random(3)
    explored = []
    for _ in range(turns):
        wanted = rng.choice(shares)
        explored.append(1 - bounded.apply(domain, [1 - wanted, wanted / 2, wanted / 2])[0])
    return sum(explored[turns // 2 :]) / (turns - turns // 2)


def test_within_the_bounds_nothing_changes():
    bounded = BoundedExploration(default=Bounds(floor=0.01, ceiling=0.2))
    assert mean_share(bounded, (0.02, 0.1)) == pytest.approx(0.06, abs=0.005)


def test_too_much_comes_down_to_the_ceiling():
    bounded = BoundedExploration(default=Bounds(ceiling=0.05))
    assert mean_share(bounded, (0.3, 0.6, 1.0)) == pytest.approx(0.05, abs=0.01)


def test_too_little_comes_up_to_the_floor():
    bounded = BoundedExploration(default=Bounds(floor=0.04, ceiling=0.2))
    assert mean_share(bounded, (0.001, 0.002)) == pytest.approx(0.04, abs=0.01)


def test_each_domain_is_by_itself():
    bounded = BoundedExploration({"shopping": Bounds(ceiling=0.0)}, default=Bounds(ceiling=0.5))
    assert bounded.apply("shopping", [0.0, 1.0]) == [1.0, 0.0]
    assert bounded.apply("music", [0.7, 0.3]) == pytest.approx([0.7, 0.3])


def test_what_is_not_possible_stays_impossible():
    bounded = BoundedExploration(default=Bounds(floor=0.04, ceiling=0.2))
    assert bounded.apply("music", [1.0, 0.0]) == [1.0, 0.0]
    shares = bounded.apply("music", [0.5, 0.5, 0.0])
    assert shares[2] == 0
    assert sum(shares) == pytest.approx(1)


@pytest.mark.parametrize(("floor", "ceiling"), [(-0.1, 0.5), (0.6, 0.5), (0.0, 1.5)])
def test_bounds_are_shares(floor, ceiling):
    with pytest.raises(SettingError):
        Bounds(floor=floor, ceiling=ceiling)
