import importlib
import sys
from contextlib import contextmanager
from unittest.mock import MagicMock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from sayagain.errors import InputError
from sayagain.rewriting import absorption, cycles
from sayagain.rewriting.absorption import absorb


def chain(seed, n, *, degree=3, repeats=True):
    draw = np.random.default_rng(seed)
    q = draw.random((n, n)) * (draw.random((n, n)) < degree / n)
    if not repeats:
        np.fill_diagonal(q, 0)
    r, failure = draw.random(n), draw.random(n) * (draw.random(n) < 0.7) + 0.02
    total = q.sum(axis=1) + r + failure
    return csr_array(q / total[:, None]), r / total


def solve(q, r, epsilon=1e-6, **options):
    """Return S and the bounds of all states, dense."""
    n = len(r)
    scores, bound = np.full((n, n), np.nan), np.full(n, np.nan)
    for part in absorb(q, r, np.arange(n), epsilon, **options):
        scores[part.sources], bound[part.sources] = part.scores.toarray(), part.bound
    return scores, bound


def exact(q, r):
    return np.linalg.solve(np.eye(len(r)) - q.toarray(), np.diag(r))


@contextmanager
def limits_of(size):
    """Small limits make many blocks and large cycles of a chain of a few states."""
    with pytest.MonkeyPatch.context() as patch:
        if size == "small":
            patch.setattr(absorption, "BLOCK", 4)
            patch.setattr(cycles, "STACKED", 3)
            patch.setattr(cycles, "WIDTHS", np.array([1, 2, 3]))
        yield


@pytest.fixture(params=["as shipped", "small"])
def limits(request):
    with limits_of(request.param):
        yield


chains = st.builds(chain, st.integers(0, 10**6), st.integers(1, 40), degree=st.floats(0.3, 6), repeats=st.booleans())


@pytest.mark.parametrize("size", ["as shipped", "small"])
@given(chains, st.sampled_from([1e-2, 1e-4, 1e-8]))
@settings(max_examples=60, deadline=None)
def test_agrees_with_the_dense_solution_within_epsilon(size, chain, epsilon):
    q, r = chain
    with limits_of(size):
        scores, bound = solve(q, r, epsilon)
    short = exact(q, r) - scores
    assert short.min() > -1e-12
    assert np.all(short.sum(axis=1) <= bound + 1e-12)
    assert bound.max() <= epsilon


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
    scores, _ = solve(q, r, 1e-13)
    np.testing.assert_allclose(scores, oracle.fundamental_matrix * r, atol=1e-9)
    np.testing.assert_allclose(scores.sum(axis=1), oracle.absorption_probabilities()[0], atol=1e-9)


@pytest.mark.usefixtures("limits")
def test_the_result_is_the_same_with_any_number_of_threads():
    q, r = chain(4, 300, degree=0.9)
    solutions = [list(absorb(q, r, np.arange(300), 1e-5, threads=threads)) for threads in (1, 2, 5)]
    for parts in solutions[1:]:
        for part, same in zip(solutions[0], parts, strict=True):
            np.testing.assert_array_equal(part.sources, same.sources)
            np.testing.assert_array_equal(part.bound, same.bound)
            for name in ("indptr", "indices", "data"):
                np.testing.assert_array_equal(getattr(part.scores, name), getattr(same.scores, name))


@pytest.mark.usefixtures("limits")
def test_each_source_is_told_once_and_no_other_state():
    q, r = chain(9, 60, degree=0.8)
    wanted = np.arange(0, 60, 3)
    whole, _ = solve(q, r)
    parts = list(absorb(q, r, wanted))
    assert sorted(np.concatenate([part.sources for part in parts]).tolist()) == wanted.tolist()
    for part in parts:
        np.testing.assert_allclose(part.scores.toarray(), whole[part.sources], atol=1e-12)


def test_a_state_that_never_succeeds_has_no_scores():
    (part,) = absorb(csr_array((2, 2)), np.array([0.0, 1.0]), np.array([0, 1]))
    assert np.diff(part.scores.indptr).tolist() == [0, 1]


def test_what_was_given_is_left_untouched():
    q, r = chain(2, 30)
    before = q.toarray()
    solve(q, r)
    np.testing.assert_array_equal(q.toarray(), before)


def test_a_state_said_again_and_again_is_exact():
    scores, bound = solve(csr_array(np.array([[0.9999]])), np.array([0.00005]))
    assert scores[0, 0] == pytest.approx(0.5)
    assert bound[0] == 0


def test_no_starts_and_no_states_give_nothing():
    q, r = chain(1, 4)
    assert list(absorb(q, r, np.array([], dtype=int))) == []
    assert list(absorb(csr_array((0, 0)), np.array([]), np.array([], dtype=int))) == []


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
        list(absorb(csr_array(np.array(q)), np.array(r), np.array([0])))


def test_states_that_only_lead_to_each_other_are_refused():
    q = np.zeros((5, 5))
    q[0, 3], q[3, 4], q[4, 3] = 0.5, 1.0, 1.0
    with pytest.raises(InputError, match="2 states only ever lead to each other"):
        solve(csr_array(q), np.array([0.5, 1, 1, 0, 0]))


def test_a_start_outside_the_chain_and_an_error_of_zero_are_refused():
    q, r = chain(1, 4)
    with pytest.raises(InputError, match="states from 0 to 3, saw 4 to 4"):
        list(absorb(q, r, np.array([4])))
    with pytest.raises(InputError, match="epsilon: 0"):
        list(absorb(q, r, np.array([0]), epsilon=0))
