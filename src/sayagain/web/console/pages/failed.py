"""What failed: the requests behind the failures, with where they broke, why, and what to do about it."""

from collections import Counter
from functools import partial

import msgspec

from sayagain.failures import Isolation
from sayagain.learner.log_failures import IsolatedLog
from sayagain.learner.recent_log import isolate_turns
from sayagain.reports.failure_report import UNKNOWN, Dimension, failure_report, group_name
from sayagain.turns import Turn
from sayagain.web.console.page import Page, Paged, Visit, number_of, paged

__all__ = ["FAILED", "ISOLATED", "Failed", "isolated_log", "prepare_isolated_log"]

ISOLATED = 1_500
"""Turns whose failure points are isolated; a millisecond each."""

_DAY = 86_400_000
_ALL = 2**31
_BY: dict[str, Dimension] = {"room": "room", "device": "device", "intent": "intent", "language": "language"}


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows."""

    turns: int
    """Turns that the page looks back on."""
    since: int | None
    """Start of the first of them; None without any."""
    failed: int
    """Those that failed and pass the filters."""
    choices: dict[str, list[str]]
    """What each filter can be set to, the most frequent first."""
    causes: Paged
    """The requests behind the failures."""


def prepare_isolated_log(visit: Visit) -> None:
    """Isolate failure points in advance, which takes a second or two."""
    compute = partial(isolate_turns, visit.learner, visit.latest_turns(ISOLATED))
    visit.snapshots.prepare(("isolated", visit.audience), visit.version, compute)


def isolated_log(visit: Visit) -> IsolatedLog:
    """Return the latest turns that a visitor may see with their failure points."""
    key = ("isolated", visit.audience)
    return visit.snapshots.get(key, visit.version, lambda: isolate_turns(visit.learner, visit.latest_turns(ISOLATED)))


def _load(visit: Visit) -> Failed:
    log = isolated_log(visit)
    failures = [(turn, isolation) for turn, isolation in log.failures if isolation.stage != "correct"]
    wanted = [pair for pair in failures if _passes(visit, log, *pair)]
    report = failure_report(
        wanted, since=0, until=_ALL, judged=0, by="stage", limit=_ALL, remedy=lambda _turn, _stage: None
    )
    causes = paged(report.causes, visit)
    turn_by_id = {turn.turn_id: turn for turn, _ in wanted}
    # A remedy takes a moment to find, so only those of this page are.
    shown = [
        msgspec.structs.replace(cause, remedy=log.remedy(turn_by_id[cause.examples[0]], cause.stage))
        for cause in causes.entries
    ]
    starts = [turn.started for turn, _ in log.failures]
    return Failed(
        turns=len(log.failures),
        since=min(starts, default=None),
        failed=len(wanted),
        choices=_choices(visit, failures),
        causes=msgspec.structs.replace(causes, entries=shown),
    )


def _passes(visit: Visit, log: IsolatedLog, turn: Turn, isolation: Isolation) -> bool:
    days = number_of(visit, "days", 0)
    if days and turn.started < max(other.started for other, _ in log.failures) - days * _DAY:
        return False
    stage, user, words = visit.get("stage"), visit.get("user"), visit.get("q")
    if stage not in (None, isolation.stage) or user not in (None, turn.user_id or UNKNOWN):
        return False
    if words is not None and words.lower() not in turn.heard.lower():
        return False
    return all(visit.get(name) in (None, group_name(turn, by)) for name, by in _BY.items())


def _choices(visit: Visit, failures: list[tuple[Turn, Isolation]]) -> dict[str, list[str]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in ("stage", *_BY, "user")}
    for turn, isolation in failures:
        counts["stage"][isolation.stage] += 1
        counts["user"][turn.user_id or UNKNOWN] += 1
        for name, by in _BY.items():
            counts[name][group_name(turn, by)] += 1
    choices: dict[str, list[str]] = {}
    for name, count in counts.items():
        chosen = visit.get(name)
        names = [value for value, _ in count.most_common(50)]
        choices[name] = [*names, *([chosen] if chosen is not None and chosen not in names else [])]
    return choices


FAILED = Page(name="failed", scope=None, load=_load)
"""The page."""
