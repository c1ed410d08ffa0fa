"""Nightly learning: learns from the log and promotes the release if the gate admits it."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta

from sayagain.errors import GateRefused, InputError, SettingError
from sayagain.learner.learner import Learner
from sayagain.reports.missing_packs import missing_pack_sentences

__all__ = ["learn_and_promote", "repeat_daily", "time_of_day", "time_until"]

_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def time_of_day(text: str) -> time:
    """Read a time of day.

    >>> time_of_day("03:00")
    datetime.time(3, 0)

    Raises:
        SettingError: the text is not a time of day.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise SettingError(f"the time of day is {text!r}; expected one such as 03:00")
    return time(int(match[1]), int(match[2]))


def time_until(at: time, now: datetime) -> timedelta:
    """Return the time until the next occurrence of a time of day, in local time.

    >>> time_until(time(3), datetime(2026, 1, 31, 2, 30)), time_until(time(3), datetime(2026, 1, 31, 3, 0))
    (datetime.timedelta(seconds=1800), datetime.timedelta(days=1))
    """
    today = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    return (today if today > now else today + timedelta(days=1)) - now


def learn_and_promote(learner: Learner) -> str:
    """Learn from the whole log, promote the release if its replay shows a sure gain, and return a summary."""
    try:
        release = learner.learn()
        learner.promote(release)
    except GateRefused as error:
        return str(error)
    except InputError:
        return "nothing to learn from yet"
    counts = release.manifest.counts
    told = [f"release {release.number} is in use, learnt from {counts['turns']} turns"]
    return ". ".join([*told, *missing_pack_sentences(release.manifest.languages)])


async def repeat_daily(at: time, work: Callable[[], Awaitable[None]]) -> None:
    """Do the work every day at a time of day, until cancelled."""
    while True:
        delay = time_until(at, datetime.now().astimezone())
        await asyncio.sleep(delay.total_seconds())
        await work()
