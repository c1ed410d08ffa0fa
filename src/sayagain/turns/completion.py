"""Completion: merge a later record into a turn that was logged before it ended."""

from typing import TypeVar

import msgspec

from sayagain.turns.turn import Turn

__all__ = ["complete_turn"]

Record = TypeVar("Record", bound=msgspec.Struct)

_IDENTITY = ("turn_id", "started", "request", "user_id", "home", "device_id", "satellite_id")


def complete_turn(stored: Turn, later: Turn) -> Turn:
    """Return a stored turn with its missing parts filled from a later record; stored values never change.

    Args:
        stored: the turn in the store.
        later: another record of it. A record with another user, home, device, time or request is ignored, so that
            posting a known turn id cannot assign the turn to another user.

    >>> from sayagain.turns import Response
    >>> stored = Turn(turn_id="t", started=0, request="lamp on")
    >>> ended = Turn(turn_id="t", started=0, request="lamp on", response=Response(text="Done."))
    >>> complete_turn(stored, ended) == ended, complete_turn(ended, stored) == ended
    (True, True)
    """
    if any(getattr(stored, name) != getattr(later, name) for name in _IDENTITY):
        return stored
    return _fill(stored, later)


def _extend(stored: Record, later: Record) -> Record:
    """Fill the missing fields of a part, unless the two records contradict each other."""
    completed = _fill(stored, later)
    return completed if completed == _fill(later, stored) else stored


def _fill(stored: Record, later: Record) -> Record:
    """Return a record with its missing fields taken from another record of the same type."""
    additions = {}
    for field in msgspec.structs.fields(stored):
        stored_value, later_value = getattr(stored, field.name), getattr(later, field.name)
        if stored_value == later_value or field.required:
            continue
        if isinstance(stored_value, msgspec.Struct) and type(stored_value) is type(later_value):
            additions[field.name] = _extend(stored_value, later_value)
        elif _is_missing(stored_value):
            additions[field.name] = later_value
    return msgspec.structs.replace(stored, **additions) if additions else stored


def _is_missing(value: object) -> bool:
    return value is None or value in ((), "", {})
