"""Rasa as an assistant: what its tracker logs becomes turns, and labels become its NLU training data."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.assistant import Event
from sayagain.assistants.bad_event import bad_event
from sayagain.assistants.rasa.event import TrackerEvent, open_tracker
from sayagain.assistants.rasa.nlu_file import nlu_file
from sayagain.assistants.rasa.turn_builder import LISTEN, RasaTurnBuilder
from sayagain.errors import TurnError
from sayagain.formats import BadRecord, encode_turn
from sayagain.turns import Turn

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["Rasa"]

_EXTERNAL = "EXTERNAL: "
"""How the words begin of a message that no user sent: a reminder, or an intent triggered from outside."""


class Rasa:
    """Rasa's log: events of an event broker or of `rasa export`, or dumps of whole trackers.

    >>> heard = {"sender_id": "ann", "event": "user", "timestamp": 1795516626.25, "text": "hello"}
    >>> listens = {"sender_id": "ann", "event": "action", "timestamp": 1795516626.5, "name": "action_listen"}
    >>> [turn.request for turn in Rasa().turns([heard, listens], "events.jsonl")]
    ['hello']
    """

    name = "rasa"
    """What stands in `Turn.assistant`."""

    def turns(self, events: Iterable[Event], source: str) -> Iterator[Turn | BadRecord]:
        """Gather events into turns; a turn ends when Rasa listens again, or when the next one begins.

        Args:
            events: in the order of the log; several conversations may be interleaved.
            source: names the log in a `BadRecord`.
        """
        reading = _Reading()
        for line, event in enumerate(events, start=1):
            for each in open_tracker(event):
                try:
                    yield from reading.take(TrackerEvent.of(each))
                except TurnError as error:
                    yield bad_event(source, line, error, each)
        try:
            yield from reading.rest()
        except TurnError as error:
            yield bad_event(source, line, error)

    def export(self, examples: Sequence["Example"]) -> dict[str, bytes]:
        """Return `nlu.yml`; see `nlu_file`."""
        return nlu_file(examples)


class _Reading:
    """The conversations of one log, each with its turn under way."""

    def __init__(self) -> None:
        self._under_way: dict[str, RasaTurnBuilder] = {}
        self._sessions: dict[str, str] = {}

    def take(self, event: TrackerEvent) -> Iterator[Turn]:
        """Take in one event, and give the turn that it ends."""
        whose = event.conversation
        if event.kind == "user":
            yield from self._end(whose)
            if _said_by_user(event):
                self._under_way[whose] = RasaTurnBuilder(event, self._sessions.get(whose))
        elif event.kind in {"session_started", "restart"}:
            yield from self._end(whose)
            if event.kind == "session_started":
                self._sessions[whose] = f"{whose}-{event.at}"
        elif whose in self._under_way:
            self._under_way[whose].take(event)
            if event.kind == "action" and event.body.get("name") == LISTEN:
                yield from self._end(whose)

    def rest(self) -> Iterator[Turn]:
        """Give the turns that the log leaves open."""
        for whose in tuple(self._under_way):
            yield from self._end(whose)

    def _end(self, whose: str) -> Iterator[Turn]:
        under_way = self._under_way.pop(whose, None)
        if under_way is not None:
            turn = under_way.turn
            # Refused here rather than by the store, which would refuse the whole log.
            encode_turn(turn)
            yield turn


def _said_by_user(event: TrackerEvent) -> bool:
    text = event.body.get("text")
    if not isinstance(text, str) or not text.strip() or text.startswith(_EXTERNAL):
        return False
    return event.metadata.get("is_external") is not True and not text.startswith("/session_start")
