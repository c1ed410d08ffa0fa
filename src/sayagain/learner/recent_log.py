"""Some turns of a log: their trend, their failure points and their labels, without reading the rest."""

from collections.abc import Iterator, Sequence
from datetime import tzinfo

from sayagain.labels import Example, Judgement, curate
from sayagain.learner.learner import Learner
from sayagain.learner.log_failures import IsolatedLog, LogFailures
from sayagain.reports.trend_report import Trend, trend_report
from sayagain.turns import Homes, Turn, privacy_unit, sessions

__all__ = ["curate_turns", "isolate_turns", "turns_trend"]


def turns_trend(learner: Learner, turns: Sequence[Turn], zone: tzinfo | None) -> Trend:
    """Return the trend of some turns.

    Args:
        learner: of the log.
        turns: of the log, in any order.
        zone: time zone of the days; None for that of this machine.
    """
    judgements = {turn.turn_id: judgement for turn, judgement in _judged(learner, turns)}
    return trend_report(sessions(turns, gap=learner.settings.session_gap), judgements, zone)


def isolate_turns(learner: Learner, turns: Sequence[Turn]) -> IsolatedLog:
    """Return some turns with their failure points; what works is read off them alone.

    Args:
        learner: of the log.
        turns: of the log, in any order.
    """
    return LogFailures(learner.store, learner.settings).isolate(turns)


def curate_turns(learner: Learner, turns: Sequence[Turn]) -> tuple[int, list[Example]]:
    """Return the number of judged turns among some turns, and the failed ones with what was meant, surest first.

    Args:
        learner: of the log.
        turns: of the log, in any order.
    """
    anonymous = learner.settings.anonymous
    homes = Homes(turns, anonymous)
    judged = [(homes.fill(turn), judgement) for turn, judgement in _judged(learner, turns)]
    units = {privacy_unit(turn, anonymous) for turn, _ in judged}
    # A log of one user has nobody else, so that one is enough.
    min_users = learner.settings.min_users if len(units) > 1 else 1
    return len(judged), curate(judged, min_users=min_users, anonymous=anonymous)


def _judged(learner: Learner, turns: Sequence[Turn]) -> Iterator[tuple[Turn, Judgement]]:
    for turn in turns:
        judgement = learner.store.judgement(turn.turn_id)
        if judgement is not None:
            yield turn, judgement
