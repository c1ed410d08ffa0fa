"""The demo, on fewer homes and weeks than it has."""

import json

import pytest

from sayagain.cli import demo as room
from sayagain.cli import demo_run
from sayagain.errors import GateRefused


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(room.run_demo, "__kwdefaults__", {"homes": 3, "weeks": 1})


def test_the_demo_learns_and_counts(tmp_path, capfd):
    room.demo(keep=tmp_path / "kept.db", json=True)
    result = json.loads(capfd.readouterr().out)
    assert result["pooled"]["learnt_from"] > result["one_home"]["learnt_from"] > 50
    for week in (result["pooled"], result["one_home"]):
        assert week["defects"][0] > 0
        assert week["wins"] + week["losses"] <= week["rewritten"] + week["declined"]
        assert week["confirmed"] <= week["rewritten"]
        assert week["gate"] is None or week["rewritten"] == 0
    assert (tmp_path / "kept.db").exists()


def test_the_demo_speaks_plainly(capfd):
    room.demo()
    said = capfd.readouterr().out
    for words in ("without", "with sayagain", "defect rate", "wins", "losses", "one home alone"):
        assert words in said


def test_what_the_gate_refuses_serves_nothing_and_the_demo_says_so(tmp_path, monkeypatch, capfd):
    def refuse(*_):
        raise GateRefused("release 1 is not better")

    monkeypatch.setattr("sayagain.learner.Learner.promote", refuse)
    week = demo_run.run_pooled_homes(tmp_path / "d.db", None, homes=2, weeks=1)
    assert (week.gate, week.rewritten, week.turns[0] == week.turns[1]) == ("release 1 is not better", 0, True)
    room.demo()
    assert "Nothing was rewritten: release 1 is not better" in capfd.readouterr().out
