"""Forward push: where a chain goes from a few states, followed step by step as far as it matters."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import splu

__all__ = ["forward_push"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

ROUNDS = 300
"""Steps that mass is followed. What lingers longer than that is solved directly."""


def forward_push(walk: csr_array, success: Floats, starts: Ints, epsilon: float) -> tuple[csr_array, Floats]:
    """Follow the chain from each start until what is not followed can change the result by at most `epsilon`.

    Each round settles the mass where it stands and moves it one step by one product of sparse matrices. Of each unit
    of mass that the chain lets go, in success or failure, `epsilon` may be dropped; as all of it comes to 1, what is
    dropped comes to `epsilon` at most.
    Source: Andersen, Chung, Lang 2006.

    Args:
        walk: probability of going from state to state, without self-loops, shape (n, n).
        success: probability of ending in success straight from a state, shape (n,).
        starts: where to start, shape (k,).
        epsilon: largest error of a row's sum, and so of each of its values.

    Returns:
        The probability of success by the last state before it, shape (k, n), and how far the sum of each row may fall
        short of the truth, shape (k,).

    >>> scores, bound = forward_push(csr_array(np.array([[0, 0.5], [0, 0]])), np.array([0.1, 0.8]), np.array([0]), 1e-9)
    >>> scores.toarray().tolist(), bound.tolist()
    ([[0.1, 0.4]], [0.0])
    """
    k, n = len(starts), walk.shape[0]
    onward: Floats = walk @ np.ones(n)
    lets_go = np.maximum(1.0 - onward, 0.0)
    # Of the mass that goes on from a state, the most that can still succeed: not what fails at its next stop.
    hope: Floats = walk @ np.minimum(onward + success, 1.0)
    budget, bound = np.zeros(k), np.zeros(k)
    settled: list[tuple[Ints, Ints, Floats]] = []
    mass = csr_array((np.ones(k), starts, np.arange(k + 1)), shape=(k, n))
    for _ in range(ROUNDS):
        rows = np.repeat(np.arange(k), np.diff(mass.indptr))
        settled.append((rows, mass.indices, mass.data * success[mass.indices]))
        budget += epsilon * np.bincount(rows, mass.data * lets_go[mass.indices], minlength=k)
        loss = mass.data * hope[mass.indices]
        drops = loss <= (budget / np.maximum(np.diff(mass.indptr), 1))[rows]
        dropped = np.bincount(rows[drops], loss[drops], minlength=k)
        budget -= dropped
        bound += dropped
        ends = np.concatenate([[0], np.cumsum(~drops)])[mass.indptr]
        mass = csr_array((mass.data[~drops], mass.indices[~drops], ends), shape=(k, n)) @ walk
        if not mass.nnz:
            break
    else:
        settled.append(_solve(walk, success, mass))
    rows, columns, values = (np.concatenate(part) for part in zip(*settled, strict=True))
    scores = csr_array((values, (rows, columns)), shape=(k, n))
    scores.eliminate_zeros()
    return scores, bound


def _solve(walk: csr_array, success: Floats, mass: csr_array) -> tuple[Ints, Ints, Floats]:
    """Return where lingering mass ends, by LU decomposition."""
    rows = np.flatnonzero(np.diff(mass.indptr))
    factors = splu(csc_array(eye_array(walk.shape[0]) - walk.T))
    visits = np.maximum(factors.solve(mass[rows].toarray().T).T, 0.0)
    places, columns = np.nonzero(visits)
    return rows[places], columns, visits[places, columns] * success[columns]
