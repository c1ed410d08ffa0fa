"""One rewrite: what came of it over time and by user, what the guardrails say, and the sessions that had it."""

from collections import Counter
from datetime import datetime, tzinfo

import msgspec

from sayagain.guardrails import RewriteOutcome, RewriteTotals
from sayagain.learner import RewriteLine
from sayagain.learner.request_trial import RequestTrial, try_request
from sayagain.store import Withdrawal
from sayagain.turns import AppliedRewrite, Turn
from sayagain.web.console.chart import Chart, Series
from sayagain.web.console.page import Page, Paged, Visit, paged
from sayagain.web.console.pages.rewrites import REVIEW, known_rewrites
from sayagain.web.problem import Refusal

__all__ = ["REWRITE", "RewriteView"]

_OUTCOMES = 1_000
"""Latest outcomes that the page looks back on."""


class RewriteView(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    rewrite_id: str
    """Its name."""
    heard: str | None
    """What is heard; None where no record tells any more."""
    text: str | None
    """What is passed on."""
    line: RewriteLine | None
    """The entry of the release in use; None where it makes no such rewrite now."""
    withdrawal: Withdrawal | None
    """Why it is not made; None where it is."""
    totals: RewriteTotals | None
    """What came of it; None before anything did."""
    trial: RequestTrial | None
    """What would be decided now for what is heard."""
    charts: list[Chart]
    """Outcomes by day."""
    users: list[tuple[str, int]]
    """Users by the number of outcomes; an unknown one has an empty name."""
    outcomes: Paged
    """The turns, the latest first."""


def _load(visit: Visit) -> RewriteView:
    rewrite_id, store = visit.need("id"), visit.learner.store
    line = next((line for line in known_rewrites(visit) if line.rewrite_id == rewrite_id), None)
    withdrawal = next((one for one in visit.learner.withdrawals() if one.rewrite_id == rewrite_id), None)
    outcomes = store.outcomes(rewrite_id, limit=_OUTCOMES)
    if line is None and withdrawal is None and not outcomes:
        raise Refusal(404, f"there is no rewrite {rewrite_id!r}")
    applied = _applied(visit, outcomes)
    heard = line.heard if line is not None else applied.source if applied is not None else None
    turn = None if heard is None else _turn(heard, line)
    counts = Counter(outcome.user_id or "" for outcome in outcomes)
    return RewriteView(
        rewrite_id=rewrite_id,
        heard=heard,
        text=line.text if line is not None else applied.target if applied is not None else None,
        line=line,
        withdrawal=withdrawal,
        totals=store.outcome_totals(rewrite_id).get(rewrite_id),
        trial=None if turn is None else try_request(visit.learner, turn),
        charts=_charts(outcomes, visit.zone),
        users=counts.most_common(20),
        outcomes=paged(outcomes[::-1], visit),
    )


def _turn(heard: str, line: RewriteLine | None) -> Turn:
    return Turn(turn_id="console", started=0, request=heard, language=None if line is None else line.language)


def _applied(visit: Visit, outcomes: list[RewriteOutcome]) -> AppliedRewrite | None:
    """Return what the log says that the rewrite does: a turn of the holdout tells what was heard alone."""
    for outcome in reversed(outcomes):
        turn = visit.learner.store.turn(outcome.turn_id)
        if turn is not None and turn.applied_rewrite is not None:
            return turn.applied_rewrite
    return None


def _charts(outcomes: list[RewriteOutcome], zone: tzinfo | None) -> list[Chart]:
    rewritten = [outcome for outcome in outcomes if outcome.rewritten]
    days = sorted({_midnight(outcome.at, zone) for outcome in rewritten})
    if not days:
        return []
    good: Counter[int] = Counter()
    bad: Counter[int] = Counter()
    for outcome in rewritten:
        (bad if outcome.failed >= 0.5 else good)[_midnight(outcome.at, zone)] += 1
    series = [
        Series(name="rewrite.good", values=[float(good[day]) for day in days]),
        Series(name="rewrite.bad", values=[float(bad[day]) for day in days]),
    ]
    return [Chart(title="rewrite.by_day", kind="bars", unit="count", at=days, series=series)]


def _midnight(at: int, zone: tzinfo | None) -> int:
    local = datetime.fromtimestamp(at / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return round(local.timestamp() * 1000)


REWRITE = Page(name="rewrite", scope="read", load=_load, actions=REVIEW, in_menu=False)
"""The page."""
