"""Ways to compute how an absorbing chain ends: ours, the dense inverse, PyDTMC and scipy's `spsolve`, each measured."""

import importlib
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_array, csr_array, eye_array
from scipy.sparse.linalg import spsolve

from sayagain.rewriting.absorption import absorb
from sayagain.rewriting.chain import ChainSettings

__all__ = ["EPSILON", "LIMIT", "PEERS", "Figures", "run_ours", "run_peer"]

EPSILON = ChainSettings().epsilon
"""Largest error, as in learning."""

LIMIT = 60
"""Seconds of processor time that a peer may take."""

ROWS = 2
"""Random states whose whole rows are compared with the truth."""

REPEATS = 20
"""Runs of ours up to `SHORT` states."""

SHORT = 20_000

Floats = NDArray[np.float64]
Figures = dict[str, float]


def run_ours(chain: Path, threads: int) -> Figures:
    """Return seconds, memory and largest error of ours.

    The error is the largest of two: of the probability of success from any state, which the errors of a row add up to,
    and of each value in the rows of `ROWS` random states. The truth is iterated until it moves by less than 1e-12.
    """
    q, r = _load(chain)
    n = len(r)
    rows = np.random.default_rng(1).choice(n, ROWS, replace=False)

    def solve() -> tuple[Floats, dict[int, csr_array]]:
        # Block by block, as learning does: what was looked at is not kept.
        success = np.zeros(n)
        kept: dict[int, csr_array] = {}
        for part in absorb(q, r, np.arange(n), EPSILON, threads=threads):
            success[part.sources] = part.scores @ np.ones(n)
            kept |= {int(part.sources[i]): part.scores[[i]] for i in np.flatnonzero(np.isin(part.sources, rows))}
        return success, kept

    (success, kept), figures = _time(solve, REPEATS if n <= SHORT else 1)
    errors = [float(np.abs(_iterate(q, r) - success).max())]
    incoming = csr_array(q.T)
    for source, scores in kept.items():
        start = np.zeros(n)
        start[source] = 1.0
        errors.append(float(np.abs(_iterate(incoming, start) * r - scores.toarray()[0]).max()))
    return figures | {"max_error": max(errors)}


def run_peer(chain: Path, peer: str) -> Figures:
    """Return seconds and memory of a peer, and the largest difference from ours; the process is killed at `LIMIT`."""
    q, r = _load(chain)
    solve = PEERS[peer](q, r)
    end = int(time.process_time()) + 1 + LIMIT
    resource.setrlimit(resource.RLIMIT_CPU, (end, end))
    scores, figures = _time(solve)
    parts = list(absorb(q, r, np.arange(len(r)), EPSILON, threads=1))
    rows = np.concatenate([np.repeat(part.sources, np.diff(part.scores.indptr)) for part in parts])
    columns, values = (np.concatenate([getattr(p.scores, name) for p in parts]) for name in ("indices", "data"))
    return figures | {"difference": float(abs(scores - csr_array((values, (rows, columns)), shape=q.shape)).max())}


def _dense(q: csr_array, r: Floats) -> Callable[[], Any]:
    return lambda: np.linalg.inv(np.eye(len(r)) - q.toarray()) * r


def _spsolve(q: csr_array, r: Floats) -> Callable[[], Any]:
    unit = csc_array(eye_array(len(r)))
    return lambda: csr_array(spsolve(unit - csc_array(q), unit)) * r


def _pydtmc(q: csr_array, r: Floats) -> Callable[[], Any]:
    # PyDTMC wants a matplotlib that cannot live with numpy 2, and draws nothing here: a stand-in lets it be imported.
    for name in ("", ".colorbar", ".colors", ".image", ".patches", ".pyplot", ".ticker"):
        sys.modules[f"matplotlib{name}"] = MagicMock()
    module = importlib.import_module("pydtmc")
    n = len(r)
    p = np.zeros((n + 2, n + 2))
    p[:n, :n], p[:n, n], p[:n, n + 1] = q.toarray(), r, np.maximum(1 - r - q @ np.ones(n), 0.0)
    p[n, n] = p[n + 1, n + 1] = 1.0
    names = [*map(str, range(n)), "success", "failure"]
    return lambda: module.MarkovChain(p, names).fundamental_matrix * r


PEERS: dict[str, Callable[[csr_array, Floats], Callable[[], Any]]] = {
    "dense": _dense,
    "pydtmc": _pydtmc,
    "spsolve": _spsolve,
}
"""Each takes Q and r and returns what computes S, dense or sparse."""


def _load(path: Path) -> tuple[csr_array, Floats]:
    with np.load(path) as chain:
        r = chain["r"]
        return csr_array((chain["data"], chain["indices"], chain["indptr"]), shape=(len(r), len(r))), r


def _time(solve: Callable[[], Any], repeats: int = 1) -> tuple[Any, Figures]:
    """Return the result and what it took, the best of `repeats`."""
    seconds, cpu_seconds, result = [], [], None
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        result = solve()
        cpu_seconds.append(time.process_time() - cpu)
        seconds.append(time.perf_counter() - wall)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - pages * resource.getpagesize()
    return result, {"seconds": min(seconds), "cpu_seconds": min(cpu_seconds), "peak_gb": max(peak, 0) / 1e9}


def _iterate(matrix: csr_array, start: Floats) -> Floats:
    """Return x = start + matrix @ x, iterated until it stands still; each state lets go enough for that."""
    x = start
    while True:
        following: Floats = start + matrix @ x
        if np.abs(following - x).max() < 1e-12:
            return following
        x = following
