"""Evaluations for OpenTelemetry from the command line: read traces, learn, tell what was learnt."""

import json
from pathlib import Path

import pytest

from sayagain import Learner
from sayagain.assistants.by_name import assistant_named
from sayagain.cli import main

RECORDED = Path(__file__).parents[1] / "contracts/assistants/otel.jsonl"


@pytest.fixture
def db(tmp_path):
    documents = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    path = str(tmp_path / "home.db")
    with Learner(path) as learner:
        learner.store.add_turns(assistant_named("otel").turns(documents, "traces"))
    return path


def test_every_judged_turn_of_a_trace_is_told(db, tmp_path, capfd):
    assert main(["learn", "--db", db]) == 0
    capfd.readouterr()
    out = tmp_path / "evaluations.jsonl"
    assert main(["evaluations", "--out", str(out), "--db", db]) == 0
    assert capfd.readouterr().out == f"{out}: 6 evaluations\n"
    (line,) = out.read_text(encoding="utf-8").splitlines()
    records = json.loads(line)["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert len({record["spanId"] for record in records}) == 6
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".half")] == []


def test_turns_that_link_to_nothing_are_counted(db, tmp_path, capfd):
    log = tmp_path / "turns.jsonl"
    log.write_text('{"turn_id": "t", "started": "2026-01-31T08:00:00Z", "request": "lamp on"}\n', encoding="utf-8")
    assert main(["ingest", str(log), "--db", db]) == 0
    assert main(["learn", "--db", db]) == 0
    capfd.readouterr()
    assert main(["evaluations", "--out", str(tmp_path / "out"), "--db", db, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["written"], found["unlinked"]) == (6, 1)


def test_before_learning_the_file_is_empty_and_the_next_step_is_said(db, tmp_path, capfd):
    out = tmp_path / "out"
    assert main(["evaluations", "--out", str(out), "--db", db]) == 0
    assert capfd.readouterr().err == "no turn has been judged yet; run: sayagain learn\n"
    assert out.read_bytes() == b""


def test_a_file_that_cannot_be_written_is_said_in_one_sentence(db, tmp_path, capfd):
    out = tmp_path / "no" / "such" / "folder"
    assert main(["evaluations", "--out", str(out), "--db", db]) == 2
    assert capfd.readouterr().err == f"sayagain: {out}: cannot be written: No such file or directory\n"
