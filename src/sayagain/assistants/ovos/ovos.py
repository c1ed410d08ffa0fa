"""OVOS as an assistant: messages of its bus become turns, labels become lines for its skills' intents."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.assistant import Event
from sayagain.assistants.bad_event import bad_event, checked_turn
from sayagain.assistants.ovos.intent_files import intent_files
from sayagain.assistants.ovos.message import Message
from sayagain.assistants.ovos.watch import Watch
from sayagain.errors import TurnError
from sayagain.formats import BadRecord
from sayagain.turns import Turn

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["Ovos"]


class Ovos:
    """Reader of messages of the OVOS bus: objects with `type`, `data`, `context`, and the time `at`.

    >>> heard = {"at": 1_790_000_000_000, "type": "recognizer_loop:utterance", "data": {"utterances": ["lamp on"]}}
    >>> failure = {"at": 1_790_000_000_100, "type": "complete_intent_failure"}
    >>> [(turn.request, turn.failed) for turn in Ovos().turns([heard, failure], "bus")]
    [('lamp on', True)]
    """

    name = "ovos"
    """Value of `Turn.assistant`."""

    def turns(self, events: Iterable[Event], source: str) -> Iterator[Turn | BadRecord]:
        """Gather messages into turns; see `Assistant.turns`.

        Args:
            events: in the order of the bus.
            source: name of the log in a `BadRecord`.
        """
        watch = Watch()
        for line, event in enumerate(events, 1):
            try:
                finished_turns = watch.take(Message.of(event), line)
            except TurnError as error:
                yield bad_event(source, line, error, event)
                continue
            for builder in finished_turns:
                yield checked_turn(builder.turn(), source, builder.line)
        for builder in watch.flush():
            yield checked_turn(builder.turn(), source, builder.line)

    def export(self, examples: Sequence["Example"]) -> dict[str, bytes]:
        """Return lines to add to the skills' own `.intent` and `.voc` files; see `intent_files`."""
        return intent_files(examples)
