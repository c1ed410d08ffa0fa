"""Today: whether things got better, what came of the rewrites, what was learnt, and what needs a decision."""

from typing import Literal

import msgspec

from sayagain.learner import ReleaseLine
from sayagain.learner.recent_log import turns_trend
from sayagain.reports.trend_report import Trend
from sayagain.store import Withdrawal
from sayagain.web.console.chart import Chart, Series
from sayagain.web.console.page import LATEST, Page, Visit
from sayagain.web.console.pages.failed import prepare_isolated_log

__all__ = ["TODAY", "Matter", "Today"]

_WEEK = 7 * 86_400_000


class Matter(msgspec.Struct, frozen=True, kw_only=True):
    """Something that waits for a decision or an action of a person."""

    kind: Literal["empty", "learn", "promote", "withdrawn"]
    """What waits: nothing was logged; nothing was learnt; a newer release is not in use; rewrites were withdrawn."""
    page: str | None
    """The page on which to decide; None where it is done elsewhere."""
    number: int = 0
    """The release, or how many."""


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    looked_back: int
    """Most turns that the page looks back on."""
    trend: Trend
    """Of these turns."""
    charts: list[Chart]
    """Defect rate and rewrites by day."""
    release: ReleaseLine | None
    """What was learnt last; None before anything was, and for visitors without the scope `read`."""
    matters: list[Matter]
    """What needs a decision."""


def _load(visit: Visit) -> Today:
    turns = visit.latest_turns()
    trend = visit.snapshots.get(
        ("trend", visit.audience), visit.version, lambda: turns_trend(visit.learner, turns, visit.zone)
    )
    prepare_isolated_log(visit)
    release, matters = None, []
    if visit.visitor.sees_all:
        lines = visit.snapshots.get(("releases",), visit.version, visit.learner.release_list)
        release = lines[-1] if lines else None
        matters = _matters(trend, release, visit.learner.withdrawals())
    return Today(looked_back=LATEST, trend=trend, charts=_charts(trend), release=release, matters=matters)


def _matters(trend: Trend, release: ReleaseLine | None, withdrawals: list[Withdrawal]) -> list[Matter]:
    matters = []
    if not trend.turns:
        return [Matter(kind="empty", page=None)]
    if release is None:
        matters.append(Matter(kind="learn", page=None))
    elif not release.in_use:
        matters.append(Matter(kind="promote", page="releases", number=release.number))
    end = trend.week.start + _WEEK
    recent = sum(withdrawal.at >= end - _WEEK for withdrawal in withdrawals)
    if recent:
        matters.append(Matter(kind="withdrawn", page="rewrites?status=withdrawn", number=recent))
    return matters


def _charts(trend: Trend) -> list[Chart]:
    if len(trend.days) < 2:
        return []
    at = [day.start for day in trend.days]
    rate = Series(
        name="today.rate",
        values=[day.share if day.turns else None for day in trend.days],
        low=[day.low if day.turns else 0.0 for day in trend.days],
        high=[day.high if day.turns else 1.0 for day in trend.days],
    )
    good = [float(day.turns - day.failed) for day in trend.days]
    failed = [float(day.failed) for day in trend.days]
    return [
        Chart(title="today.rate_by_day", kind="line", unit="share", at=at, series=[rate]),
        Chart(
            title="today.turns_by_day",
            kind="bars",
            unit="count",
            at=at,
            series=[Series(name="today.went_well", values=[*good]), Series(name="today.failed", values=[*failed])],
        ),
    ]


TODAY = Page(name="today", scope=None, load=_load)
"""The page."""
