"""Rasa as an assistant: tracker events become turns, labels become NLU training data."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.assistant import Event
from sayagain.assistants.bad_event import bad_event
from sayagain.assistants.rasa.event import TrackerEvent, tracker_events
from sayagain.assistants.rasa.nlu_file import nlu_file
from sayagain.assistants.rasa.turn_builder import LISTEN, RasaTurnBuilder
from sayagain.errors import TurnError
from sayagain.formats import BadRecord, encode_turn
from sayagain.turns import Turn

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["Rasa"]

_EXTERNAL = "EXTERNAL: "
"""Prefix of a message that no user sent: a reminder, or an intent triggered from outside."""


class Rasa:
    """Reader of Rasa's log: events of an event broker or of `rasa export`, or dumps of whole trackers.

    >>> heard = {"sender_id": "ann", "event": "user", "timestamp": 1795516626.25, "text": "hello"}
    >>> listens = {"sender_id": "ann", "event": "action", "timestamp": 1795516626.5, "name": "action_listen"}
    >>> [turn.request for turn in Rasa().turns([heard, listens], "events.jsonl")]
    ['hello']
    """

    name = "rasa"
    """Value of `Turn.assistant`."""

    def turns(self, events: Iterable[Event], source: str) -> Iterator[Turn | BadRecord]:
        """Gather events into turns; a turn ends when Rasa listens again, or when the next one begins.

        Args:
            events: in the order of the log; several conversations may be interleaved.
            source: name of the log in a `BadRecord`.
        """
        conversations = _Conversations()
        for line, event in enumerate(events, start=1):
            for tracker_event in tracker_events(event):
                try:
                    yield from conversations.take(TrackerEvent.of(tracker_event))
                except TurnError as error:
                    yield bad_event(source, line, error, tracker_event)
        try:
            yield from conversations.flush()
        except TurnError as error:
            yield bad_event(source, line, error)

    def export(self, examples: Sequence["Example"]) -> dict[str, bytes]:
        """Return `nlu.yml`; see `nlu_file`."""
        return nlu_file(examples)


class _Conversations:
    """The conversations of one log, each with its open turn."""

    def __init__(self) -> None:
        self._open_turns: dict[str, RasaTurnBuilder] = {}
        self._sessions: dict[str, str] = {}

    def take(self, event: TrackerEvent) -> Iterator[Turn]:
        """Take in one event, and yield the turn that it ends."""
        conversation = event.conversation
        if event.kind == "user":
            yield from self._finish_turn(conversation)
            if _is_user_request(event):
                self._open_turns[conversation] = RasaTurnBuilder(event, self._sessions.get(conversation))
        elif event.kind in {"session_started", "restart"}:
            yield from self._finish_turn(conversation)
            if event.kind == "session_started":
                self._sessions[conversation] = f"{conversation}-{event.at}"
        elif conversation in self._open_turns:
            self._open_turns[conversation].take(event)
            if event.kind == "action" and event.body.get("name") == LISTEN:
                yield from self._finish_turn(conversation)

    def flush(self) -> Iterator[Turn]:
        """Yield the turns that are still open at the end of the log."""
        for conversation in tuple(self._open_turns):
            yield from self._finish_turn(conversation)

    def _finish_turn(self, conversation: str) -> Iterator[Turn]:
        builder = self._open_turns.pop(conversation, None)
        if builder is not None:
            turn = builder.turn
            # Checked here, because the store would refuse the whole log.
            encode_turn(turn)
            yield turn


def _is_user_request(event: TrackerEvent) -> bool:
    text = event.body.get("text")
    if not isinstance(text, str) or not text.strip() or text.startswith(_EXTERNAL):
        return False
    return event.metadata.get("is_external") is not True and not text.startswith("/session_start")
