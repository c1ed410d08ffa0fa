"""Endpoint of the figures that an assistant shows its users: how often it fails, and how much was learnt."""

import sys

import msgspec

import sayagain
from sayagain.config import home_zone
from sayagain.errors import ReleaseError
from sayagain.learner.recent_log import turns_trend
from sayagain.reports.movement import Movement
from sayagain.runtime import COLD_START
from sayagain.web.endpoint import Asked, endpoint
from sayagain.web.service import Service

__all__ = ["LATEST_TURNS", "SUMMARY", "Summary"]

LATEST_TURNS = 5_000
"""Most turns that the figures look back on, so that they cost the same for a log of any length."""


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The standing of an assistant, in the week up to its last turn."""

    version: str
    """Version of sayagain."""
    turns: int
    """Turns of the week."""
    defect_rate: float | None
    """Failed turns over all, in [0, 1]; None without turns."""
    low: float
    """Lower bound of the defect rate (Wilson, 95%)."""
    high: float
    """Upper bound of the defect rate."""
    defect_rate_before: float | None
    """Of the week before; None without turns."""
    moved: Movement | None
    """Whether the defect rate moved from the week before by more than chance."""
    rewritten: int
    """Turns of the week that were rewritten."""
    release: int | None
    """Number of the release in use; None without one."""
    learnt_rewrites: int
    """Rewrites that the release in use knows."""


@endpoint("GET", "/v1/summary", "summary", scope="read", answer=Summary)
async def summary(asked: Asked) -> Summary:
    """Sum up the week: the defect rate with its interval and movement, and what the release in use knows."""
    return await asked.service.look(_summarise, asked.service)


def _summarise(service: Service) -> Summary:
    learner = service.learner
    trend = turns_trend(learner, list(learner.store.turns(latest=LATEST_TURNS)), home_zone(learner.settings))
    week, before = trend.week, trend.week_before
    return Summary(
        version=sayagain.__version__,
        turns=week.turns,
        defect_rate=week.share if week.turns else None,
        low=week.low,
        high=week.high,
        defect_rate_before=before.share if before.turns else None,
        moved=trend.moved,
        rewritten=week.rewritten,
        release=learner.store.release_in_use(),
        learnt_rewrites=_count_rewrites(service),
    )


def _count_rewrites(service: Service) -> int:
    number = service.learner.store.release_in_use()
    if number is None:
        return 0
    # A release never changes, and counting decides on every request that it knows.
    if number not in service.rewrite_counts:
        try:
            lines = service.learner.rewrites(number, limit=sys.maxsize)
        except ReleaseError:
            # Its files are damaged; the service goes on with the copy that it opened.
            return 0
        service.rewrite_counts[number] = sum(line.layer != COLD_START for line in lines)
    return service.rewrite_counts[number]


SUMMARY = summary
"""The endpoint."""
