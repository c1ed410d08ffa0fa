"""The solution of one part of a chain: each state's row once, from the finished rows of the states that it leads to."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from sayagain.rewriting.cycles import close_cycles, find_cycles
from sayagain.rewriting.push import forward_push

__all__ = ["solve_levels"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]


def solve_levels(walk: csr_array, success: Floats, epsilon: float) -> tuple[Ints, csr_array, Floats]:
    """Solve a chain for all of its states.

    Row i of S is success_i e_i + Σ_j W_ij S_j. Where no cycle leads back, that is one sum over finished rows: states
    are taken level by level, those that lead nowhere first. Small cycles are closed first, so that they lead out of
    themselves only (`close_cycles`); the rows of hubs, which cut the large cycles, come from `forward_push`.

    A row may drop small values, of a sum of at most (1 - w_i) `epsilon` with w_i = Σ_j W_ij. If no row that it was made
    from falls short by more than `epsilon`, it falls short by at most w_i `epsilon` + (1 - w_i) `epsilon`.

    Source of solving hubs first: Jeh and Widom 2003.

    Args:
        walk: probability W of going from state to state, without self-loops, shape (n, n).
        success: probability of ending in success straight from a state, shape (n,).
        epsilon: largest error of a row's sum.

    Returns:
        The states in the order in which they were solved; S in that order, shape (n, n); and how far each row's sum
        may fall short, shape (n,).

    >>> walk = csr_array(np.array([[0, 0.5], [0, 0]]))
    >>> states, scores, bound = solve_levels(walk, np.array([0.1, 0.8]), 1e-9)
    >>> states.tolist(), scores.toarray().tolist()
    ([1, 0], [[0.0, 0.8], [0.1, 0.4]])
    """
    n = walk.shape[0]
    labels, is_hub = find_cycles(walk)
    hubs = np.flatnonzero(is_hub)
    onward, direct = _close(walk, success, labels)
    levels = _levels(onward, is_hub)
    states = np.concatenate([hubs, *levels])
    links = _links(onward, states)
    budget = epsilon * np.maximum(1.0 - (onward @ np.ones(n))[states], 0.0)
    bound = np.zeros(2 * n)
    rows = _Rows(direct[states])
    first = len(hubs)
    if first:
        scores, bound[n : n + first] = forward_push(walk, success, hubs, epsilon)
        rows.append(np.diff(scores.indptr), scores.indices, scores.data)
    for level in levels:
        last = first + len(level)
        known = rows.matrix()
        start, stop = links.indptr[[first, last]]
        ends = links.indptr[first : last + 1] - start
        columns, weights = links.indices[start:stop], links.data[start:stop]
        links_of_level = csr_array((weights, columns, ends), shape=(len(level), known.shape[0]))
        dropped = rows.append_but_small(links_of_level @ known, budget[first:last])
        bound[n + first : n + last] = dropped + np.add.reduceat(weights * bound[columns], ends[:-1])
        first = last
    return states, rows.matrix()[n:], bound[n:]


def _links(onward: csr_array, states: Ints) -> csr_array:
    """Return what each row is the sum of: the success of its own state, at i < n, and rows of others, from n on."""
    n = len(states)
    place = np.empty(n, dtype=onward.indices.dtype)
    place[states] = np.arange(n)
    onward = onward[states]
    own = onward.indptr[:-1] + np.arange(n)
    is_own = np.zeros(onward.nnz + n, dtype=bool)
    is_own[own] = True
    columns, weights = np.empty(len(is_own), dtype=onward.indices.dtype), np.ones(len(is_own))
    columns[own] = np.arange(n)
    columns[~is_own] = n + place[onward.indices]
    weights[~is_own] = onward.data
    return csr_array((weights, columns, onward.indptr + np.arange(n + 1)), shape=(n, 2 * n))


def _close(walk: csr_array, success: Floats, labels: Ints) -> tuple[csr_array, csr_array]:
    """Return where each state goes once it leaves its own cycle, and its success before it does."""
    n = walk.shape[0]
    direct = csr_array((success, np.arange(n), np.arange(n + 1)), shape=(n, n))
    visits = close_cycles(walk, labels)
    if visits is None:
        return walk, direct
    rows = np.repeat(np.arange(n), np.diff(walk.indptr))
    leaves = labels[rows] != labels[walk.indices]
    ends = np.concatenate([[0], np.cumsum(leaves)])[walk.indptr]
    out = csr_array((walk.data[leaves], walk.indices[leaves], ends), shape=(n, n))
    return visits @ out, visits @ direct


def _levels(onward: csr_array, is_hub: NDArray[np.bool_]) -> list[Ints]:
    """Return the states but hubs, each behind all that it leads to; those of a level do not lead to each other."""
    n = onward.shape[0]
    rows = np.repeat(np.arange(n), np.diff(onward.indptr))
    counted = ~is_hub[rows] & ~is_hub[onward.indices]
    rows, columns = rows[counted], onward.indices[counted]
    waits = np.bincount(rows, minlength=n)
    leaders = rows[np.argsort(columns, kind="stable")]
    counts = np.bincount(columns, minlength=n)
    starts = np.cumsum(counts) - counts
    levels = [np.flatnonzero((waits == 0) & ~is_hub)]
    while len(levels[-1]):
        level = levels[-1]
        ahead = np.cumsum(counts[level])
        before = leaders[np.repeat(starts[level] - ahead + counts[level], counts[level]) + np.arange(ahead[-1])]
        np.subtract.at(waits, before, 1)
        levels.append(np.unique(before[waits[before] == 0]))
    return levels[:-1]


class _Rows:
    """A sparse matrix that grows by rows, without a copy each time."""

    def __init__(self, first: csr_array) -> None:
        self.columns = first.shape[1]
        self.count = 0
        self.data = np.empty(4 * first.nnz)
        self.indices = np.empty(4 * first.nnz, dtype=first.indices.dtype)
        self.ends = np.zeros(2 * self.columns + 1, dtype=np.int64)
        self.append(np.diff(first.indptr), first.indices, first.data)

    def append(self, counts: Ints, indices: Ints, data: Floats) -> None:
        used = int(self.ends[self.count])
        needed = used + len(data)
        if needed > len(self.data):
            for name in ("data", "indices"):
                old = getattr(self, name)
                new = np.empty(max(needed, 2 * len(old)), dtype=old.dtype)
                new[:used] = old[:used]
                setattr(self, name, new)
        self.data[used:needed] = data
        self.indices[used:needed] = indices
        self.ends[self.count + 1 : self.count + 1 + len(counts)] = used + np.cumsum(counts)
        self.count += len(counts)

    def append_but_small(self, rows: csr_array, budget: Floats) -> Floats:
        """Append rows without what each may lose; return the sum that it has lost."""
        counts = np.diff(rows.indptr)
        row = np.repeat(np.arange(len(counts)), counts)
        keeps = rows.data > (budget / np.maximum(counts, 1))[row]
        if keeps.all():
            self.append(counts, rows.indices, rows.data)
            return np.zeros(len(counts))
        dropped = np.bincount(row[~keeps], rows.data[~keeps], minlength=len(counts)).astype(np.float64, copy=False)
        self.append(np.bincount(row[keeps], minlength=len(counts)), rows.indices[keeps], rows.data[keeps])
        return dropped

    def matrix(self) -> csr_array:
        """Return the matrix as it is now."""
        ends = self.ends[: self.count + 1]
        return csr_array((self.data[: ends[-1]], self.indices[: ends[-1]], ends), shape=(self.count, self.columns))
