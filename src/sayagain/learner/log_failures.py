"""The failure points of a stored log: the report, and the sentences about one turn."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

import msgspec

from sayagain.config import Settings
from sayagain.errors import InputError
from sayagain.failures import FailureIsolator, FailurePoint, Isolation, LogKnowledge
from sayagain.failures.agent_stage import isolate_agent_stage
from sayagain.failures.agreement import ENOUGH, agrees
from sayagain.failures.explanation import explain_failure
from sayagain.failures.remedy import find_remedy
from sayagain.failures.settle import settle
from sayagain.formats.times import period_start
from sayagain.labels import Judgement
from sayagain.reports.failure_report import DIMENSIONS, Dimension, FailureReport, failure_report
from sayagain.store import Store
from sayagain.turns import Session, Turn, sessions

__all__ = ["KNOWLEDGE_MS", "MOST_TURNS", "IsolatedLog", "LogFailures"]

KNOWLEDGE_MS = 30 * 86_400_000
"""Span of the log before and after a turn that tells what works in its home, in milliseconds."""


MOST_TURNS = 20_000
"""Most turns that are read to explain one of them, or for a report without a start: a log of many homes has as many
within hours, and a long one millions."""


COMPARED = 2 * ENOUGH
"""Turns, the latest, that tell whether the isolator is believed where one turn is explained."""


class IsolatedLog(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a log with its failure points."""

    sessions: list[Session]
    """The sessions."""
    failures: list[tuple[Turn, Isolation]]
    """Turns with their failure points, session by session."""
    judgements: dict[str, Judgement]
    """What learning made of them, by turn id; turns after the last learning have none."""
    remedy: Callable[[Turn, FailurePoint], str | None]
    """What to do about a turn that failed at a stage; None where nothing is known."""


