"""The states of satellites: when one spoke, and whether the user interrupted it."""

import bisect

import msgspec

from sayagain.assistants.homeassistant.observer.events import StateEvent
from sayagain.turns import Interruption, Speech

__all__ = ["Satellites", "SpokenAnswer"]

_RETENTION = 3_600_000
"""Retention of states, in milliseconds."""


class SpokenAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The speech of one answer."""

    speech: Speech
    """Start and end of the speech."""
    cut_at: int | None
    """Time at which the user spoke into it; None if it was spoken to the end."""

    def interruption(self, *, after_question: bool) -> Interruption | None:
        """Return the interruption, if any; after a question the satellite listens again by itself."""
        if self.cut_at is None or after_question:
            return None
        return Interruption(yes=True, by="user", at=self.cut_at)


class Satellites:
    """The states of all satellites."""

    def __init__(self) -> None:
        self._states: dict[str, list[tuple[int, str]]] = {}

    def take(self, event: StateEvent) -> None:
        """Take in a change of state, in any order."""
        states = self._states.setdefault(event.entity_id, [])
        bisect.insort(states, (event.at, event.new or "unavailable"))
        while states[0][0] < event.at - _RETENTION:
            states.pop(0)

    def find_answer(self, satellite_id: str, run_started: int, run_ended: int) -> SpokenAnswer | None:
        """Return the speech of a run's answer; None while it lasts, or if the satellite does not report it.

        Args:
            satellite_id: the satellite.
            run_started: when the run began, in milliseconds.
            run_ended: when the run ended; a satellite that goes idle before that does so by the timeout of an earlier
                answer.
        """
        started: int | None = None
        for at, state in self._states.get(satellite_id, ()):
            if at < run_started:
                continue
            if state == "responding":
                started = at if started is None else started
            elif started is not None and (state == "listening" or at >= run_ended or state == "unavailable"):
                speech = Speech(started=started, ended=at)
                return SpokenAnswer(speech=speech, cut_at=at if state == "listening" else None)
        return None
