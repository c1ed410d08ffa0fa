"""Home Assistant as an assistant: a recorded event stream becomes turns, labels become custom sentences."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sayagain.assistants.assistant import Event as Record
from sayagain.assistants.bad_event import bad_event
from sayagain.assistants.homeassistant.custom_sentences import custom_sentences
from sayagain.assistants.homeassistant.debug_runs import DebugRuns
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

_AnyEvent = AgentsEvent | AnswerEvent | ChatEvent | ChatEndEvent | DevicesEvent | ListenEvent | RunEvent | StateEvent


class HomeAssistantLog:
    """Reader of the events that the observer recorded, and of pipeline runs from Home Assistant's debug page.

    >>> list(HomeAssistantLog().turns([{"kind": "smoke signal"}], "log"))[0].reason
    "Invalid value 'smoke signal' - at `$.kind`"
    """

    name = "homeassistant"

    def turns(self, events: Iterable[Record], source: str) -> Iterator[Turn | BadRecord]:
        """Gather recorded events into turns.

        A log has no clock and its events may come in any order, so a turn that lacks a part comes at the end.

        Args:
            events: events as the observer records them.
            source: name of the log in a `BadRecord`.
        """
        assembler, runs = TurnAssembler(), DebugRuns()

        def take(records: Iterable[object]) -> list[Turn]:
            assembled = [assembler.take(msgspec.convert(record, _AnyEvent), 0) for record in records]
            return [turn for parts in assembled for turn in _turns(parts)]

        for line, record in enumerate(events, 1):
            try:
                turns = take(runs.take(record))
            except (msgspec.ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
                yield bad_event(source, line, error, record)
                continue
            yield from turns
        yield from take(runs.rest())
        yield from _turns(assembler.settle(float("inf")))

    def export(self, examples: Sequence[Example]) -> dict[str, bytes]:
        """Return custom sentences, a file for each language, without those that Home Assistant could not parse."""
        return custom_sentences(examples)


def _turns(assembled: Iterable[AssembledTurn]) -> Iterator[Turn]:
    return (part.turn for part in assembled if part.turn is not None)
