"""The benchmarks' command: runs what has its data, names what has not, and prints one table."""

import importlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def command(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.delenv("SAYAGAIN_HOMEASSISTANT_URL", raising=False)
    made = importlib.import_module("benchmarks.__main__")
    ran = []

    def benchmark(name):
        return SimpleNamespace(run=lambda *_: ran.append(name) or {name: {"ratio": 13.114, "wins": 459.0}})

    monkeypatch.setattr(made, "importlib", SimpleNamespace(import_module=lambda name: benchmark(name.split(".")[1])))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *map(str, arguments)])
        return made.main(), ran

    return run


def test_all_leaves_out_what_has_no_data_and_prints_one_table(command, tmp_path, capsys):
    code, ran = command("all", "--train", tmp_path, "--test", tmp_path, "--json", tmp_path / "out.json")
    said = capsys.readouterr()
    assert (code, ran) == (0, ["ab", "serve"])
    server = "homeassistant: left out, SAYAGAIN_HOMEASSISTANT_URL is not set\n"
    assert said.err == f"loop: left out, {tmp_path} has no dstc2/\n{server}"
    assert said.out.endswith("ab.ratio     13.11\nab.wins      459.0\nserve.ratio  13.11\nserve.wins   459.0\n")
    assert json.loads((tmp_path / "out.json").read_text()) == {
        name: {"ratio": 13.114, "wins": 459.0} for name in ("ab", "serve")
    }


def test_all_runs_what_has_its_data(command, tmp_path):
    (tmp_path / "dstc2").mkdir()
    assert command("all", "--train", tmp_path, "--test", tmp_path) == (0, ["loop", "ab", "serve"])


def test_a_named_benchmark_without_its_data_is_an_error(command, tmp_path):
    assert command("loop", "--train", tmp_path, "--test", tmp_path) == (2, [])
