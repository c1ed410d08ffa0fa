"""Forward push: where an absorbing Markov chain goes, from many starts at once, without ever inverting a matrix."""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sayagain.errors import InputError

__all__ = ["Push", "Pushes", "forward_push", "last_state_distribution", "push_blocks", "push_many"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """Where the chain goes from one start."""

    visits: dict[int, float]
    """State → expected visits N[source, state], never above the true value; states never reached are left out."""
    residual: float
    """Probability mass that was not followed to its end."""
    bound: float
    """How far Σ_h S(source, h), and so each S, can fall short of the truth; at most `residual`."""


class Pushes(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Where the chain goes from k starts; row i belongs to `sources[i]`."""

    sources: Ints
    """The starts, shape (k,)."""
    visits: csr_array
    """Expected visits, a scipy CSR array of shape (k, n)."""
    residual: Floats
    """Mass not followed to its end, shape (k,)."""
    bound: Floats
    """How far Σ_h S can fall short of the truth, shape (k,)."""


def forward_push(q: csr_array, r: Floats, source: int, epsilon: float = 1e-6) -> Push:
    """Follow the chain from `source` until every piece of mass left is below `epsilon`.

    Args:
        q: probability of going from one transient state to another, sparse (n, n).
        r: probability of ending in success straight from a state, (n,). What is missing to 1 ends in failure.
        source: where to start.
        epsilon: mass below this is counted where it stands and followed no further.

    Raises:
        InputError: a shape is wrong, a probability is negative, a row sums to more than 1, or a state never lets go.

    Why the bound holds. Pushing moves mass v at state i into visits and v·Q[i] onward, which keeps
    N[source] = visits + rest·N exactly, with rest ≥ 0 the mass not yet pushed (Andersen, Chung, Lang 2006). Hence
    Σ_h S - Σ_h Ŝ = rest·N·r = Σ_j rest_j P(success | j) ≤ Σ_j rest_j = `residual`. All terms are at least 0, so the
    bound holds for every single S(source, h) too. Since P(success | j) ≤ 1 - P(failure at once | j), weighing by that
    gives the smaller `bound`. Visits themselves may be further off where the chain lingers; scores may not.

    >>> q = csr_array(np.array([[0.0, 0.5], [0.0, 0.0]]))
    >>> push = forward_push(q, np.array([0.1, 0.8]), source=0)
    >>> push.visits, push.bound
    ({0: 1.0, 1: 0.5}, 0.0)
    """
    pushes = push_many(q, r, np.array([source]), epsilon)
    visits = dict(zip(pushes.visits.indices.tolist(), pushes.visits.data.tolist(), strict=True))
    return Push(visits=visits, residual=float(pushes.residual[0]), bound=float(pushes.bound[0]))


def last_state_distribution(pushes: Pushes, r: Floats) -> csr_array:
    """Return S(source, h) = N[source, h]·r_h: the probability of success with h as the last state before it.

    Returns:
        A scipy CSR array (k, n), its stored values above 0; row i sums to P(success | sources[i]) within `bound[i]`.

    >>> q, r = csr_array(np.array([[0.0, 0.5], [0.0, 0.0]])), np.array([0.1, 0.8])
    >>> last_state_distribution(push_many(q, r, np.array([0, 1])), r).toarray().tolist()
    [[0.1, 0.4], [0.0, 0.8]]
    """
    scores = pushes.visits.copy()
    scores.data = scores.data * np.asarray(r, dtype=float)[scores.indices]
    scores.eliminate_zeros()
    return scores


def push_many(q: csr_array, r: Floats, sources: Ints, epsilon: float = 1e-6, *, rounds: int = 10_000) -> Pushes:
    """Follow the chain from many starts at once; as `forward_push`, one row a start.

    Each round moves all mass one step by one product of sparse matrices, so it costs what the mass touches and nothing
    for the rest of the chain. After `rounds` what is left is given up and stays in the bound.
    """
    return _Walk(q, r)(np.asarray(sources, dtype=np.intp), epsilon, rounds)


def push_blocks(
    q: csr_array, r: Floats, sources: Ints, epsilon: float = 1e-6, *, block: int = 16_384, rounds: int = 10_000
) -> Iterator[Pushes]:
    """Yield `push_many` for `block` starts at a time: the memory needed is that of one block.

    >>> q, r = csr_array((3, 3)), np.ones(3)
    >>> [pushes.sources.tolist() for pushes in push_blocks(q, r, np.arange(3), block=2)]
    [[0, 1], [2]]
    """
    walk = _Walk(q, r)
    for start in range(0, len(sources), block):
        yield walk(np.asarray(sources[start : start + block], dtype=np.intp), epsilon, rounds)


class _Walk:
    """A checked chain with its repeats taken out.

    Saying the same again (Q_ii) would cost a round each time. With D the diagonal of Q, N = (I - (I-D)^-1 (Q-D))^-1
    (I-D)^-1: walk on (I-D)^-1 (Q-D), and stretch the visits of state i by 1 / (1 - Q_ii).
    """

    def __init__(self, q: csr_array, r: Floats) -> None:
        q = csr_array(q, dtype=float)
        r = np.asarray(r, dtype=float)
        _check(q, r)
        stay = q.diagonal()
        self.stretch = 1.0 / (1.0 - stay)
        rows = np.repeat(np.arange(q.shape[0]), np.diff(q.indptr))
        data = np.where(rows == q.indices, 0.0, q.data) * self.stretch[rows]
        # A copy, as taking out zeros moves the indices, and those of `q` belong to the caller.
        self.walk = csr_array((data, q.indices, q.indptr), shape=q.shape, copy=True)
        self.walk.eliminate_zeros()
        self.onward: Floats = np.asarray(self.walk.sum(axis=1)).ravel()
        # Of the mass that goes on from i, the most that can still end well: not what fails at its next stop at once.
        hope = np.clip(self.onward + r * self.stretch, 0.0, 1.0)
        self.hope: Floats = self.walk @ hope

    def __call__(self, sources: Ints, epsilon: float, rounds: int) -> Pushes:
        k, n = len(sources), self.walk.shape[0]
        if epsilon <= 0:
            raise InputError(f"epsilon: {epsilon} is no threshold of a push; expected a number above 0")
        if k and not 0 <= sources.min() <= sources.max() < n:
            raise InputError(f"sources: expected states from 0 to {n - 1}, saw {sources.min()} to {sources.max()}")
        residual, bound = np.zeros(k), np.zeros(k)
        settled: list[tuple[Ints, Ints, Floats]] = []
        mass = csr_array((np.ones(k), sources, np.arange(k + 1)), shape=(k, n))
        for turn in range(rounds):
            rows = np.repeat(np.arange(k), np.diff(mass.indptr))
            settled.append((rows, mass.indices, mass.data))
            onward = mass.data * self.onward[mass.indices]
            last = turn == rounds - 1
            stop = (mass.data < epsilon) | last
            residual += np.bincount(rows[stop], onward[stop], minlength=k)
            bound += np.bincount(rows[stop], (mass.data * self.hope[mass.indices])[stop], minlength=k)
            follow = ~stop & (onward > 0)
            if not follow.any():
                break
            ends = np.concatenate([[0], np.cumsum(follow)])[mass.indptr]
            mass = csr_array((mass.data[follow], mass.indices[follow], ends), shape=(k, n)) @ self.walk
        rows, columns, values = (np.concatenate(part) for part in zip(*settled, strict=True))
        visits = csr_array((values * self.stretch[columns], (rows, columns)), shape=(k, n))
        visits.sum_duplicates()
        return Pushes(sources=sources, visits=visits, residual=residual, bound=bound)


def _check(q: csr_array, r: Floats) -> None:
    n = len(r)
    if q.shape != (n, n):
        raise InputError(f"q: its shape is {q.shape}; expected {(n, n)}, as r has {n} states")
    if n == 0:
        return
    if q.nnz and not q.data.min() >= 0:
        raise InputError("q: saw a probability below 0 or no number at all; expected values in [0, 1]")
    if not r.min() >= 0:
        raise InputError("r: saw a probability below 0 or no number at all; expected values in [0, 1]")
    total = np.asarray(q.sum(axis=1)).ravel() + r
    worst = int(np.argmax(total))
    if total[worst] > 1 + 1e-9:
        raise InputError(f"q, r: state {worst} sums to {total[worst]:.6g}; expected at most 1")
    stuck = np.flatnonzero(q.diagonal() >= 1 - 1e-12)
    if len(stuck):
        raise InputError(f"q: state {stuck[0]} only ever leads to itself; expected a way to success or failure")
