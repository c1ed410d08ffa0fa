import numpy as np
import pytest
from scipy.sparse import csr_array

from sayagain.rewriting.level_solution import solve_levels


def exact(walk, success):
    return np.linalg.solve(np.eye(len(success)) - walk.toarray(), np.diag(success))


def by_state(states, scores, bound):
    rows, bounds = np.empty(scores.shape), np.empty(len(bound))
    rows[states], bounds[states] = scores.toarray(), bound
    return rows, bounds


def random_walk(seed, n, degree, *, acyclic=False):
    rng = np.random.default_rng(seed)
    walk = rng.random((n, n)) * (rng.random((n, n)) < degree / n)
    walk = np.triu(walk, 1) if acyclic else walk * (1 - np.eye(n))
    success, failure = rng.random(n), rng.random(n) * 0.5
    total = walk.sum(axis=1) + success + failure
    return csr_array(walk / total[:, None]), success / total


def test_without_cycles_and_with_a_fine_error_nothing_is_lost():
    walk, success = random_walk(0, 60, 2, acyclic=True)
    rows, bound = by_state(*solve_levels(walk, success, 1e-300))
    np.testing.assert_allclose(rows, exact(walk, success), atol=1e-15)
    assert not bound.any()


@pytest.mark.parametrize("acyclic", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_errors_of_rows_made_from_each_other_stay_below_epsilon(seed, acyclic):
    walk, success = random_walk(seed, 300, 3, acyclic=acyclic)
    rows, bound = by_state(*solve_levels(walk, success, 1e-3))
    short = exact(walk, success) - rows
    assert short.min() > -1e-12
    np.testing.assert_array_less(short.sum(axis=1), bound + 1e-12)
    assert 1e-5 < bound.max() <= 1e-3


def test_a_state_follows_all_that_it_leads_to():
    walk, success = random_walk(2, 50, 2, acyclic=True)
    states, _, _ = solve_levels(walk, success, 1e-6)
    place = np.argsort(states)
    rows = np.repeat(np.arange(50), np.diff(walk.indptr))
    assert np.all(place[rows] > place[walk.indices])
    assert sorted(states) == list(range(50))


def test_a_state_that_never_succeeds_gets_no_entry_of_its_own():
    walk = csr_array(np.array([[0, 0.5], [0, 0]]))
    states, scores, _ = solve_levels(walk, np.array([0.0, 0.8]), 1e-9)
    assert scores.nnz == 2
    assert by_state(states, scores, np.zeros(2))[0].tolist() == [[0, 0.4], [0, 0.8]]
