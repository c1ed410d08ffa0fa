"""Logs with a row for the user and another for the assistant, as chat systems keep them: rows joined to turns."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from sayagain.formats.bad_record import BadRecord
from sayagain.formats.column_map import ColumnMap
from sayagain.formats.column_values import column_value
from sayagain.turns import Response, Turn

__all__ = ["USERS", "DialogueRows"]

USERS = frozenset({"user", "human", "customer", "caller", "client", "visitor"})
"""Values of `role` that stand for the user, in lower case."""

_ASSISTANTS = frozenset({"assistant", "bot", "agent", "ai", "model", "system_response", "chatbot"})
"""Values of `role` that stand for the assistant; rows of any other role are skipped."""

_MOST_OPEN = 10_000
"""Dialogues that wait for an answer at a time; beyond, the one that waits longest is left without one."""


class DialogueRows:
    """Joins each row of the user with the assistant's next row of the same dialogue.

    Args:
        columns: with a column for `role`; the one of `request` holds the words of both.
    """

    def __init__(self, columns: ColumnMap) -> None:
        self._columns = columns
        self._open: dict[str, Turn] = {}

    def add(self, row: Mapping[str, Any], make: Callable[[], Turn | BadRecord]) -> Iterator[Turn | BadRecord]:
        """Take one row and yield the turns that it completes.

        Args:
            row: the row.
            make: makes a turn of it, or a bad record.
        """
        role = column_value(self._columns.value(row, "role")).lower()
        dialogue = self._dialogue(row)
        if role in USERS:
            turn = make()
            if isinstance(turn, BadRecord):
                yield turn
                return
            if (unanswered := self._open.pop(dialogue, None)) is not None:
                yield unanswered
            if len(self._open) >= _MOST_OPEN:
                yield self._open.pop(next(iter(self._open)))
            self._open[dialogue] = turn
        elif role in _ASSISTANTS and dialogue in self._open:
            turn = self._open[dialogue]
            text = column_value(self._columns.value(row, "request"))
            # Several answers in a row are one.
            before = turn.response.text if turn.response is not None else ""
            response = msgspec.structs.replace(turn.response or Response(), text=f"{before} {text}".strip())
            self._open[dialogue] = msgspec.structs.replace(turn, response=response)

    def rest(self) -> Iterator[Turn]:
        """Yield the turns that are still open at the end of the log."""
        yield from self._open.values()
        self._open.clear()

    def _dialogue(self, row: Mapping[str, Any]) -> str:
        fields = ("session_id", "conversation_id", "user_id", "device_id")
        return next((text for field in fields if (text := column_value(self._columns.value(row, field)))), "")
