"""A recorded stream of Home Assistant's, read into turns; and what was learnt, in the form that it takes in."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sayagain.assistants.assistant import Event as Record
from sayagain.assistants.bad_event import bad_event
from sayagain.assistants.homeassistant.custom_sentences import custom_sentences
from sayagain.assistants.homeassistant.observer.events import (
    AgentsEvent,
    AnswerEvent,
    ChatEndEvent,
    ChatEvent,
    DevicesEvent,
    ListenEvent,
    RunEvent,
    StateEvent,
)
from sayagain.assistants.homeassistant.observer.turn_assembler import AssembledTurn, TurnAssembler
from sayagain.formats import BadRecord
from sayagain.labels import Example
from sayagain.turns import Turn

__all__ = ["HomeAssistantLog"]

_Any = AgentsEvent | AnswerEvent | ChatEvent | ChatEndEvent | DevicesEvent | ListenEvent | RunEvent | StateEvent


class HomeAssistantLog:
    """An `Assistant` over what the observer has heard, one record an event.

    >>> list(HomeAssistantLog().turns([{"kind": "smoke signal"}], "log"))[0].reason
    "Invalid value 'smoke signal' - at `$.kind`"
    """

    name = "homeassistant"

    def turns(self, events: Iterable[Record], source: str) -> Iterator[Turn | BadRecord]:
        """Gather recorded events into turns.

        A log has no clock: parts of it may come in any order, so that what waits for a part that never comes is given
        at the end.

        Args:
            events: as the observer records them.
            source: names the log in a `BadRecord`.
        """
        gathering = TurnAssembler()
        for number, record in enumerate(events, 1):
            try:
                event = msgspec.convert(record, _Any)
                found = gathering.take(event, 0)
            except (msgspec.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
                yield bad_event(source, number, error, record)
                continue
            yield from _turns(found)
        yield from _turns(gathering.settle(float("inf")))

    def export(self, examples: Sequence[Example]) -> dict[str, bytes]:
        """Return custom sentences, a file a language; what the assistant could not parse is left out."""
        return custom_sentences(examples)


def _turns(found: Iterable[AssembledTurn]) -> Iterator[Turn]:
    return (each.turn for each in found if each.turn is not None)
