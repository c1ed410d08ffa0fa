"""The trend of a log: defects and rewrites day by day, the last week beside the one before."""

from collections.abc import Iterable, Mapping
from datetime import datetime, tzinfo

import msgspec

from sayagain.guardrails import rewrite_outcomes
from sayagain.labels import Judgement
from sayagain.reports.movement import Movement, share_interval, share_movement
from sayagain.turns import Session, Turn

__all__ = ["Period", "RewriteCounts", "Trend", "trend_report"]

WEEK = 7
"""Days of each of the two periods that are compared."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """The turns of a day or of a week."""

    start: int
    """Start, in milliseconds since 1970."""
    turns: int
    """Turns that started in it."""
    failed: int
    """Those that failed: as learning judged, or as the assistant recorded where learning has not judged yet."""
    rewritten: int
    """Those that were rewritten."""
    share: float
    """Failed over all."""
    low: float
    """Lower bound of the share (Wilson, 95%)."""
    high: float
    """Upper bound of the share."""


class RewriteCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What came of rewrites, by what the users did next; each count a sum of probabilities, rounded."""

    good: int
    """Rewritten turns that went well."""
    bad: int
    """Rewritten turns that failed."""
    objections: int
    """Rewritten turns to which the user objected."""
    good_alone: int
    """Turns of the holdout that went well as they were."""
    bad_alone: int
    """Turns of the holdout that failed."""


class Trend(msgspec.Struct, frozen=True, kw_only=True):
    """The trend of a part of a log."""

    turns: int
    """Turns."""
    judged: int
    """Those that learning has judged."""
    days: list[Period]
    """The days, without those before the first turn, the earliest first."""
    week: Period
    """The week up to the last turn."""
    week_before: Period
    """The week before."""
    moved: Movement | None
    """Whether the defect rate moved from one week to the next by more than chance (Newcombe 1998, 95%)."""
    rewrites: RewriteCounts
    """What came of the rewrites."""


def trend_report(sessions: Iterable[Session], judgements: Mapping[str, Judgement], zone: tzinfo | None) -> Trend:
    """Count defects and rewrites by day and by week.

    Args:
        sessions: of the log, in any order.
        judgements: what learning made of their turns, by turn id.
        zone: time zone of the days; None for that of this machine.

    >>> from datetime import UTC
    >>> turn = Turn(turn_id="t", started=90_000_000, request="lamp on")
    >>> [(day.start, day.turns) for day in trend_report([Session(session_id="s", turns=(turn,))], {}, UTC).days]
    [(86400000, 1)]
    """
    log = list(sessions)
    turns = sorted((turn for session in log for turn in session.turns), key=lambda turn: turn.started)
    end = turns[-1].started + 1 if turns else 0
    week_start, before_start = end - WEEK * _DAY, end - 2 * WEEK * _DAY
    week = [turn for turn in turns if turn.started >= week_start]
    before = [turn for turn in turns if before_start <= turn.started < week_start]
    now, earlier = _period(week_start, week, judgements), _period(before_start, before, judgements)
    return Trend(
        turns=len(turns),
        judged=sum(turn.turn_id in judgements for turn in turns),
        days=_days(turns, judgements, zone),
        week=now,
        week_before=earlier,
        moved=share_movement((now.failed, now.turns), (earlier.failed, earlier.turns)),
        rewrites=_rewrite_counts(log),
    )


_DAY = 86_400_000


def _days(turns: list[Turn], judgements: Mapping[str, Judgement], zone: tzinfo | None) -> list[Period]:
    by_day: dict[int, list[Turn]] = {}
    for turn in turns:
        by_day.setdefault(_midnight(turn.started, zone), []).append(turn)
    days = []
    start = next(iter(by_day), 0)
    while by_day and start <= max(by_day):
        days.append(_period(start, by_day.get(start, []), judgements))
        # Half a day more than a day lies within the next one also where the clocks change.
        start = _midnight(start + _DAY + _DAY // 2, zone)
        if len(days) > _MOST_DAYS:
            return [_period(day, by_day[day], judgements) for day in sorted(by_day)[-_MOST_DAYS:]]
    return days


_MOST_DAYS = 400
"""Most days in a row; a log with a longer gap has only the days on which somebody spoke."""


def _midnight(at: int, zone: tzinfo | None) -> int:
    local = datetime.fromtimestamp(at / 1000, zone).astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=zone)
    return round(midnight.timestamp() * 1000)


def _period(start: int, turns: list[Turn], judgements: Mapping[str, Judgement]) -> Period:
    failed = sum(_failed(turn, judgements.get(turn.turn_id)) for turn in turns)
    low, high = share_interval(failed, len(turns)) if turns else (0.0, 1.0)
    return Period(
        start=start,
        turns=len(turns),
        failed=failed,
        rewritten=sum(_rewritten(turn) for turn in turns),
        share=failed / len(turns) if turns else 0.0,
        low=low,
        high=high,
    )


def _failed(turn: Turn, judgement: Judgement | None) -> bool:
    return turn.failed if judgement is None else judgement.defect


def _rewritten(turn: Turn) -> bool:
    return turn.applied_rewrite is not None and turn.applied_rewrite.layer != "leave"


def _rewrite_counts(log: list[Session]) -> RewriteCounts:
    tracked = (session for session in log if any(turn.applied_rewrite is not None for turn in session.turns))
    outcomes = [outcome for session in tracked for outcome in rewrite_outcomes(session)]
    rewritten = [outcome for outcome in outcomes if outcome.rewritten]
    alone = [outcome for outcome in outcomes if not outcome.rewritten]
    return RewriteCounts(
        good=round(sum(1 - outcome.failed for outcome in rewritten)),
        bad=round(sum(outcome.failed for outcome in rewritten)),
        objections=sum(outcome.complaint is not None for outcome in rewritten),
        good_alone=round(sum(1 - outcome.failed for outcome in alone)),
        bad_alone=round(sum(outcome.failed for outcome in alone)),
    )
