"""The command line as people run it: a process of its own, with pipes and signals."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

unix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes as Unix has them")


def stored(db):
    with sqlite3.connect(db) as connection:
        return connection.execute("SELECT count(*) FROM turns").fetchone()[0]


def wait_until(true, *, patience=60):
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)


def stored_or_none(db):
    """As `stored`, while another process may still be making the database."""
    try:
        return stored(db)
    except sqlite3.OperationalError:
        return None


def test_a_wrong_file_and_a_wrong_flag(start):
    for arguments in (["ingest", "missing.jsonl"], ["ingest", "--strct"]):
        ran = start(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("sayagain: ")
        assert ran.err.count("\n") == 1


def test_a_log_from_a_pipe_strict_and_as_json(start, turns):
    lines = "".join(json.dumps(turn) + "\n" for turn in turns[:5])
    ran = start("ingest", "-", "--strict", "--json", input=lines + "no json\n")
    assert ran.code == 1
    assert (ran.json["new"], ran.json["bad"]) == (5, 1)
    assert "Traceback" not in ran.err


def test_two_ingests_at_once_into_one_database(command, tmp_path, write, turns):
    logs = [write("a.jsonl", turns[:240]), write("b.jsonl", turns[120:])]
    started = [
        subprocess.Popen([*command, "ingest", log, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for log in logs
    ]
    ended = [process.communicate() for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    assert sum(json.loads(out)["new"] for out, _ in ended) == len(turns)
    assert stored(tmp_path / "sayagain.db") == len(turns)


@unix
def test_ctrl_c_in_the_middle_keeps_what_was_stored(command, tmp_path, turns):
    process = subprocess.Popen(
        [*command, "ingest", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    # One batch is stored when the next has begun; then the log goes quiet and the user loses patience.
    for number in range(1001):
        line = {**turns[0], "turn_id": f"t{number}"}
        process.stdin.write(json.dumps(line).encode() + b"\n")
    process.stdin.flush()
    wait_until(lambda: stored_or_none(tmp_path / "sayagain.db") == 1000)
    process.send_signal(signal.SIGINT)
    # Its input stays open until it has ended: the end of a log is no interruption.
    process.wait(timeout=60)
    out, err = process.communicate()
    assert (process.returncode, out) == (130, b"")
    said = err.decode()
    assert said.startswith("sayagain: interrupted; sayagain.db keeps 1,000 turns; ")
    assert said.count("\n") == 1
    assert stored(tmp_path / "sayagain.db") == 1000


@unix
@pytest.mark.usefixtures("learnt")
def test_a_reader_that_stops_reading_causes_no_complaint(command):
    for arguments in (["release", "show"], ["defects", "--limit", "200", "--json"]):
        hypothesis, writing = os.pipe()
        os.close(hypothesis)
        process = subprocess.Popen([*command, *arguments], stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (141, b"")


@unix
def test_closed_standard_streams(command):
    code = "import os, sys; os.close(1); os.close(2); os.execv(sys.argv[1], sys.argv[1:])"
    for arguments, expected in ((["--version"], 0), (["nonsense"], 2)):
        ran = subprocess.run([sys.executable, "-c", code, *command, *arguments], check=False)
        assert ran.returncode == expected


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is at hand on Linux only")
def test_a_full_disk_is_named(command):
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run([*command, "schema"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 2
    assert ran.stderr == b"sayagain: the output: no space left on device\n"


@pytest.mark.usefixtures("learnt")
def test_a_pipe_that_knows_only_ascii_gets_plain_text(start):
    ran = start("rewrites", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert ran.code == 0
    assert "turn off the lamp" in ran.out
    assert "\x1b" not in ran.out + ran.err


def test_a_server_that_cannot_be_reached_is_told_without_its_password(run):
    for arguments in (["taught", "--user", "u"], ["rewrite", "lamp on"], ["release", "list"]):
        ran = run(*arguments, "--db", "postgresql://me:s3cret@127.0.0.1:1/home")
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("sayagain: postgresql://me:***@127.0.0.1:1/home cannot be reached: ")
        assert "s3cret" not in ran.err
