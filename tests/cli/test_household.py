"""Talking to the household from the command line."""

import io
import json

from sayagain.cli import main
from sayagain.store import open_store


def test_talk_answers(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["household", "talk", "turn", "on", "the", "lights"]) == 0
    assert capfd.readouterr().out.startswith("Turned on")


def test_talk_logs_every_turn_in_a_database(capfd, tmp_path):
    db = str(tmp_path / "home.db")
    with open_store(db):
        pass
    assert main(["household", "talk", "fnord the gazebo", "--db", db, "--json"]) == 0
    turn = json.loads(capfd.readouterr().out)
    assert turn["response"]["error_code"] == "no_intent_match"
    with open_store(db) as store:
        assert [kept.turn_id for kept in store.turns()] == [turn["turn_id"]]


def test_a_wrong_home_and_a_missing_recording_are_one_sentence(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["household", "talk", "hello", "--home", "300"]) == 2
    assert capfd.readouterr().err == "sayagain: there is no home 300; they are numbered from 0 to 99\n"


def test_the_household_can_be_taught(capfd, tmp_path, monkeypatch):
    db = str(tmp_path / "home.db")
    with open_store(db):
        pass
    said = "when I say all cosy, turn on the lights and play jazz\nyes\nall cosy\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    assert main(["household", "talk", "--db", db, "--json"]) == 0
    turns = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert turns[0]["response"]["text"].startswith("When you say “all cosy”")
    assert len(turns[2]["actions"]) > 1
    with open_store(db) as store:
        assert store.count() == 3
