"""Absorption: with which last state an absorbing Markov chain ends in success, from every start, without an inverse."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sayagain.errors import InputError
from sayagain.rewriting.level_solution import solve_levels

__all__ = ["Absorption", "absorb"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

BLOCK = 65_536
"""States of a block: enough to make Python's share small, few enough to stay in a core's cache."""


class Absorption(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """How the chain ends from k starts; row i belongs to `sources[i]`."""

    sources: Ints
    """The starts, shape (k,)."""
    scores: csr_array
    """S(source, h), the probability of success with h as the last state before it, never above the true value; a scipy
    CSR array of shape (k, n) whose row i sums to P(success | sources[i]) within `bound[i]`."""
    bound: Floats
    """How far each row's sum, and so each of its values, may fall short of the truth, shape (k,)."""


def absorb(
    q: csr_array, r: Floats, sources: Ints, epsilon: float = 1e-6, *, threads: int | None = None
) -> Iterator[Absorption]:
    """Yield S(source, h) = N[source, h]·r_h with N = (I - Q)^-1, for all `sources`, some of them at a time.

    The graph of a log is mostly thousands of small components and a few large ones around popular requests. Whole
    components are gathered into blocks, each solved by itself (`solve_levels`); so the memory needed is that of a few
    blocks, and the result is the same however many threads there are.

    Args:
        q: probability of going from one transient state to another, sparse (n, n).
        r: probability of ending in success straight from a state, (n,). What is missing to 1 ends in failure.
        sources: where to start, each state once.
        epsilon: largest error of the probability of success from a source, and so of each S; rounding comes on top.
        threads: how many blocks are solved at once; as many as there are cores if not given.

    Yields:
        Rows of a block, in an order that only `q` and `sources` decide.

    Raises:
        InputError: a shape is wrong, a probability is negative, a row sums to more than 1, or states only ever lead to
            themselves.

    >>> q = csr_array(np.array([[0.0, 0.5], [0.0, 0.0]]))
    >>> (part,) = absorb(q, np.array([0.1, 0.8]), np.array([0, 1]))
    >>> part.sources.tolist(), part.scores.toarray().tolist(), part.bound.tolist()
    ([1, 0], [[0.0, 0.8], [0.1, 0.4]], [0.0, 0.0])
    """
    q = csr_array(q, dtype=float)
    r = np.asarray(r, dtype=float)
    stay = _check(q, r)
    if epsilon <= 0:
        raise InputError(f"epsilon: {epsilon} is no error; expected a number above 0")
    n = len(r)
    if len(sources) and not 0 <= sources.min() <= sources.max() < n:
        raise InputError(f"sources: expected states from 0 to {n - 1}, saw {sources.min()} to {sources.max()}")
    # Saying the same again (Q_ii) is no step: with D the diagonal of Q, S = (I - (I-D)^-1 (Q-D))^-1 (I-D)^-1 diag(r).
    stretch = 1.0 / (1.0 - stay)
    walk, success = _without_loops(q, stretch), r * stretch
    is_source = np.zeros(n, dtype=bool)
    is_source[sources] = True
    moves = np.diff(walk.indptr) > 0
    moves[walk.indices] = True
    yield from _alone(np.flatnonzero(is_source & ~moves), success)
    states, starts = _blocks(walk, np.flatnonzero(moves))
    place = np.empty(n, dtype=walk.indices.dtype)
    place[states] = np.arange(len(states))

    def solve(first: int, last: int) -> Absorption | None:
        block = states[first:last]
        if not is_source[block].any():
            return None
        inner = walk[block]
        inner = csr_array((inner.data, place[inner.indices] - first, inner.indptr), shape=(last - first, last - first))
        order, scores, bound = solve_levels(inner, success[block], epsilon)
        wanted = is_source[block[order]]
        if not wanted.all():
            scores, bound = scores[wanted], bound[wanted]
        scores = csr_array((scores.data, block[scores.indices], scores.indptr), shape=(scores.shape[0], n))
        return Absorption(sources=block[order[wanted]], scores=scores, bound=bound)

    for part in _in_order(solve, starts, threads or os.cpu_count() or 1):
        if part is not None:
            yield part


