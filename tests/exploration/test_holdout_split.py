import subprocess
import sys

import numpy as np
import pytest

from sayagain.errors import SettingError
from sayagain.exploration import split_holdout, uniform


def draws(n, **changes):
    given = {"seed": 0, "release": 1, "rewrite_id": "chain-1"} | changes
    return [split_holdout(unit=f"turn-{i}", **given).left_alone for i in range(n)]


@pytest.mark.parametrize("share", [0.01, 0.02, 0.3])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_share_is_kept(share, seed):
    n = 20_000
    spread = (n * share * (1 - share)) ** 0.5
    assert abs(sum(draws(n, seed=seed, share=share)) - n * share) < 4 * spread


@pytest.mark.parametrize("seed", range(5))
def test_draws_are_uniform(seed):
    counts, _ = np.histogram([uniform(seed, i) for i in range(20_000)], bins=50, range=(0, 1))
    assert ((counts - 400) ** 2 / 400).sum() < 94.6  # chi-square, 49 degrees, 1 in 10,000


@pytest.mark.parametrize("change", [{"seed": 1}, {"release": 2}, {"rewrite_id": "chain-2"}])
def test_each_part_draws_anew(change):
    a, b = draws(20_000, share=0.5), draws(20_000, share=0.5, **change)
    assert abs(sum(x == y for x, y in zip(a, b, strict=True)) - 10_000) < 4 * 20_000**0.5 / 2


def test_the_propensity_is_that_of_the_choice():
    seen = {split_holdout(seed=0, release=1, unit=str(i), rewrite_id="r", share=0.25) for i in range(100)}
    assert {(h.left_alone, h.propensity) for h in seen} == {(True, 0.25), (False, 0.75)}


def test_none_and_all():
    assert not any(draws(200, share=0.0))
    assert all(draws(200, share=1.0))


def test_another_process_draws_the_same():
    code = "from sayagain.exploration import uniform; print(uniform(3, 'a', 'bc'))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(told.stdout) == uniform(3, "a", "bc")


def test_parts_do_not_run_together():
    assert len({uniform("a", "bc"), uniform("ab", "c"), uniform("abc"), uniform(1), uniform("1")}) == 5


@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_no_share_is_refused(share):
    with pytest.raises(SettingError, match="expected a number from 0 to 1"):
        split_holdout(seed=0, release=1, unit="t", rewrite_id="r", share=share)
