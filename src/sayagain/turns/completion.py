"""Completion: a turn that was logged before it had ended takes what a later record of it adds."""

from typing import TypeVar

import msgspec

from sayagain.turns.turn import Turn

__all__ = ["complete_turn"]

Record = TypeVar("Record", bound=msgspec.Struct)

_IDENTITY = ("turn_id", "started", "request", "user_id", "device_id", "satellite_id")


def complete_turn(stored: Turn, later: Turn) -> Turn:
    """Return a stored turn with what a later record of the same turn adds; nothing that is stored changes.

    Args:
        stored: the turn as it is kept.
        later: another record of it. Where it names another user, device, time or request, it is no record of this turn
            and adds nothing: whoever posts a turn's id again cannot make it somebody else's.

    >>> from sayagain.turns import Response
    >>> stored = Turn(turn_id="t", started=0, request="lamp on")
    >>> ended = Turn(turn_id="t", started=0, request="lamp on", response=Response(text="Done."))
    >>> complete_turn(stored, ended) == ended, complete_turn(ended, stored) == ended
    (True, True)
    """
    if any(getattr(stored, name) != getattr(later, name) for name in _IDENTITY):
        return stored
    return _filled(stored, later)


def _extended(stored: Record, later: Record) -> Record:
    """Return a part with what another record of it adds, or as it is where the two differ: no part is mixed."""
    filled = _filled(stored, later)
    return filled if filled == _filled(later, stored) else stored


def _filled(stored: Record, later: Record) -> Record:
    """Return a record whose missing parts are taken from another of its kind."""
    added = {}
    for field in msgspec.structs.fields(stored):
        kept, other = getattr(stored, field.name), getattr(later, field.name)
        if kept == other or field.required:
            continue
        if isinstance(kept, msgspec.Struct) and type(kept) is type(other):
            added[field.name] = _extended(kept, other)
        elif _is_missing(kept):
            added[field.name] = other
    return msgspec.structs.replace(stored, **added) if added else stored


def _is_missing(value: object) -> bool:
    return value is None or value in ((), "", {})
