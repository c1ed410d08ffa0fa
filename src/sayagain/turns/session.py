"""Sessions and goals: one user's turns without a long gap, and the turns of a session that pursue one aim."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from sayagain.turns.turn import Turn

__all__ = ["GOAL_GAP", "HISTORY", "SESSION_GAP", "Goal", "Session", "goals", "sessions", "silence"]

SESSION_GAP = 300_000
"""Silence that ends a session, in milliseconds (five minutes)."""

HISTORY = 8
"""Most earlier turns of a session that are context of the next turn."""

GOAL_GAP = 45_000
"""Silence that ends a goal, in milliseconds (45 s, as in Ponnusamy et al. 2020)."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One user's turns on one device without a long gap, in order of time."""

    session_id: str
    """The assistant's own id, or the id of the first turn."""
    turns: tuple[Turn, ...]
    """At least one."""
    alone: bool = False
    """Whether cross-fitting leaves the session out by itself although its user is known, as in a log of few users."""

    @property
    def user_id(self) -> str | None:
        """Who spoke, where known."""
        return self.turns[0].user_id


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """The turns of a session that pursue one aim, in order of time."""

    session_id: str
    """The session that it is part of."""
    turns: tuple[Turn, ...]
    """At least one."""


def sessions(turns: Iterable[Turn], *, gap: int = SESSION_GAP) -> list[Session]:
    """Split turns into sessions by the assistant's own session id, otherwise by user, device and gap.

    Turns of different homes are never in one session.

    Args:
        turns: in any order.
        gap: silence that ends a session, in milliseconds.

    Returns:
        Sessions in order of their first turn, independent of the order of `turns`.

    >>> a = Turn(turn_id="a", started=0, request="lamp on", user_id="u")
    >>> b = Turn(turn_id="b", started=9_000, request="lamp on please", user_id="u")
    >>> c = Turn(turn_id="c", started=999_000, request="what time is it", user_id="u")
    >>> [len(s.turns) for s in sessions([c, a, b])]
    [2, 1]
    """
    threads: dict[tuple[str | None, ...], list[Turn]] = {}
    for turn in turns:
        threads.setdefault(_thread_key(turn), []).append(turn)
    found_sessions: list[Session] = []
    for thread in threads.values():
        thread.sort(key=_order_key)
        found_sessions += (
            Session(session_id=part[0].session_id or part[0].turn_id, turns=tuple(part)) for part in _split(thread, gap)
        )
    found_sessions.sort(key=lambda session: _order_key(session.turns[0]))
    return found_sessions


def goals(session: Session, *, gap: int = GOAL_GAP) -> list[Goal]:
    """Split a session into goals by gap and by change of domain.

    A turn that was not understood has no domain and never ends a goal.

    Args:
        session: as made by `sessions`.
        gap: silence that ends a goal, in milliseconds.
    """
    parts: list[list[Turn]] = [[session.turns[0]]]
    domain = _domain(session.turns[0])
    for previous, turn in pairwise(session.turns):
        turn_domain = _domain(turn)
        domain_changed = domain is not None and turn_domain is not None and turn_domain != domain
        if domain_changed or silence(previous, turn) > gap:
            parts.append([])
            domain = None
        parts[-1].append(turn)
        domain = turn_domain or domain
    return [Goal(session_id=session.session_id, turns=tuple(part)) for part in parts]


def silence(before: Turn, after: Turn) -> int:
    """Return the silence between two turns in milliseconds; negative if the second began within the first.

    >>> a = Turn(turn_id="a", started=0, request="lamp on", ended=2_000)
    >>> silence(a, Turn(turn_id="b", started=9_000, request="lamp on please"))
    7000
    """
    return after.started - _end_time(before)


def _thread_key(turn: Turn) -> tuple[str | None, ...]:
    if turn.session_id is not None:
        return (turn.assistant, turn.home, turn.session_id)
    if turn.user_id is None and turn.device_id is None and turn.satellite_id is None:
        # Without user and device, only the assistant's conversation id separates threads.
        return (turn.assistant, turn.home, None, turn.conversation_id)
    return (turn.assistant, turn.home, None, turn.user_id, turn.device_id or turn.satellite_id)


def _order_key(turn: Turn) -> tuple[int, str]:
    return (turn.started, turn.turn_id)


def _end_time(turn: Turn) -> int:
    """Return the time of the last known event in a turn."""
    ends = [turn.started, turn.ended or 0]
    if turn.speech is not None:
        ends.append(turn.speech.ended or turn.speech.started or 0)
    return max(ends)


def _domain(turn: Turn) -> str | None:
    hypothesis = turn.hypothesis
    return None if hypothesis is None or hypothesis.empty else hypothesis.domain


def _split(thread: list[Turn], gap: int) -> Iterator[list[Turn]]:
    turns = [thread[0]]
    for previous, turn in pairwise(thread):
        # The assistant's own session id takes precedence over the gap.
        if turn.session_id is None and silence(previous, turn) > gap:
            yield turns
            turns = []
        turns.append(turn)
    yield turns
