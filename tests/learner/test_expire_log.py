"""Turns are kept for as many days as the setting says, and nothing of older ones stays in any file."""

import time

import pytest

from sayagain import Learner
from sayagain.errors import SettingError
from sayagain.releases.release import list_releases
from sayagain.turns import FeedbackReport, Turn

DAY = 86_400_000


def now():
    return time.time_ns() // 1_000_000


@pytest.fixture
def home(tmp_path):
    """Ninety days of a turn a day, the older half with a word of its own."""
    with Learner(tmp_path / "home.db") as learner:
        learner.store.add_turns(
            Turn(
                turn_id=f"{age}",
                started=now() - age * DAY - 1000,
                request="play the xylophone" if age >= 40 else "lamp on",
                user_id=f"u{age % 3}",
            )
            for age in range(90)
        )
        learner.feedback("80", FeedbackReport(kind="correction", text="xylophone"))
    return tmp_path / "home.db"


def files(home, word):
    return sorted(path.name for path in home.parent.rglob("*") if path.is_file() and word in path.read_bytes())


def test_older_turns_are_gone_from_every_file_at_the_next_start(home):
    assert files(home, b"xylophone")
    with Learner(home, keep_days=40) as learner:
        assert learner.store.count() == 40
        assert {turn.request for turn in learner.store.turns()} == {"lamp on"}
        assert files(home, b"xylophone") == []
    # Without the setting everything is kept.
    with Learner(home) as learner:
        assert learner.store.count() == 40


def test_learning_expires_too_and_releases_of_older_turns_alone_go_but_for_the_one_in_use(home, tmp_path):
    with Learner(tmp_path / "old.db") as learner, Learner(home) as source:
        learner.store.add_turns(turn for turn in source.store.turns() if turn.started < now() - 60 * DAY)
        learner.learn()
        learner.promote(learner.learn(), force=True)
        learner.learn()
        learner.store.add_turns(source.store.turns())
        learner.learn()
    with Learner(tmp_path / "old.db", keep_days=40) as learner:
        assert list_releases(learner.releases) == [2, 4]
        # A process that runs for long expires when it learns.
        learner.store.add_turns([Turn(turn_id="late", started=now() - 50 * DAY, request="play the xylophone")])
        learner.promote(learner.learn(), force=True)
        assert learner.store.turn("late") is None
        learner.learn()
        assert list_releases(learner.releases) == [4, 5, 6]


def test_no_day_is_no_setting(tmp_path):
    with pytest.raises(SettingError, match="--keep-days is 0"):
        Learner(tmp_path / "home.db", keep_days=0)
