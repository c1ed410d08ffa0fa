"""Snapshots: shown at once, renewed behind the page, and forgotten when somebody changes something."""

import threading

import pytest

from sayagain.web.console.snapshots import MOST, REST_SECONDS, Snapshots


@pytest.fixture
def clock():
    class Clock:
        now = 1.0

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def snapshots(clock):
    made = Snapshots(clock=clock)
    yield made
    made.close()


def test_the_last_one_is_shown_while_a_new_one_is_made(snapshots, clock):
    assert snapshots.get(("a",), 1, lambda: "old") == "old"
    may_end, ended = threading.Event(), threading.Event()

    def slow():
        may_end.wait(10)
        ended.set()
        return "new"

    assert snapshots.get(("a",), 2, slow) == "old"
    assert not ended.is_set()
    clock.now += REST_SECONDS + 1
    assert snapshots.get(("a",), 2, slow) == "old"
    may_end.set()
    assert ended.wait(10)
    snapshots.close()
    assert snapshots.get(("a",), 2, lambda: "never") == "new"


def test_what_is_dropped_is_made_again_and_the_rest_stays(snapshots):
    snapshots.get(("a", 1), 1, lambda: "old")
    snapshots.get(("b",), 1, lambda: "old")
    snapshots.drop(["a"])
    assert snapshots.get(("a", 1), 1, lambda: "new") == "new"
    assert snapshots.get(("b",), 1, lambda: "new") == "old"


def test_what_was_prepared_is_there(snapshots):
    snapshots.prepare(("a",), 1, lambda: "ready")
    snapshots.close()
    assert snapshots.get(("a",), 1, lambda: "late") == "ready"


def test_what_failed_is_tried_again(snapshots):
    with pytest.raises(ZeroDivisionError):
        snapshots.get(("a",), 1, lambda: 1 / 0)
    assert snapshots.get(("a",), 1, lambda: "made") == "made"


def test_the_memory_is_bounded(snapshots):
    for number in range(MOST + 1):
        snapshots.get(("a", number), 1, lambda number=number: number)
    assert snapshots.get(("a", 0), 1, lambda: "again") == "again"
    assert snapshots.get(("a", MOST), 1, lambda: "again") == MOST
