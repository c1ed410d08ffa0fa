"""Group commit: what waits together is written together, and an error reaches exactly those it concerns."""

import sqlite3
import threading
from contextlib import contextmanager

import pytest

from sayagain.errors import StoreError
from sayagain.store import Added, SqliteStore
from sayagain.store.group_commit import GroupCommit
from sayagain.turns import Turn


class Disk:
    """Keeps rows, writes while it is let, and refuses what is bad."""

    def __init__(self):
        self.kept, self.transactions = [], []
        self.may_write, self.writing = threading.Event(), threading.Event()
        self.refuses = self.interrupts = False
        self.group = GroupCommit(self.transaction, self.insert)

    @contextmanager
    def transaction(self):
        self.writing.set()
        assert self.may_write.wait(60)
        if self.refuses:
            raise StoreError("the disk is locked")
        written = []
        yield written
        self.kept += written
        self.transactions.append(len(written))

    def insert(self, written, groups):
        for rows in groups:
            if "bad" in rows:
                raise StoreError("bad rows")
            if "interrupt" in rows and self.interrupts:
                self.interrupts = False
                raise KeyboardInterrupt
            written.extend(rows)
        return [len(rows) for rows in groups]

    def start(self, *groups):
        """Let one thread lead, and the others wait behind it, in order."""
        self.outcomes = [None] * len(groups)

        def add(place, rows):
            try:
                self.outcomes[place] = self.group.add(rows)
            except BaseException as error:  # noqa: BLE001  (a thread must hand its failure over)
                self.outcomes[place] = error

        threads = []
        for place, rows in enumerate(groups):
            threads.append(threading.Thread(target=add, args=(place, rows)))
            threads[-1].start()
            if place == 0:
                assert self.writing.wait(60)
            else:
                while len(self.group._waiting) < place:
                    threads[-1].join(0.001)
        return threads

    def finish(self, threads):
        self.may_write.set()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
        assert self.group._waiting == []
        assert not self.group._led


@pytest.fixture
def disk():
    return Disk()


def test_what_waits_together_is_written_together(disk):
    disk.finish(disk.start(["a"], ["b", "c"], ["d"], ["e"]))
    assert disk.outcomes == [1, 2, 1, 1]
    assert disk.transactions == [1, 4]
    assert disk.kept == ["a", "b", "c", "d", "e"]


def test_a_transaction_does_not_grow_beyond_a_batch(disk):
    disk.finish(disk.start(["a"], ["b"] * 600, ["c"] * 600, ["d"] * 5000, ["e"]))
    assert disk.outcomes == [1, 600, 600, 5000, 1]
    assert disk.transactions == [1, 600, 600, 5000, 1]


def test_an_error_reaches_exactly_those_it_concerns(disk):
    disk.finish(disk.start(["a"], ["b"], ["bad"], ["c"]))
    assert [str(each) for each in disk.outcomes] == ["1", "1", "bad rows", "1"]
    assert disk.kept == ["a", "b", "c"]


def test_what_cannot_begin_fails_for_all_at_once_each_with_an_error_of_its_own(disk):
    threads = disk.start(["a"], ["b"], ["c"])
    disk.refuses = True
    disk.finish(threads)
    assert [str(each) for each in disk.outcomes] == ["the disk is locked"] * 3
    assert len({id(each) for each in disk.outcomes}) == 3
    disk.refuses = False
    assert disk.group.add(["d"]) == 1


def test_who_is_interrupted_takes_nobody_along(disk):
    disk.interrupts = True
    disk.finish(disk.start(["a"], ["interrupt"], ["b"], ["c"]))
    assert isinstance(disk.outcomes[1], KeyboardInterrupt)
    assert [disk.outcomes[place] for place in (0, 2, 3)] == [1, 1, 1]
    assert disk.kept == ["a", "b", "c"]


def turn(turn_id, **fields):
    return Turn(turn_id=turn_id, started=0, request="lamp on", **fields)


def test_many_threads_store_each_turn_once(tmp_path):
    added, lock = [], threading.Lock()
    with SqliteStore(tmp_path / "home.db") as store, SqliteStore(tmp_path / "home.db") as other:

        def work(name):
            for number in range(30):
                one = store.add_turns([turn(f"shared {number}"), turn(f"{name} {number}")])
                # Acknowledged, so it is there for everybody.
                assert other.turn(f"{name} {number}") is not None
                with lock:
                    added.append(one)

        threads = [threading.Thread(target=work, args=(name,)) for name in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(added) == 16 * 30
        assert sum(each.new for each in added) == store.count() == 16 * 30 + 30
        assert sum(each.known for each in added) == 15 * 30


def test_a_turn_too_large_for_the_disk_fails_alone(tmp_path):
    with SqliteStore(tmp_path / "home.db") as store:
        store.add_turns([turn("first")])
        (pages,) = store._writer.execute("PRAGMA page_count").fetchone()
        store._writer.execute(f"PRAGMA max_page_count = {pages + 4}")
        outcomes = {}

        def work(name, **fields):
            try:
                outcomes[name] = store.add_turns([turn(name, **fields)])
            except StoreError as error:
                outcomes[name] = str(error)

        # Held by another writer, so that all of them wait together.
        blocker = sqlite3.connect(tmp_path / "home.db", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        threads = [threading.Thread(target=work, args=(name,)) for name in ("a", "b", "c")]
        threads.append(threading.Thread(target=work, args=("large",), kwargs={"raw": "x" * 500_000}))
        for thread in threads:
            thread.start()
        blocker.execute("ROLLBACK")
        blocker.close()
        for thread in threads:
            thread.join()
        assert outcomes.pop("large").endswith("cannot grow: the disk is full")
        assert outcomes == dict.fromkeys(("a", "b", "c"), Added(1, 0))
        assert store.count() == 4
