"""The chain's kernel on chains of 5,000 to ten million states: time, memory and error, next to three other ways.

Each way computes S(source, h) for all sources and targets, alone in a process of its own, with one thread (ours also
with two). A peer is left out where it would take more than a minute of processor time, or is not installed. Seconds are
by the clock, the best of twenty up to 20,000 states; on a machine with other load those of processor time say more.
"""

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.kernel_ways import EPSILON, LIMIT, PEERS, Figures, run_ours, run_peer
from benchmarks.state_graph import state_graph

__all__ = ["run"]

SIZES = (5_000, 20_000, 100_000, 1_000_000, 10_000_000)
"""States of each chain."""


def run(_train: Path, _test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON. It needs no external data."""
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    print(f"error at most {EPSILON}; seconds, of processor time in parentheses, and GB")
    print(f"{'states':>10} {'way':<18} {'seconds':>20} {'GB':>6} {'error':>9} {'from ours':>9}")
    peers = {peer: 0.0 for peer in PEERS if _is_installed(peer)}
    figures: dict[str, Figures] = {}
    with tempfile.TemporaryDirectory() as folder:
        for n in SIZES:
            chain = Path(folder) / f"{n}.npz"
            q, r = state_graph(n)
            np.savez(chain, data=q.data, indices=q.indices, indptr=q.indptr, r=r)
            del q, r
            figures[str(n)] = _run_size(n, chain, peers)
            chain.unlink()
    return {"kernel": {"epsilon": EPSILON, **figures}}


def _is_installed(peer: str) -> bool:
    if peer != "pydtmc" or find_spec(peer) is not None:
        return True
    print("PyDTMC is not installed and left out: pip install pydtmc")
    return False


def _run_size(n: int, chain: Path, peers: dict[str, float]) -> Figures:
    """Run each way on one chain; `peers` holds seconds for each state and target, and loses who takes too long."""
    figures: Figures = {}
    for name, prefix, threads in (("ours", "", 1), ("ours, two cores", "two_core_", 2)):
        ours = _in_process(run_ours, chain, threads)
        if ours is not None:
            _print(n, name, ours)
            figures |= {prefix + key: value for key, value in ours.items()}
    for peer in list(peers):
        # Each takes at least the square of what it took for the size before.
        theirs = _in_process(run_peer, chain, peer) if peers[peer] * n**2 <= LIMIT else None
        if theirs is None:
            print(f"{n:>10} {peer:<18} {'over a minute':>20}", flush=True)
            del peers[peer]
            continue
        peers[peer] = theirs["cpu_seconds"] / n**2
        _print(n, peer, theirs)
        figures |= {f"{peer}_{key}": value for key, value in theirs.items()}
    return figures


def _in_process(measure: Callable[..., Figures], *arguments: object) -> Figures | None:
    """Return what `measure` returns in a process of its own; None if it was stopped, as it took too long."""
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(measure, *arguments).result()
    except BrokenProcessPool:
        return None


def _print(n: int, name: str, figures: Figures) -> None:
    seconds = f"{figures['seconds']:.4g} ({figures['cpu_seconds']:.4g})"
    error, difference = (f"{figures[key]:.1e}" if key in figures else "" for key in ("max_error", "difference"))
    print(f"{n:>10} {name:<18} {seconds:>20} {figures['peak_gb']:>6.2f} {error:>9} {difference:>9}", flush=True)
