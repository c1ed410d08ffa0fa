"""What happens at night: learning from the log, and putting the release into use if the gate lets it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from sayagain.errors import GateRefused, InputError, SettingError
from sayagain.learner import Learner

__all__ = ["every_night", "learn_and_promote", "time_of_day", "until"]

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def time_of_day(text: str) -> time:
    """Read a time of day.

    >>> time_of_day("03:00")
    datetime.time(3, 0)

    Raises:
        SettingError: it is none.
    """
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        raise SettingError(f"{text!r} is no time of day; expected one such as 03:00")
    return time(int(found[1]), int(found[2]))


def until(at: time, now: datetime) -> timedelta:
    """Return how long it is until a time of day comes next, on the clock on the wall.

    >>> until(time(3), datetime(2026, 1, 31, 2, 30)), until(time(3), datetime(2026, 1, 31, 3, 0))
    (datetime.timedelta(seconds=1800), datetime.timedelta(days=1))
    """
    today = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    return (today if today > now else today + timedelta(days=1)) - now


def learn_and_promote(learner: Learner) -> str:
    """Learn from the whole log and promote the release if its replay shows a sure gain; says what came of it."""
    try:
        release = learner.learn()
        learner.promote(release)
    except GateRefused as refused:
        return str(refused)
    except InputError:
        return "nothing to learn from yet"
    counts = release.manifest.counts
    return f"release {release.number} is in use, learnt from {counts['turns']} turns"


async def every_night(at: time, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work at a time of day, every day, until cancelled."""
    while True:
        wait = until(at, datetime.now().astimezone())
        await asyncio.sleep(wait.total_seconds())
        await work()
