"""OVOS as an assistant: messages of its bus become turns; what was learnt becomes lines for its skills' intents."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sayagain.assistants.assistant import Event
from sayagain.assistants.bad_event import bad_event
from sayagain.assistants.ovos.intent_files import intent_files
from sayagain.assistants.ovos.message import Message
from sayagain.assistants.ovos.watch import Watch
from sayagain.errors import TurnError
from sayagain.formats import BadRecord, encode_turn
from sayagain.turns import Turn

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["Ovos"]


class Ovos:
    """Reads messages of the OVOS bus: each an object with `type`, `data` and `context`, and `at`, when it was seen.

    >>> heard = {"at": 1_790_000_000_000, "type": "recognizer_loop:utterance", "data": {"utterances": ["lamp on"]}}
    >>> failure = {"at": 1_790_000_000_100, "type": "complete_intent_failure"}
    >>> [(turn.request, turn.failed) for turn in Ovos().turns([heard, failure], "bus")]
    [('lamp on', True)]
    """

    name = "ovos"
    """What stands in `Turn.assistant`."""

    def turns(self, events: Iterable[Event], source: str) -> Iterator[Turn | BadRecord]:
        """Gather messages into turns; see `Assistant.turns`.

        Args:
            events: in the order in which they were seen.
            source: names the log in a `BadRecord`.
        """
        watch = Watch()
        for line, event in enumerate(events, 1):
            try:
                done = watch.take(Message.of(event), line)
            except TurnError as error:
                yield bad_event(source, line, error, event)
                continue
            for each in done:
                yield _checked(each.turn(), source, each.line)
        for each in watch.rest():
            yield _checked(each.turn(), source, each.line)

    def export(self, examples: Sequence["Example"]) -> dict[str, bytes]:
        """Return lines to add to the skills' own `.intent` and `.voc` files; see `intent_files`."""
        return intent_files(examples)


def _checked(turn: Turn, source: str, line: int) -> Turn | BadRecord:
    try:
        encode_turn(turn)
    except TurnError as error:
        return bad_event(source, line, error)
    return turn
