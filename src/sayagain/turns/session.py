"""Sessions and goals: one user's turns with no long gap, and the turns of it that pursue one aim."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

import msgspec

from sayagain.turns.turn import Turn

__all__ = ["GOAL_GAP", "HISTORY", "SESSION_GAP", "Goal", "Session", "goals", "sessions", "silence"]

SESSION_GAP = 300_000
"""Silence that ends a session, in milliseconds (five minutes)."""

HISTORY = 8
"""How many earlier turns of a session are the context of the next."""

GOAL_GAP = 45_000
"""Silence that ends a goal, in milliseconds (Ponnusamy et al. 2020 cut at 45 s)."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One user's turns on one device with no long gap, in order of time."""

    session_id: str
    """The assistant's own id, or the id of the first turn."""
    turns: tuple[Turn, ...]
    """At least one."""
    alone: bool = False
    """Whether cross-fitting leaves it out by itself although its user is known, as where there are few users."""

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
    """Cut turns into sessions by the assistant's own session id, or else by user, device and gap.

    Args:
        turns: in any order.
        gap: silence that ends a session, in milliseconds.

    Returns:
        Sessions in order of their first turn; the same whatever the order of `turns`.

    >>> a = Turn(turn_id="a", started=0, request="lamp on", user_id="u")
    >>> b = Turn(turn_id="b", started=9_000, request="lamp on please", user_id="u")
    >>> c = Turn(turn_id="c", started=999_000, request="what time is it", user_id="u")
    >>> [len(s.turns) for s in sessions([c, a, b])]
    [2, 1]
    """
    strands: dict[tuple[str | None, ...], list[Turn]] = {}
    for turn in turns:
        strands.setdefault(_strand(turn), []).append(turn)
    found: list[Session] = []
    for strand in strands.values():
        strand.sort(key=_when)
        found += (
            Session(session_id=part[0].session_id or part[0].turn_id, turns=tuple(part)) for part in _cut(strand, gap)
        )
    found.sort(key=lambda session: _when(session.turns[0]))
    return found


def goals(session: Session, *, gap: int = GOAL_GAP) -> list[Goal]:
    """Cut a session into goals by gap and by change of domain.

    A turn that was not understood has no domain and never ends a goal: it is the trouble that the goal is about.

    Args:
        session: as made by `sessions`.
        gap: silence that ends a goal, in milliseconds.
    """
    parts: list[list[Turn]] = [[session.turns[0]]]
    domain = _domain(session.turns[0])
    for before, turn in pairwise(session.turns):
        now = _domain(turn)
        changed = domain is not None and now is not None and now != domain
        if changed or silence(before, turn) > gap:
            parts.append([])
            domain = None
        parts[-1].append(turn)
        domain = now or domain
    return [Goal(session_id=session.session_id, turns=tuple(part)) for part in parts]


def silence(before: Turn, after: Turn) -> int:
    """Return the silence between two turns in milliseconds; negative where the second began within the first.

    >>> a = Turn(turn_id="a", started=0, request="lamp on", ended=2_000)
    >>> silence(a, Turn(turn_id="b", started=9_000, request="lamp on please"))
    7000
    """
    return after.started - _end(before)


def _strand(turn: Turn) -> tuple[str | None, ...]:
    if turn.session_id is not None:
        return (turn.assistant, turn.session_id)
    if turn.user_id is None and turn.device_id is None and turn.satellite_id is None:
        # With nobody to tell apart, the assistant's conversation is the only thread there is.
        return (turn.assistant, None, turn.conversation_id)
    return (turn.assistant, None, turn.user_id, turn.device_id or turn.satellite_id)


def _when(turn: Turn) -> tuple[int, str]:
    return (turn.started, turn.turn_id)


def _end(turn: Turn) -> int:
    """When the turn was over: the last thing known to have happened in it."""
    ends = [turn.started, turn.ended or 0]
    if turn.speech is not None:
        ends.append(turn.speech.ended or turn.speech.started or 0)
    return max(ends)


def _domain(turn: Turn) -> str | None:
    hypothesis = turn.reading
    return None if hypothesis is None or hypothesis.empty else hypothesis.domain


def _cut(strand: list[Turn], gap: int) -> Iterator[list[Turn]]:
    part = [strand[0]]
    for before, turn in pairwise(strand):
        # The assistant's own session id is believed whatever the gap.
        if turn.session_id is None and silence(before, turn) > gap:
            yield part
            part = []
        part.append(turn)
    yield part
