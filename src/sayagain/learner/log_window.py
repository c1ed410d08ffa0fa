"""The part of a log that is learnt from in memory: all of a small log; of a large one the latest turns."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import msgspec

from sayagain.config import Settings
from sayagain.learner.day_files import hold_history, write_days
from sayagain.learning.history import NOTHING_OLDER, LogHistory, OlderCounts
from sayagain.learning.learn import LearnSettings, count_latest, read_log
from sayagain.models import Progress
from sayagain.store import DAY, Store
from sayagain.turns import Turn

__all__ = ["LogWindow", "read_window"]


class LogWindow(msgspec.Struct, frozen=True, kw_only=True):
    """A log as it is learnt from."""

    turns: list[Turn]
    """The turns in memory, in order of time."""
    older: OlderCounts = NOTHING_OLDER
    """Counts of the sessions before them."""


@contextmanager
def read_window(
    store: Store,
    settings: Settings,
    learn_settings: LearnSettings,
    *,
    since: int | None = None,
    until: int | None = None,
    progress: Progress | None = None,
) -> Iterator[LogWindow]:
    """Read a log, or a part of it, for learning; while inside, the counts of the older turns stay where they are.

    A log with more turns than `in_memory` is divided where its latest sessions have `recent` turns, if the extra
    `scale` is installed. Without it everything is read into memory.

    Args:
        store: holds the log.
        settings: of the loop.
        learn_settings: of the release.
        since: start of the first turn, in milliseconds.
        until: start of the last turn, in milliseconds.
        progress: told of each step.
    """
    end = None if until is None else until + 1
    if settings.db == ":memory:" or store.count() <= settings.in_memory or find_spec("duckdb") is None:
        yield LogWindow(turns=list(store.turns(since=since, until=end)))
        return
    # A session may have begun before the latest turns: the steps tell which turns belong to it.
    latest = list(store.turns(since=since, until=end, latest=learn_settings.recent + learn_settings.recent // 10))
    log = read_log(latest, learn_settings)
    if not log:
        yield LogWindow(turns=latest)
        return
    log = log[len(log) - count_latest(log, learn_settings.recent) :]
    cut = log[0].turns[0].started
    with hold_history(store, settings.history_folder):
        # Sessions that end on the day after are labelled whole.
        files = write_days(store, settings.history_folder, since=since, until=cut + 2 * DAY)
        with LogHistory(
            files,
            settings.history_folder,
            memory=settings.step_memory,
            session_gap=learn_settings.session_gap,
            anonymous=learn_settings.anonymous,
            progress=progress,
        ) as history:
            older = history.count(log, min_users=learn_settings.min_users)
        turns = [turn for turn in latest if turn.started >= cut and turn.turn_id not in older.late_turns]
        yield LogWindow(turns=turns, older=older)
