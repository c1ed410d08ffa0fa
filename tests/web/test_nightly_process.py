import json
import threading
import time
from datetime import timedelta

import pytest

from sayagain import Learner
from sayagain.web import nightly_process
from sayagain.web.nightly_process import learn_nightly
from sayagain.web.options import ServeOptions


@pytest.fixture
def one_night(monkeypatch):
    """Night falls at once, and then not again."""
    waits = iter([timedelta(milliseconds=10)])
    monkeypatch.setattr(nightly_process, "time_until", lambda *_: next(waits, timedelta(days=1)))


def settings(database):
    return {"db": str(database), "releases": f"{database}-releases"}


@pytest.mark.usefixtures("one_night")
def test_at_night_it_learns_in_a_process_of_its_own_and_promotes(tmp_path, worlds, capfd):
    with Learner(tmp_path / "home.db") as learner:
        learner.store.add_turns(worlds.misheard(users=40))
        with learn_nightly(ServeOptions(settings=settings(tmp_path / "home.db"), learn_at="03:00")):
            end = time.monotonic() + 120
            while learner.store.release_in_use() is None and time.monotonic() < end:
                time.sleep(0.1)
            while "outcome" not in (said := capfd.readouterr().err) and time.monotonic() < end:
                time.sleep(0.1)
        assert learner.store.release_in_use() == 1
    line = json.loads(said.splitlines()[-1])
    assert (line["what"], line["level"]) == ("nightly learning", "warning")
    assert line["outcome"].startswith("release 1 is in use")


@pytest.mark.usefixtures("one_night")
def test_a_night_that_fails_is_logged_and_the_service_goes_on(tmp_path, capfd):
    (tmp_path / "home.db").write_bytes(b"no database at all, by its first bytes" * 100)
    with learn_nightly(ServeOptions(settings=settings(tmp_path / "home.db"), learn_at="03:00")):
        end, said = time.monotonic() + 60, ""
        while "nightly learning failed" not in said and time.monotonic() < end:
            time.sleep(0.1)
            said += capfd.readouterr().err
    assert "nightly learning failed" in said


def test_without_a_time_no_thread_waits(tmp_path):
    before = threading.active_count()
    with learn_nightly(ServeOptions(settings=settings(tmp_path / "home.db"))):
        assert threading.active_count() == before
