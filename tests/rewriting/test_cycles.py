import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sayagain.errors import InputError
from sayagain.rewriting.cycles import STACKED, close_cycles, find_cycles, star


def ring(n, probability=0.9):
    walk = np.zeros((n, n))
    walk[np.arange(n), (np.arange(n) + 1) % n] = probability
    return csr_array(walk)


def test_what_has_no_cycle_has_neither_components_nor_hubs():
    labels, hubs = find_cycles(csr_array(np.triu(np.full((6, 6), 0.1), 1)))
    assert sorted(labels) == list(range(6))
    assert not hubs.any()
    assert close_cycles(csr_array((6, 6)), labels) is None


def test_a_cycle_up_to_the_limit_needs_no_hub_and_a_larger_one_is_cut():
    assert not find_cycles(ring(STACKED))[1].any()
    labels, hubs = find_cycles(ring(STACKED + 1))
    assert hubs.sum() == 2
    assert np.bincount(labels).max() == 1


def test_the_busiest_states_are_the_hubs():
    n = 200
    walk = np.zeros((n, n))
    walk[1:, 0], walk[0, 1:] = 0.5, 0.9 / (n - 1)
    _, hubs = find_cycles(csr_array(walk))
    assert hubs[0]


def test_without_hubs_no_large_cycle_is_left():
    rng = np.random.default_rng(3)
    walk = csr_array(rng.random((400, 400)) * (rng.random((400, 400)) < 0.01) / 10)
    labels, hubs = find_cycles(walk)
    others = np.flatnonzero(~hubs)
    inner = walk[others][:, others]
    _, without_hubs = connected_components(inner, connection="strong")
    assert np.bincount(without_hubs).max() <= STACKED
    same = labels[others][:, None] == labels[others][None, :]
    np.testing.assert_array_equal(same, without_hubs[:, None] == without_hubs[None, :])


@pytest.mark.parametrize("n", [2, 40])
def test_a_cycle_without_an_end_is_refused(n):
    with pytest.raises(InputError, match=f"{n} states only ever lead to each other"):
        find_cycles(ring(n, 1.0))


@pytest.mark.parametrize("sizes", [[2, 2, 2], [1, 5, 2, 7, 2, 1, 32], [3] * 2000])
def test_closed_cycles_are_the_inverse_of_each_block(sizes):
    rng = np.random.default_rng(1)
    labels = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    n = len(labels)
    # Each member leads to all of its own component and to a stranger, who is not followed.
    inner = csr_array((labels[:, None] == labels[None, :]).astype(float) * (1 - np.eye(n)) * 0.9 / max(sizes))
    stranger = csr_array((np.full(n, 0.01), (np.arange(n), rng.integers(0, n, n))), shape=(n, n))
    visits = close_cycles(inner + stranger, labels)
    inside = (inner + stranger).multiply(labels[:, None] == labels[None, :])
    np.testing.assert_allclose((visits - inside @ visits).toarray(), np.eye(n), atol=1e-12)


def test_star_has_exact_zeros_and_nothing_below_zero():
    rng = np.random.default_rng(0)
    stack = np.triu(rng.random((50, 6, 6)) / 6, 1).transpose(1, 2, 0).copy()
    inverse = np.linalg.inv(np.eye(6) - stack.transpose(2, 0, 1))
    visits = star(stack).transpose(2, 0, 1)
    np.testing.assert_allclose(visits, inverse, rtol=1e-12)
    assert not np.tril(visits, -1).any()
    assert visits.min() >= 0


def test_star_is_right_to_the_last_digits_where_a_cycle_hardly_ever_ends():
    stack = np.array([[0.0, 1 - 1e-10], [1.0, 0.0]])[:, :, None]
    assert star(stack)[0, 0, 0] == pytest.approx(1e10, rel=1e-5)
