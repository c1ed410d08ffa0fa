"""Bad records of an assistant's own log: one sentence, and the event as it was."""

import json

import msgspec

from sayagain.errors import TurnError
from sayagain.formats import BadRecord, encode_turn
from sayagain.turns import Turn

__all__ = ["bad_event", "checked_turn"]


def bad_event(source: str, line: int, error: Exception, event: object = msgspec.UNSET) -> BadRecord:
    r"""Return the bad record of an event that cannot be read, or of a turn that cannot be stored.

    Args:
        source: name of the log.
        line: line of the event, from 1.
        error: what was seen and what was expected; put into one line.
        event: the event; left out for a turn that several events made.

    >>> str(bad_event("log", 3, ValueError("no object;\nexpected one"), [1]))
    'log:3: no object; expected one'
    """
    return BadRecord(source, line, " ".join(str(error).split()) or type(error).__name__, _raw(event))


def checked_turn(turn: Turn, source: str, line: int) -> Turn | BadRecord:
    """Return a turn if the store can keep it, else a bad record: the store would refuse the whole log.

    Args:
        turn: a turn made from events.
        source: name of the log.
        line: line of the first event of the turn, from 1.
    """
    try:
        encode_turn(turn)
    except TurnError as error:
        return bad_event(source, line, error)
    return turn


def _raw(event: object) -> bytes:
    if event is msgspec.UNSET:
        return b""
    try:
        return msgspec.json.encode(event)
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass
    try:
        # Still JSON, so that `forget` finds the user by the id.
        return json.dumps(msgspec.to_builtins(event), ensure_ascii=False, default=repr).encode(errors="replace")
    except (TypeError, ValueError, OverflowError, RecursionError):
        return repr(event).encode(errors="replace")
