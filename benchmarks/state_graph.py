"""State graphs of the shape of a log's: many small components, and states around popular requests."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

__all__ = ["state_graph"]

SMALL = 0.6
"""Share of states in small components."""

LARGEST = 64
"""Most states of a small component; how many there are of each size falls with the square of the size."""

HUBS = 1 / 500
"""Popular requests among the other states; how many lead to each follows Zipf's law, as requests do."""

NEIGHBOURS = 32
"""States around a hub lead to a hub and to states this near to themselves."""


def state_graph(states: int, seed: int = 0) -> tuple[csr_array, NDArray[np.float64]]:
    """Return the chain of a made-up log: Q, sparse (n, n), and success straight from a state, (n,).

    The shape is that of a log of 10,000 turns of simulated homes before pruning, made harder. There, of 1,284 states
    55% are alone and 34% are connected through popular requests, to the most popular of which 173 states lead; a state
    leads to 0.46 others on average, and 2% lie on a cycle. Here, of a million, 14% are alone, 40% are connected through
    popular requests, a state leads to 1.25 others, and 19% lie on a cycle. Pruned, that log has components of three
    states at most.

    Every other state repeats itself. A request leads on with a probability of 0.2 to 0.9, a popular one with 0.02 to
    0.2; of what is left, a quarter to all succeeds.

    Args:
        states: how many, n.
        seed: of the random numbers.
    """
    rng = np.random.default_rng(seed)
    first = _component_starts(rng, round(SMALL * states))
    small = len(first)
    sizes = np.bincount(first, minlength=small)[first]
    degree = np.minimum(rng.geometric(0.6, states), 20)
    rows = np.repeat(np.arange(states), degree)
    ends = np.empty(len(rows), dtype=np.int64)
    in_small = rows < small
    inner = rows[in_small]
    # Mostly towards the component's first state, the one that works: squares lie near 0.
    ends[in_small] = first[inner] + (rng.random(len(inner)) ** 2 * sizes[inner]).astype(np.int64)
    outer = rows[~in_small]
    hubs = max(1, round(HUBS * (states - small)))
    near = np.clip(outer + rng.integers(-NEIGHBOURS, NEIGHBOURS + 1, len(outer)), small, states - 1)
    zipf = small + np.minimum(hubs ** rng.random(len(outer)), hubs - 1).astype(np.int64)
    ends[~in_small] = np.where(rng.random(len(outer)) < 0.7, zipf, near)
    moves = rows != ends
    rows, ends = rows[moves], ends[moves]
    onward = rng.uniform(0.2, 0.9, states)
    popular = np.arange(states) - small
    is_popular = (popular >= 0) & (popular < hubs)
    onward[is_popular] = rng.uniform(0.02, 0.2, is_popular.sum())
    weights = rng.random(len(rows)) + 0.05
    shares = weights / np.bincount(rows, weights, minlength=states)[rows]
    repeats = np.where(rng.random(states) < 0.5, rng.uniform(0, 0.2, states), 0.0)
    left = (1 - onward) * (1 - repeats)
    q = csr_array(
        (
            np.concatenate([onward[rows] * (1 - repeats[rows]) * shares, repeats]),
            (np.concatenate([rows, np.arange(states)]), np.concatenate([ends, np.arange(states)])),
        ),
        shape=(states, states),
    )
    q.eliminate_zeros()
    return q, left * rng.uniform(0.25, 1.0, states)


def _component_starts(rng: np.random.Generator, states: int) -> NDArray[np.int64]:
    """Return for each state of the small components the first state of its own."""
    sizes = np.arange(1, LARGEST + 1)
    share = sizes**-2.0 / (sizes**-2.0).sum()
    drawn = rng.choice(sizes, states, p=share)
    drawn = drawn[: np.searchsorted(np.cumsum(drawn), states)]
    starts = np.cumsum(drawn) - drawn
    return np.repeat(starts, drawn)
