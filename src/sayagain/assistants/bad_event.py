"""A bad record of an assistant's own log: one sentence, and the event as it was, whatever it is."""

import msgspec

from sayagain.formats import BadRecord

__all__ = ["bad_event"]


def bad_event(source: str, line: int, error: Exception, event: object = msgspec.UNSET) -> BadRecord:
    r"""Return the record of an event that cannot be used, or of a turn that cannot be kept.

    Args:
        source: names the log.
        line: of the event, the first is 1.
        error: says what was seen and what was expected; put into one line.
        event: what was read; left out where a turn is refused that several events made.

    >>> str(bad_event("log", 3, ValueError("no object;\nexpected one"), [1]))
    'log:3: no object; expected one'
    """
    return BadRecord(source, line, " ".join(str(error).split()) or type(error).__name__, _raw(event))


def _raw(event: object) -> bytes:
    if event is msgspec.UNSET:
        return b""
    try:
        return msgspec.json.encode(event)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return repr(event).encode(errors="replace")
