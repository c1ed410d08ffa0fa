"""Cycles of a chain: small ones are solved exactly, all of one size together; large ones are cut at their hubs."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from sayagain.errors import InputError

__all__ = ["STACKED", "close_cycles", "find_cycles", "star"]

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

STACKED = 32
"""States of a strongly connected component that is solved densely; a larger one is cut at its hubs first."""

WIDTHS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24, STACKED])
"""Sizes that components are padded to, so that there are few stacks."""

CHUNK = 1 << 17
"""Numbers of a stack of dense matrices that are worked on at once, so that they stay in the cache."""

LETS_GO = 1e-12
"""Least probability per state with which a cycle must end or be left; below it the visits are infinite."""


def find_cycles(walk: csr_array) -> tuple[Ints, NDArray[np.bool_]]:
    """Find the cycles of a chain and the hubs that cut the large ones.

    Args:
        walk: probability of going from state to state, without self-loops, shape (n, n).

    Returns:
        The number of each state's strongly connected component once the hubs are taken out, shape (n,), of at most
        `STACKED` states each; and which states are hubs, shape (n,), each a component by itself.

    Raises:
        InputError: some states only ever lead to each other.

    >>> walk = csr_array(np.array([[0, 0.5, 0], [0.5, 0, 0], [0.5, 0, 0]]))
    >>> labels, hubs = find_cycles(walk)
    >>> bool(labels[0] == labels[1] != labels[2]), hubs.tolist()
    (True, [False, False, False])
    """
    n = walk.shape[0]
    count, labels = connected_components(walk, connection="strong")
    hubs = np.zeros(n, dtype=bool)
    if count == n:
        return labels, hubs
    _refuse_closed(walk, labels, count)
    large = np.flatnonzero(np.bincount(labels)[labels] > STACKED)
    while len(large):
        inner = walk[large][:, large]
        inner_count, inner_labels = connected_components(inner, connection="strong")
        sizes = np.bincount(inner_labels)
        labels[large] = count + inner_labels
        count += inner_count
        busy = np.diff(inner.indptr) * np.bincount(inner.indices, minlength=len(large))
        order = np.lexsort((-busy, inner_labels))
        rank = np.empty(len(large), dtype=np.intp)
        rank[order] = np.arange(len(large)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        is_large = sizes[inner_labels] > STACKED
        is_hub = is_large & (rank < -(-sizes // STACKED)[inner_labels])
        hubs[large[is_hub]] = True
        labels[large[is_hub]] = count + np.arange(is_hub.sum())
        count += int(is_hub.sum())
        large = large[is_large & ~is_hub]
    return labels, hubs


def _refuse_closed(walk: csr_array, labels: Ints, count: int) -> None:
    rows = np.repeat(np.arange(walk.shape[0]), np.diff(walk.indptr))
    stays = labels[rows] == labels[walk.indices]
    kept = np.bincount(labels[rows[stays]], walk.data[stays], minlength=count)
    sizes = np.bincount(labels)
    closed = sizes[kept >= sizes * (1 - LETS_GO)]
    if len(closed):
        raise InputError(f"q: {closed[0]} states only ever lead to each other; expected a way to success or failure")


def close_cycles(walk: csr_array, labels: Ints) -> csr_array | None:
    """Return the expected visits within each state's own component, by its members: a sparse array (n, n).

    None if no component has more than one state: then each visits itself once.

    >>> walk = csr_array(np.array([[0, 0.5], [0.5, 0]]))
    >>> close_cycles(walk, np.array([0, 0])).toarray().round(3).tolist()
    [[1.333, 0.667], [0.667, 1.333]]
    """
    n = len(labels)
    sizes = np.bincount(labels)
    if sizes.max(initial=0) <= 1:
        return None
    widths = WIDTHS[np.searchsorted(WIDTHS, sizes)][labels]
    # Components of one width next to each other, and the members of each; `first` tells where each component begins.
    members = np.lexsort((labels, widths))
    is_first = np.concatenate([[True], np.diff(labels[members]) != 0])
    first = np.append(np.flatnonzero(is_first), n)
    component, offset = np.empty(n, dtype=np.intp), np.empty(n, dtype=np.intp)
    component[members] = np.cumsum(is_first) - 1
    offset[members] = np.arange(n) - first[component[members]]
    width_of_component = widths[members[first[:-1]]]
    rows = np.repeat(np.arange(n), np.diff(walk.indptr))
    inner = np.flatnonzero(component[rows] == component[walk.indices])
    inner = inner[np.argsort(component[rows[inner]], kind="stable")]
    starts, ends, values = offset[rows[inner]], offset[walk.indices[inner]], walk.data[inner]
    component_of_link = component[rows[inner]]
    alone = members[: np.searchsorted(width_of_component, 2)]
    parts = [(alone, alone, np.ones(len(alone)))]
    for width in WIDTHS[1:].tolist():
        low, high = np.searchsorted(width_of_component, [width, width + 1]).tolist()
        step = max(1, CHUNK // (width * width))
        for begin in range(low, high, step):
            end = min(begin + step, high)
            links = slice(*np.searchsorted(component_of_link, [begin, end]))
            stack = _empty_stack(width, end - begin)
            stack[starts[links], ends[links], component_of_link[links] - begin] = values[links]
            states = members[first[begin] : first[end]]
            table = np.full((width, end - begin), -1)
            table[offset[states], component[states] - begin] = states
            parts.append(_entries(star(stack), table))
    rows, columns, values = (np.concatenate(part) for part in zip(*parts, strict=True))
    return csr_array((values, (rows, columns)), shape=(n, n))


def _empty_stack(width: int, count: int) -> Floats:
    """Return zeros of shape (width, width, count), the longer axis last in memory, where numpy is quickest."""
    if count < width:
        return np.zeros((count, width, width)).transpose(1, 2, 0)
    return np.zeros((width, width, count))


def _entries(stack: Floats, table: Ints) -> tuple[Ints, Ints, Floats]:
    """Return rows, columns and values of a stack; `table` holds the state of each place, -1 where one is padded."""
    rows, columns = np.broadcast_to(table[:, None], stack.shape), np.broadcast_to(table[None], stack.shape)
    real = (rows >= 0) & (columns >= 0)
    return rows[real], columns[real], stack[real]


def star(stack: Floats) -> Floats:
    """Return (I - A)^-1 = I + A + A² + … for each matrix A = `stack[:, :, k]`, by Kleene's elimination, in place.

    Nothing is subtracted but the probability of coming back, so all values stay exact to a few units in the last place,
    and 0 where no way leads.
    Source: Lehmann 1977.

    >>> star(np.array([[[0.0], [0.5]], [[0.5], [0.0]]]))[:, :, 0].round(3).tolist()
    [[1.333, 0.667], [0.667, 1.333]]
    """
    size = stack.shape[0]
    for k in range(size):
        onward = stack[k] / (1.0 - stack[k, k])
        stack += stack[:, k, None, :] * onward
    stack[np.arange(size), np.arange(size)] += 1.0
    return stack
