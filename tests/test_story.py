"""The whole story: a log goes in, a release comes out, the next request is answered better, and explain says why."""

import json

import pytest

from sayagain import Learner
from sayagain.cli import main

START = 1_769_846_400_000  # 2026-01-31T08:00:00Z
DAY = 86_400_000


def turn(name, at, words, intent):
    """One turn of an assistant that reads `intent`, or nothing."""
    lost = {"text": "Sorry, I couldn't understand that", "type": "error", "error_code": "no_intent_match"}
    slots = [{"name": "name", "value": "lamp"}] if intent else []
    return {
        "turn_id": name,
        "started": at,
        "ended": at + 1_500,
        "request": words,
        "user_id": name.split("-")[0],
        "nlu": {"intent": intent, "slots": slots},
        "response": lost if intent == "" else {"text": "Done", "type": "action_done"},
    }


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Thirty people whose "turn of the lamp" fails every day, and who then find the words that work."""
    lines = []
    for user in range(30):
        for day in range(4):
            at = START + day * DAY + user * 600_000
            lines += [
                turn(f"u{user}-{day}-1", at, "turn of the lamp", ""),
                turn(f"u{user}-{day}-2", at + 6_000, "turn off the lamp", "HassTurnOff"),
                turn(f"u{user}-{day}-3", at + 60_000, "turn on the lamp", "HassTurnOn"),
            ]
    (tmp_path / "turns.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAYAGAIN_DB", "home.db")
    # Whether a request is held out hangs on chance; here all are answered.
    monkeypatch.setenv("SAYAGAIN_HOLDOUT", "0")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_from_the_log_to_a_better_answer_and_back(capsys):
    def say(*arguments, code=0):
        assert main(list(arguments)) == code
        return capsys.readouterr().out

    assert say("ingest", "turns.jsonl") == "turns.jsonl: 360 new turns\n"
    assert say("rewrite", "turn of the lamp") == "turn of the lamp\n"

    assert say("learn").startswith("release 1: ")
    report = json.loads(say("evaluate", "--json"))
    assert report["better"], report["why"]
    assert report["result"]["wins"] > report["result"]["losses"]
    assert say("promote") == "release 1 is in use\n"

    assert say("rewrite", "turn of the lamp", "--user", "a newcomer") == "turn off the lamp\n"
    assert say("rewrite", "turn on the lamp", "--user", "a newcomer") == "turn on the lamp\n"

    why = say("explain", "u7-3-1")
    assert "Judged a defect" in why
    assert "What was meant is “turn off the lamp”" in why
    assert "Release 1 would now pass on “turn off the lamp”" in why

    say("rollback")
    assert say("rewrite", "turn of the lamp", "--user", "a newcomer") == "turn of the lamp\n"


def test_the_gate_refuses_what_nothing_speaks_for_and_says_why(folder, capsys):
    # Only what worked: there is nothing to repair, so nothing is gained.
    kept = [
        line
        for line in (folder / "turns.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        if "HassTurn" in line
    ]
    (folder / "fine.jsonl").write_text("".join(kept), encoding="utf-8")
    assert main(["ingest", "fine.jsonl"]) == 0
    assert main(["learn"]) == 0
    capsys.readouterr()
    assert main(["promote"]) == 3
    assert "the gain is not sure" in capsys.readouterr().err
    assert main(["promote", "--force"]) == 0
    assert "promoted by force: " in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_the_same_story_in_python_gives_the_same_release():
    releases, digests = [], set()
    for name in ("one.db", "two.db"):
        with Learner(name) as learner:
            assert learner.ingest("turns.jsonl").new == 360
            release = learner.learn()
            learner.promote(release)
            assert learner.rewrite("turn of the lamp", user="a newcomer").text == "turn off the lamp"
            digests.add(learner.learn().digest)
            digests.add(release.digest)
            releases.append(release.manifest.files)
    # In another database users have other names; all else is the same to the byte.
    assert len(digests) == 2
    one, two = releases
    assert {name for name in one if one[name] != two[name]} == {"personal.arrow"}
    assert one.keys() == two.keys()