def _check(q: csr_array, r: Floats) -> Floats:
    """Refuse what is no chain; return the diagonal."""
    n = len(r)
    if q.shape != (n, n):
        raise InputError(f"q: its shape is {q.shape}; expected {(n, n)}, as r has {n} states")
    stay: Floats = q.diagonal()
    if n == 0:
        return stay
    if q.nnz and not q.data.min() >= 0:
        raise InputError("q: saw a probability below 0 or no number at all; expected values in [0, 1]")
    if not r.min() >= 0:
        raise InputError("r: saw a probability below 0 or no number at all; expected values in [0, 1]")
    total = q @ np.ones(n) + r
    worst = int(np.argmax(total))
    if total[worst] > 1 + 1e-9:
        raise InputError(f"q, r: state {worst} sums to {total[worst]:.6g}; expected at most 1")
    stuck = np.flatnonzero(stay >= 1 - 1e-12)
    if len(stuck):
        raise InputError(f"q: state {stuck[0]} only ever leads to itself; expected a way to success or failure")
    return stay


def _without_loops(q: csr_array, stretch: Floats) -> csr_array:
    rows = np.repeat(np.arange(q.shape[0], dtype=q.indices.dtype), np.diff(q.indptr))
    moves = (rows != q.indices) & (q.data > 0)
    ends = np.concatenate([[0], np.cumsum(moves)])[q.indptr]
    return csr_array((q.data[moves] * stretch[rows[moves]], q.indices[moves], ends), shape=q.shape)


def _alone(states: Ints, success: Floats) -> Iterator[Absorption]:
    """Yield the rows of states that nothing leads to or from."""
    if len(states):
        k = len(states)
        scores = csr_array((success[states], states, np.arange(k + 1)), shape=(k, len(success)))
        scores.eliminate_zeros()
        yield Absorption(sources=states, scores=scores, bound=np.zeros(k))


def _blocks(walk: csr_array, states: Ints) -> tuple[Ints, list[int]]:
    """Sort states into blocks of whole weakly connected components; return them and where the blocks begin and end."""
    if len(states) <= BLOCK:
        return states, [0, len(states)] if len(states) else [0]
    new = np.zeros(walk.shape[0], dtype=walk.indices.dtype)
    new[states] = np.arange(len(states))
    # States without moves have no entries, so only the ends of their rows are left out.
    ends = np.concatenate([[0], walk.indptr[1:][states]])
    inner = csr_array((walk.data, new[walk.indices], ends), shape=(len(states), len(states)))
    _, labels = connected_components(inner, connection="weak")
    sizes = np.bincount(labels)
    block_of_component = (np.cumsum(sizes) - sizes) // BLOCK
    _, block_of_component = np.unique(block_of_component, return_inverse=True)
    # Few enough for 16 bits up to two thousand million states, and those sort by counting.
    block = block_of_component.astype(np.uint16)[labels]
    counts = np.bincount(block)
    return states[np.argsort(block, kind="stable")], [0, *np.cumsum(counts).tolist()]


def _in_order(
    solve: Callable[[int, int], Absorption | None], starts: list[int], threads: int
) -> Iterator[Absorption | None]:
    """Yield the solution of each block in order, solving some ahead; the largest is begun first and yielded last."""
    blocks = sorted(pairwise(starts), key=lambda block: block[1] - block[0])
    if threads == 1 or len(blocks) == 1:
        for first, last in blocks:
            yield solve(first, last)
        return
    with ThreadPoolExecutor(threads) as pool:
        largest = [pool.submit(solve, *block) for block in blocks[-1:]]
        ahead: deque[Future[Absorption | None]] = deque()
        for block in blocks[:-1]:
            ahead.append(pool.submit(solve, *block))
            if len(ahead) > 2 * threads:
                yield ahead.popleft().result()
        for solution in [*ahead, *largest]:
            yield solution.result()
