"""What a satellite was doing: when it spoke, and whether the user cut it short."""

import bisect

import msgspec

from sayagain.assistants.homeassistant.observer.events import StateEvent
from sayagain.turns import Interruption, Speech

__all__ = ["Satellites", "Speaking"]

_KEPT = 3_600_000
"""States older than this are forgotten, in milliseconds."""


class Speaking(msgspec.Struct, frozen=True, kw_only=True):
    """How one answer was spoken."""

    speech: Speech
    """From when to when."""
    cut: int | None
    """When the user spoke into it; None when it came to its end."""

    def interrupted(self, *, asked: bool) -> Interruption | None:
        """Return whether it was cut short; after a question the satellite listens again by itself."""
        if self.cut is None or asked:
            return None
        return Interruption(yes=True, by="user", at=self.cut)


class Satellites:
    """The states of all satellites."""

    def __init__(self) -> None:
        self._states: dict[str, list[tuple[int, str]]] = {}

    def take(self, event: StateEvent) -> None:
        """Take in a change of state, in any order."""
        states = self._states.setdefault(event.entity_id, [])
        bisect.insort(states, (event.at, event.new or "unavailable"))
        while states[0][0] < event.at - _KEPT:
            states.pop(0)

    def spoke(self, satellite_id: str, since: int, over: int) -> Speaking | None:
        """Return how the answer of a run was spoken; None while it is, or where the satellite tells nothing of it.

        Args:
            satellite_id: the satellite.
            since: when the run began, in milliseconds.
            over: when the run ended. A satellite that goes idle before that was told to by the time-out of an earlier
                answer, which is no end of this one.
        """
        started: int | None = None
        for at, state in self._states.get(satellite_id, ()):
            if at < since:
                continue
            if state == "responding":
                started = at if started is None else started
            elif started is not None and (state == "listening" or at >= over or state == "unavailable"):
                speech = Speech(started=started, ended=at)
                return Speaking(speech=speech, cut=at if state == "listening" else None)
        return None