class LogFailures:
    """The failure points of the turns of a store.

    Args:
        store: holds turns and judgements.
        settings: of the learner; `session_gap` and `min_users` count.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._gap = settings.session_gap
        self._min_users = settings.min_users

    def report(self, since: str | None, *, by: Dimension, limit: int) -> FailureReport:
        """Return the failures of a period and of the one before; see `Learner.failures`."""
        if by not in DIMENSIONS:
            raise InputError(f"failures are counted by {', '.join(DIMENSIONS)}, not by {by!r}")
        first, last = self._store.span() or (0, 0)
        until = last + 1
        start = self._report_start(first, until) if since is None else max(period_start(since, until), 0)
        # Without a start there is no period before.
        before = start if since is None else start - (until - start)
        is_cut = since is None and start > first
        isolated = self._isolate(self._sessions(before if is_cut else before - KNOWLEDGE_MS, until), before)
        return failure_report(
            isolated.failures,
            since=start,
            until=until,
            is_cut=is_cut,
            judged=sum(turn.started >= start for turn, _ in isolated.failures if turn.turn_id in isolated.judgements),
            by=by,
            limit=limit,
            remedy=isolated.remedy,
        )

    def isolate(self, turns: Iterable[Turn]) -> IsolatedLog:
        """Return some turns with their failure points; what works is read off them alone.

        Args:
            turns: of the store, in any order.
        """
        return self._isolate(sessions(turns, gap=self._gap), 0)

    def _isolate(self, log: Sequence[Session], since: int) -> IsolatedLog:
        """Isolate the failure points of the turns from a time on; what is before tells what works."""
        knowledge = LogKnowledge.of(log)
        wanted = [session for session in log if session.turns[-1].started >= since]
        opinions = list(chain.from_iterable(FailureIsolator.open().isolate(wanted, knowledge)))
        session_by_turn = {turn.turn_id: session for session in wanted for turn in session.turns}
        judgements = self._judgements(turn for session in wanted for turn in session.turns if turn.started >= since)
        believed = _is_believed(opinions, judgements)
        places = ((session, index) for session in wanted for index in range(len(session.turns)))
        failures: list[tuple[Turn, Isolation]] = []
        for (session, index), opinion in zip(places, opinions, strict=True):
            turn = session.turns[index]
            if turn.started >= since:
                settled = settle(opinion, judgements.get(turn.turn_id), believed=believed)
                failures.append((turn, isolate_agent_stage(settled, session, index)))
        min_users = self._least_users(log)

        def remedy(turn: Turn, stage: FailurePoint) -> str | None:
            found = find_remedy(turn, stage, knowledge.about(session_by_turn[turn.turn_id]), min_users=min_users)
            return None if found is None else found.sentence

        return IsolatedLog(sessions=wanted, failures=failures, judgements=judgements, remedy=remedy)

    def sentences(self, turn: Turn, judgement: Judgement | None, most: int = MOST_TURNS) -> Iterator[str]:
        """Yield where a turn broke, what shows it, and what to do about it, in plain words.

        Args:
            turn: the turn.
            judgement: what learning made of it.
            most: most turns around it that are read to tell what works.
        """
        log = self._surrounding_sessions(turn, most)
        session, index = _find(log, turn)
        log_knowledge = LogKnowledge.of(log)
        knowledge = log_knowledge.about(session)
        believed = judgement is None or self._is_believed_around(log, log_knowledge)
        explanation = explain_failure(FailureIsolator.open(), session, index, knowledge, judgement, believed=believed)
        yield from explanation.sentences
        remedy = find_remedy(turn, explanation.isolation.stage, knowledge, min_users=self._least_users(log))
        if remedy is not None:
            yield f"What to do: {remedy.sentence}"

    def _judgements(self, turns: Iterable[Turn]) -> dict[str, Judgement]:
        """Return what learning made of turns, by turn id."""
        judgements = ((turn.turn_id, self._store.judgement(turn.turn_id)) for turn in turns)
        return {turn_id: judgement for turn_id, judgement in judgements if judgement is not None}

    def _is_believed_around(self, log: Sequence[Session], knowledge: LogKnowledge) -> bool:
        """Return whether the isolator agrees with the judge in the latest sessions of a log."""
        compared: list[Session] = []
        count = 0
        for session in reversed(log):
            if count >= COMPARED:
                break
            compared.append(session)
            count += len(session.turns)
        opinions = list(chain.from_iterable(FailureIsolator.open().isolate(compared, knowledge)))
        return _is_believed(opinions, self._judgements(turn for session in compared for turn in session.turns))

    def _surrounding_sessions(self, turn: Turn, most: int) -> list[Session]:
        """Return the sessions around a turn: those of `KNOWLEDGE_MS`, or of a shorter span with few enough turns."""
        span = KNOWLEDGE_MS
        while True:
            stored = self._store.turns(since=max(turn.started - span, 0), until=turn.started + span)
            turns = list(islice(stored, most + 1))
            if len(turns) <= most or span <= self._gap:
                return sessions(turns, gap=self._gap)
            span //= 2

    def _report_start(self, first: int, until: int) -> int:
        """Return the start of a report that states none: that of the log, or of its end with few enough turns."""
        start = first
        while until - start > 1 and self._count_turns(start, until) > MOST_TURNS:
            start = (start + until) // 2
        return start

    def _count_turns(self, since: int, until: int) -> int:
        return sum(1 for _ in islice(self._store.turns(since=since, until=until), MOST_TURNS + 1))

    def _sessions(self, since: int, until: int) -> list[Session]:
        return sessions(self._store.turns(since=max(since, 0), until=until), gap=self._gap)

    def _least_users(self, log: Sequence[Session]) -> int:
        """Return how many users must have said a request before others are shown it; all, in a log with fewer."""
        return min(self._min_users, max(1, len({session.user_id for session in log})))


def _is_believed(opinions: Iterable[Isolation], judgements: Mapping[str, Judgement]) -> bool:
    """Return whether the isolator's opinions count beside the judgements of the same turns."""
    pairs = [
        (opinion.p_defect, judgements[opinion.turn_id].p_defect)
        for opinion in opinions
        if opinion.turn_id in judgements
    ]
    return agrees([own for own, _ in pairs], [judged for _, judged in pairs])


def _find(log: Sequence[Session], turn: Turn) -> tuple[Session, int]:
    for session in log:
        for index, other in enumerate(session.turns):
            if other.turn_id == turn.turn_id:
                return session, index
    return Session(session_id=turn.turn_id, turns=(turn,)), 0
