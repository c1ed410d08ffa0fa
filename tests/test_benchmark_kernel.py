"""The benchmark of the chain's kernel: its chains are chains of the stated shape, and all ways agree on a small one."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).parent.parent


@pytest.fixture
def module(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")  # and put back after what the benchmark sets
    return lambda name: importlib.import_module(f"benchmarks.{name}")


def test_a_state_graph_is_a_chain_with_small_components_and_popular_requests(module):
    q, r = module("state_graph").state_graph(5_000)
    assert q.data.min() > 0
    assert r.min() > 0
    assert (q @ np.ones(5_000) + r).max() < 1
    _, labels = connected_components(q, connection="weak")
    sizes = np.sort(np.bincount(labels))[::-1]
    assert sizes[0] > 1_000
    assert sizes[1] <= 64
    assert np.bincount(q.indices).max() > 300


def test_a_seed_always_gives_the_same_chain(module):
    state_graph = module("state_graph").state_graph
    (q, r), (same_q, same_r), (_, other_r) = state_graph(500, 1), state_graph(500, 1), state_graph(500, 2)
    assert (q != same_q).nnz == 0
    np.testing.assert_array_equal(r, same_r)
    assert not np.array_equal(r, other_r)


def test_all_ways_agree_on_a_small_chain_within_the_stated_error(module, monkeypatch):
    kernel = module("kernel")
    monkeypatch.setattr(kernel, "SIZES", (120,))
    figures = kernel.run(Path(), Path())["kernel"]
    of_size = figures["120"]
    assert of_size["max_error"] <= figures["epsilon"]
    assert of_size["two_core_max_error"] == of_size["max_error"]
    for peer in ("dense", "pydtmc", "spsolve"):
        assert of_size[f"{peer}_difference"] <= figures["epsilon"]


def test_a_peer_that_is_not_installed_is_named_and_left_out(module, monkeypatch, capsys):
    kernel = module("kernel")
    monkeypatch.setattr(kernel, "find_spec", lambda _: None)
    monkeypatch.setattr(kernel, "SIZES", ())
    assert kernel.run(Path(), Path()) == {"kernel": {"epsilon": 1e-4}}
    assert "PyDTMC is not installed and left out" in capsys.readouterr().out
