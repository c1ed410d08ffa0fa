"""Where it breaks: failure points over time and by stage, room, device, intent and language, with remedies."""

from collections import Counter
from datetime import datetime, timedelta

import msgspec

from sayagain.failures import ALL_STAGES
from sayagain.learner.log_failures import IsolatedLog
from sayagain.reports.failure_report import DIMENSIONS, Dimension, FailureReport, failure_report
from sayagain.web.console.chart import Chart, Series
from sayagain.web.console.page import Page, Visit
from sayagain.web.console.pages.failed import isolated_log

__all__ = ["BREAKS", "Breaks"]

_REMEDIES = 10
"""Requests behind the failures that are listed with a remedy."""

_DAYS_SHOWN = 28
"""Days up to which failures are drawn by day; beyond, by week."""


class Breaks(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    report: FailureReport
    """The later half of the time that the page looks back on, beside the earlier half."""
    charts: list[Chart]
    """Failures by week and stage."""


def _load(visit: Visit) -> Breaks:
    log = isolated_log(visit)
    by: Dimension = next((name for name in DIMENSIONS if name == visit.get("by")), "stage")
    starts = [turn.started for turn, _ in log.failures]
    first, last = min(starts, default=0), max(starts, default=0)
    middle = (first + last) // 2
    report = failure_report(
        log.failures,
        since=middle,
        until=last + 1,
        judged=sum(turn.started >= middle and turn.turn_id in log.judgements for turn, _ in log.failures),
        by=by,
        limit=_REMEDIES,
        remedy=log.remedy,
    )
    return Breaks(report=report, charts=_charts(visit, log))


def _charts(visit: Visit, log: IsolatedLog) -> list[Chart]:
    starts = [turn.started for turn, _ in log.failures]
    by_week = bool(starts) and max(starts) - min(starts) > _DAYS_SHOWN * 86_400_000
    counts: Counter[tuple[int, str]] = Counter()
    for turn, isolation in log.failures:
        local = datetime.fromtimestamp(turn.started / 1000, visit.zone)
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        start = day - timedelta(days=day.weekday()) if by_week else day
        counts[round(start.timestamp() * 1000), isolation.stage] += 1
    periods = sorted({start for start, _ in counts})
    if not periods:
        return []
    stages = [stage for stage in ALL_STAGES if stage != "correct" and any(counts[start, stage] for start in periods)]
    series = [
        Series(name=f"stage.{stage}", values=[float(counts[start, stage]) for start in periods]) for stage in stages
    ]
    title = "breaks.by_week" if by_week else "breaks.by_day"
    return [Chart(title=title, kind="bars", unit="count", at=periods, series=series)]


BREAKS = Page(name="breaks", scope="read", load=_load)
"""The page."""
