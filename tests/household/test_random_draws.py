import numpy as np
import pytest

from sayagain.household.random_draws import RandomDraws


def test_draws_are_fair_enough():
    rng = RandomDraws(1)
    assert np.mean([rng.uniform() for _ in range(20_000)]) == pytest.approx(0.5, abs=0.01)
    assert np.mean([rng.weighted_index((1.0, 3.0)) for _ in range(20_000)]) == pytest.approx(0.75, abs=0.01)
    assert {rng.choose("abc") for _ in range(100)} == set("abc")
