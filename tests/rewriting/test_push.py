import importlib
import sys
from unittest.mock import MagicMock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from sayagain.errors import InputError
from sayagain.rewriting.push import forward_push, last_state_distribution, push_blocks, push_many


def chain(seed, n, *, degree=3, repeats=True):
    draw = np.random.default_rng(seed)
    q = draw.random((n, n)) * (draw.random((n, n)) < degree / n)
    if not repeats:
        np.fill_diagonal(q, 0)
    r, failure = draw.random(n), draw.random(n) * (draw.random(n) < 0.7) + 0.02
    total = q.sum(axis=1) + r + failure
    return csr_array(q / total[:, None]), r / total


chains = st.builds(chain, st.integers(0, 10**6), st.integers(1, 40), degree=st.floats(0.5, 6), repeats=st.booleans())


@given(chains, st.sampled_from([1e-2, 1e-4, 1e-8]))
@settings(max_examples=60)
def test_agrees_with_the_dense_solve_within_its_bound(chain, epsilon):
    q, r = chain
    n = len(r)
    truth = np.linalg.solve(np.eye(n) - q.toarray(), np.diag(r))
    pushes = push_many(q, r, np.arange(n), epsilon)
    scores = last_state_distribution(pushes, r).toarray()
    short = truth - scores
    assert short.min() > -1e-12
    assert np.all(short.sum(axis=1) <= pushes.bound + 1e-12)
    assert np.all(pushes.bound <= pushes.residual + 1e-12)


@given(chains)
@settings(max_examples=60)
def test_a_fine_threshold_gives_visits_and_success(chain):
    q, r = chain
    n = len(r)
    fundamental = np.linalg.inv(np.eye(n) - q.toarray())
    pushes = push_many(q, r, np.arange(n), 1e-12)
    np.testing.assert_allclose(pushes.visits.toarray(), fundamental, atol=1e-8)
    success = last_state_distribution(pushes, r).sum(axis=1)
    np.testing.assert_allclose(success, fundamental @ r, atol=1e-8)


@pytest.fixture
def pydtmc(monkeypatch):
    # PyDTMC wants a matplotlib that cannot live with numpy 2, and draws nothing here: a stand-in lets it be imported.
    for name in ("", ".colorbar", ".colors", ".image", ".patches", ".pyplot", ".ticker"):
        monkeypatch.setitem(sys.modules, f"matplotlib{name}", MagicMock())
    yield importlib.import_module("pydtmc")
    for name in [name for name in sys.modules if name.split(".")[0] == "pydtmc"]:
        del sys.modules[name]


@pytest.mark.parametrize("seed", range(4))
def test_agrees_with_pydtmc(seed, pydtmc):
    q, r = chain(seed, 6)
    n = len(r)
    p = np.zeros((n + 2, n + 2))
    p[:n, :n], p[:n, n] = q.toarray(), r
    p[:n, n + 1] = 1 - p[:n].sum(axis=1)
    p[n, n] = p[n + 1, n + 1] = 1
    oracle = pydtmc.MarkovChain(p, [str(i) for i in range(n)] + ["success", "failure"])
    pushes = push_many(q, r, np.arange(n), 1e-13)
    np.testing.assert_allclose(pushes.visits.toarray(), oracle.fundamental_matrix, atol=1e-9)
    success = last_state_distribution(pushes, r).sum(axis=1)
    np.testing.assert_allclose(success, oracle.absorption_probabilities()[0], atol=1e-9)


def test_one_start_is_a_row_of_many():
    q, r = chain(5, 20)
    many = push_many(q, r, np.arange(20), 1e-5)
    one = forward_push(q, r, 7, 1e-5)
    assert one.visits == pytest.approx({i: v for i, v in enumerate(many.visits.toarray()[7]) if v})
    assert (one.residual, one.bound) == pytest.approx((many.residual[7], many.bound[7]))


def test_blocks_cut_nothing():
    q, r = chain(9, 50)
    whole = push_many(q, r, np.arange(50), 1e-5)
    blocks = list(push_blocks(q, r, np.arange(50), 1e-5, block=7))
    assert [len(b.sources) for b in blocks] == [7] * 7 + [1]
    np.testing.assert_allclose(np.vstack([b.visits.toarray() for b in blocks]), whole.visits.toarray())
    np.testing.assert_allclose(np.concatenate([b.bound for b in blocks]), whole.bound)


def test_what_was_given_is_left_untouched():
    q, r = chain(2, 30)
    before = q.toarray()
    push_many(q, r, np.arange(30))
    np.testing.assert_array_equal(q.toarray(), before)


def test_a_state_said_again_and_again_costs_no_rounds():
    q, r = csr_array(np.array([[0.9999]])), np.array([0.00005])
    push = push_many(q, r, np.array([0]), 1e-9, rounds=1)
    assert last_state_distribution(push, r).toarray()[0, 0] == pytest.approx(0.5)
    assert push.bound[0] == 0


def test_rounds_that_run_out_stay_in_the_bound():
    q, r = csr_array(np.array([[0.0, 0.999], [0.999, 0.0]])), np.array([0.001, 0.001])
    pushes = push_many(q, r, np.array([0]), 1e-12, rounds=10)
    got = last_state_distribution(pushes, r).sum()
    assert got < 0.02
    assert got + pushes.bound[0] >= 1 - 1e-12


def test_no_starts_give_no_rows():
    q, r = chain(1, 4)
    assert push_many(q, r, np.array([], dtype=int)).visits.shape == (0, 4)
    assert list(push_blocks(q, r, np.array([], dtype=int))) == []


@pytest.mark.parametrize(
    ("q", "r", "sees"),
    [
        ([[0.5, 0.6], [0, 0]], [0, 1], "state 0 sums to 1.1"),
        ([[0, -0.5], [0, 0]], [0, 1], "q: saw a probability below 0"),
        ([[0, 0.5], [0, 0]], [float("nan"), 1], "r: saw a probability below 0 or no number"),
        ([[0, 0], [0, 1.0]], [0.5, 0], "state 1 only ever leads to itself"),
        ([[0.0]], [0, 1], r"its shape is \(1, 1\)"),
    ],
)
def test_what_is_no_chain_is_refused(q, r, sees):
    with pytest.raises(InputError, match=sees):
        push_many(csr_array(np.array(q)), np.array(r), np.array([0]))


def test_a_start_outside_the_chain_and_a_threshold_of_zero_are_refused():
    q, r = chain(1, 4)
    with pytest.raises(InputError, match="states from 0 to 3, saw 4 to 4"):
        forward_push(q, r, 4)
    with pytest.raises(InputError, match="epsilon: 0"):
        forward_push(q, r, 0, epsilon=0)
