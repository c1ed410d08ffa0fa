import numpy as np
import pytest
from scipy.sparse import csr_array

from sayagain.rewriting import push
from sayagain.rewriting.push import forward_push


def chain(seed, n):
    rng = np.random.default_rng(seed)
    walk = rng.random((n, n)) * (rng.random((n, n)) < 3 / n)
    np.fill_diagonal(walk, 0)
    success, failure = rng.random(n), rng.random(n) * 0.2 + 0.01
    total = walk.sum(axis=1) + success + failure
    return csr_array(walk / total[:, None]), success / total


def exact(walk, success):
    return np.linalg.solve(np.eye(len(success)) - walk.toarray(), np.diag(success))


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("epsilon", [1e-2, 1e-5, 1e-9])
def test_each_row_is_short_by_at_most_its_bound_and_that_is_at_most_epsilon(seed, epsilon):
    walk, success = chain(seed, 80)
    starts = np.array([3, 17, 60])
    scores, bound = forward_push(walk, success, starts, epsilon)
    short = exact(walk, success)[starts] - scores.toarray()
    assert short.min() > -1e-12
    assert np.all(short.sum(axis=1) <= bound + 1e-12)
    assert 0 < bound.max() <= epsilon


def test_what_can_no_longer_change_much_is_not_followed():
    walk, success = chain(1, 400)
    starts = np.arange(5)
    rough, _ = forward_push(walk, success, starts, 1e-2)
    fine, _ = forward_push(walk, success, starts, 1e-8)
    assert rough.nnz < 0.9 * fine.nnz


def test_mass_that_lingers_is_solved_directly(monkeypatch):
    monkeypatch.setattr(push, "ROUNDS", 20)
    walk, success = csr_array(np.array([[0.0, 0.9999], [0.9999, 0.0]])), np.array([0.0001, 0.0])
    scores, bound = forward_push(walk, success, np.array([0, 1]), 1e-9)
    np.testing.assert_allclose(scores.toarray(), exact(walk, success), rtol=1e-9)
    assert bound.max() <= 1e-9
