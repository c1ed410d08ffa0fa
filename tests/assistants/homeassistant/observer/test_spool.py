import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sayagain.assistants.homeassistant.observer.spool import Spool
from sayagain.errors import RequestRefused, StoreError
from sayagain.formats import forget_rejects
from sayagain.turns import Turn


class Front:
    """Takes turns, or refuses them so many times."""

    def __init__(self, refuse=0):
        self.turns = []
        self.refuse = refuse
        self.tried = threading.Semaphore(0)

    def rewrite(self, request): ...

    def observe(self, turn, _=None):
        self.tried.release()
        if self.refuse:
            self.refuse -= 1
            raise OSError("disk full")
        self.turns.append(turn)


def turn(name, **more):
    return Turn(turn_id=name, started=0, request="lamp on", **more)


def test_a_whole_turn_is_handed_on_and_one_that_grows_is_not(tmp_path):
    front = Front()
    with Spool(tmp_path / "spool", front) as spool:
        spool.hold(turn("a"))
        spool.keep(turn("b"))
    assert [turn.turn_id for turn in front.turns] == ["b"]
    with Spool(tmp_path / "spool", front) as spool:
        assert [turn.turn_id for turn in spool.unfinished_turns()] == ["a"]


def test_what_is_known_last_is_what_is_kept_under_whichever_id(tmp_path):
    front = Front()
    with Spool(tmp_path / "spool", front) as spool:
        spool.hold(turn("a"))
        spool.hold(turn("a", area="Bedroom"))
        assert [turn.area for turn in spool.unfinished_turns()] == ["Bedroom"]
        spool.keep(turn("run-1", area="Bedroom"), previous_id="a")
        assert spool.unfinished_turns() == []
    assert [(turn.turn_id, turn.area) for turn in front.turns] == [("run-1", "Bedroom")]


def test_a_turn_is_tried_again_until_it_is_taken(tmp_path):
    front = Front(refuse=2)
    with Spool(tmp_path / "spool", front) as spool:
        spool.keep(turn("a"))
        spool.keep(turn("b"))
        for _ in range(4):
            assert front.tried.acquire(timeout=20)
    assert [turn.turn_id for turn in front.turns] == ["a", "b"]
    assert spool.trouble is None


def test_what_is_not_taken_stays_on_disk(tmp_path):
    refusing = Front(refuse=1000)
    spool = Spool(tmp_path / "spool", refusing)
    spool.keep(turn("a"))
    assert refusing.tried.acquire(timeout=20)
    assert spool.close() is False
    assert spool.trouble == "OSError: disk full"
    front = Front()
    with Spool(tmp_path / "spool", front):
        assert front.tried.acquire(timeout=20)
    assert [turn.turn_id for turn in front.turns] == ["a"]


def test_what_was_seen_is_remembered(tmp_path):
    with Spool(tmp_path / "spool", Front()) as spool:
        spool.mark_known(["run/1", "run/1"])
    with Spool(tmp_path / "spool", Front()) as spool:
        assert (spool.is_known("run/1"), spool.is_known("run/2")) == (True, False)


KILLED = """
import os, signal, sys
from sayagain.assistants.homeassistant.observer.spool import Spool
from sayagain.turns import Turn

class Front:
    def observe(self, turn, decision=None):
        raise OSError

spool = Spool(sys.argv[1], Front())
spool.hold(Turn(turn_id="held", started=0, request="lamp on"))
spool.keep(Turn(turn_id="whole", started=0, request="lamp on"))
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_outlives_a_kill(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "spool")], check=False, env=os.environ)
    assert done.returncode == -signal.SIGKILL
    front = Front()
    with Spool(tmp_path / "spool", front) as spool:
        assert [turn.turn_id for turn in spool.unfinished_turns()] == ["held"]
        assert front.tried.acquire(timeout=20)
    assert [turn.turn_id for turn in front.turns] == ["whole"]


def test_a_file_that_is_no_spool_is_told(tmp_path):
    (tmp_path / "spool").write_bytes(b"not a database, but long enough to be taken for something" * 20)
    with pytest.raises(StoreError, match="cannot store turns in this file"):
        Spool(tmp_path / "spool", Front())


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["hold", "keep"]), st.sampled_from("abc"))))
def test_each_turn_that_is_whole_is_handed_on(tmp_path_factory, steps):
    front, whole = Front(), set()
    path = tmp_path_factory.mktemp("spool") / "spool"
    with Spool(path, front) as spool:
        for step, name in steps:
            getattr(spool, step)(turn(name))
            whole |= {name} if step == "keep" else set()
    assert {turn.turn_id for turn in front.turns} == whole


def rejects(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


class Strict(Front):
    """Refuses one turn for good."""

    def observe(self, turn, _=None):
        if turn.turn_id == "a":
            raise RequestRefused("the service refuses (413): the body is longer than 1,048,576 bytes")
        super().observe(turn)


def test_a_turn_that_the_front_refuses_for_good_goes_to_the_reject_file(tmp_path):
    front = Strict()
    with Spool(tmp_path / "spool", front) as spool:
        spool.keep(turn("a", user_id="u1"))
        spool.keep(turn("b"))
        assert front.tried.acquire(timeout=20)
    assert [turn.turn_id for turn in front.turns] == ["b"]
    (row,) = rejects(tmp_path / "spool.rejects.jsonl")
    assert json.loads(row["raw"])["turn_id"] == "a"
    assert row["reason"] in spool.trouble
    assert str(tmp_path / "spool.rejects.jsonl") in spool.trouble
    # After a restart it is not tried again.
    with Spool(tmp_path / "spool", front) as spool:
        pass
    assert (spool.trouble, len(rejects(tmp_path / "spool.rejects.jsonl"))) == (None, 1)
    assert forget_rejects(tmp_path / "spool.rejects.jsonl", "u1") == 1


@pytest.mark.parametrize("step", ["hold", "keep"])
def test_a_turn_that_cannot_be_written_down_stops_no_other(tmp_path, step):
    front = Front()
    with Spool(tmp_path / "spool", front) as spool:
        getattr(spool, step)(turn("a", user_id="jürgen", area="half \ud83d"))
        spool.keep(turn("b"))
    with Spool(tmp_path / "spool", front) as spool:
        spool.keep(turn("c"))
    assert [turn.turn_id for turn in front.turns] == ["b", "c"]
    (row,) = rejects(tmp_path / "spool.rejects.jsonl")
    assert "half a surrogate pair" in row["reason"]
    assert json.loads(row["raw"])["area"] == "half ?"
    assert forget_rejects(tmp_path / "spool.rejects.jsonl", "jürgen") == 1


def test_an_unfinished_turn_that_cannot_be_read_stops_no_start(tmp_path):
    with Spool(tmp_path / "spool", Front()) as spool:
        spool.hold(turn("a"))
        spool.hold(turn("b"))
    with contextlib.closing(sqlite3.connect(tmp_path / "spool")) as database, database:
        database.execute("UPDATE turn SET record = x'7b' WHERE turn_id = 'a'")
    with Spool(tmp_path / "spool", Front()) as spool:
        assert [turn.turn_id for turn in spool.unfinished_turns()] == ["b"]
        assert [turn.turn_id for turn in spool.unfinished_turns()] == ["b"]
    assert len(rejects(tmp_path / "spool.rejects.jsonl")) == 1
