"""The demo, on fewer homes and weeks than it has."""

import json

import pytest

from sayagain.cli import demo as room


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(room.run_demo, "__kwdefaults__", {"homes": 3, "weeks": 1})


def test_the_demo_learns_and_counts(tmp_path, capfd):
    room.demo(keep=tmp_path / "kept.db", json=True)
    found = json.loads(capfd.readouterr().out)
    assert found["learnt_from"] > 200
    assert found["defects"][0] > 0
    assert found["wins"] + found["losses"] <= found["rewritten"]
    assert (tmp_path / "kept.db").exists()


def test_the_demo_speaks_plainly(capfd):
    room.demo()
    said = capfd.readouterr().out
    for words in ("without", "with sayagain", "defect rate", "wins", "losses"):
        assert words in said
