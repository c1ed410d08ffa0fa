"""A small log of people whose "turn of the lamp" fails, and ways to run the command line on it."""

import json
import os
import shutil
import socket
import subprocess
import sys
from typing import NamedTuple

import pytest

from sayagain.cli import main

START = 1_769_846_400_000  # 2026-01-31T08:00:00Z
DAY = 86_400_000


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


def lamp_turns(users=30, days=4):
    """Each user says the misheard words, then the right ones, and later something else, once a day."""
    turns = []
    for user in range(users):
        for day in range(days):
            at = START + day * DAY + user * 600_000
            for delay, words, intent in (
                (0, "turn of the lamp", ""),
                (6_000, "turn off the lamp", "HassTurnOff"),
                (400_000, "turn on the lamp", "HassTurnOn"),
            ):
                lost = {"text": "Sorry, I couldn't understand that", "type": "error", "error_code": "no_intent_match"}
                done = {"text": "Done", "type": "action_done"}
                turns.append(
                    {
                        "turn_id": f"u{user}-{day}-{delay}",
                        "started": at + delay,
                        "ended": at + delay + 1_500,
                        "request": words,
                        "user_id": f"u{user}",
                        "device_id": f"d{user}",
                        "nlu": {"intent": intent, "slots": [{"name": "name", "value": "lamp"}]}
                        if intent
                        else {"intent": ""},
                        "response": done if intent else lost,
                    }
                )
    return turns


def write_log(path, turns):
    path.write_text("".join(json.dumps(turn) + "\n" for turn in turns), encoding="utf-8")
    return path


@pytest.fixture
def turns():
    return lamp_turns()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    """No test sees the environment's settings, or leaves anything in the working folder."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SAYAGAIN_")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def log(tmp_path, turns):
    return write_log(tmp_path / "log.jsonl", turns)


@pytest.fixture
def write(tmp_path):
    return lambda name, turns: write_log(tmp_path / name, turns)


@pytest.fixture
def run(capsys):
    """Run a command in this process."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return run


@pytest.fixture
def command():
    """The command line as a process of its own."""
    return [sys.executable, "-m", "sayagain.cli"]


@pytest.fixture
def start(command):
    """Run a command in a process of its own."""

    def start(*arguments, **options):
        done = subprocess.run(
            [*command, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8", check=False, **options
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return start


@pytest.fixture(scope="session")
def _learnt_once(tmp_path_factory):
    folder = tmp_path_factory.mktemp("learnt")
    log = write_log(folder / "log.jsonl", lamp_turns())
    db = f"--db={folder / 'home.db'}"
    assert main(["ingest", str(log), db]) == 0
    assert main(["learn", db]) == 0
    assert main(["promote", "--force", db]) == 0
    return folder


@pytest.fixture
def learnt(tmp_path, _learnt_once, monkeypatch):
    """A database in which a release was learnt and promoted, named by SAYAGAIN_DB."""
    shutil.copytree(_learnt_once, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("SAYAGAIN_DB", str(tmp_path / "home.db"))
    return tmp_path / "home.db"


@pytest.fixture
def check_refusal(run):
    """Return a check that a command is refused with a sentence that begins so."""

    def check(sentence, *arguments):
        ran = run(*arguments)
        assert ran.code == 2
        assert ran.err.startswith(f"sayagain: {sentence}")

    return check


@pytest.fixture
def nobody():
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return f"http://127.0.0.1:{port}"
