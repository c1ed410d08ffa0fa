"""An assistant's own log: its events as JSON Lines or as one JSON array, read into turns by whoever knows them."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from sayagain.errors import InputError
from sayagain.formats.bad_record import BadRecord
from sayagain.formats.log_stream import STANDARD_INPUT, decompress, open_log
from sayagain.formats.turns import TurnReader
from sayagain.turns import Turn

__all__ = ["EventLog", "ReadsEvents"]

_decode = msgspec.json.Decoder().decode


class ReadsEvents(Protocol):
    """Makes turns of an assistant's events; every `Assistant` does."""

    def turns(self, events: Iterable[Mapping[str, Any]], source: str) -> Iterator[Turn | BadRecord]:
        """Gather events into turns; a `BadRecord` bears the number of the event, from 1, as its line."""
        ...


class EventLog:
    r"""The turns of an assistant's own log; tells how far it has come.

    Args:
        source: a file of JSON Lines (plain, gzip, zstd) or one JSON array of events, or `-` for standard input.
        reader: makes turns of the events.

    Raises:
        InputError: on construction when there is no such file; on iteration when it is no JSON at all.

    >>> import tempfile
    >>> class Shout:
    ...     def turns(self, events, source):
    ...         for n, event in enumerate(events, 1):
    ...             yield Turn(turn_id=str(n), started=0, request=event["words"].upper())
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder, "events.jsonl")
    ...     _ = log.write_text('{"words": "lamp on"}\n', encoding="utf-8")
    ...     [turn.request for turn in EventLog(log, Shout())]
    ['LAMP ON']
    """

    def __init__(self, source: str | Path, reader: ReadsEvents) -> None:
        self.source = str(source)
        """The log as it was named."""
        self.size = TurnReader(source).size
        """Bytes in all; None when that is not known beforehand."""
        self.position = 0
        """Bytes read so far, out of `size`."""
        self._reader = reader
        # The events that are not where their number says, because a line before them was blank: number and line.
        self._events: list[int] = []
        self._lines: list[int] = []

    def __iter__(self) -> Iterator[Turn | BadRecord]:
        """Read the turns; an event that cannot be used gives a `BadRecord` with the line that it stands in."""
        name = "standard input" if self.source == STANDARD_INPUT else self.source
        self._events, self._lines, self.position = [], [], 0
        for record in self._reader.turns(self._read(name), name):
            yield self._placed(record) if isinstance(record, BadRecord) else record

    def _read(self, name: str) -> Iterator[Any]:
        with open_log(self.source) as stream:
            lines = decompress(stream)
            number = event = 0
            for line in lines:
                number += 1
                self.position = stream.position
                text = line.strip()
                if not text:
                    continue
                if not event and text.startswith(b"["):
                    yield from _array(text + lines.read(), name)
                    self.position = stream.position
                    return
                event += 1
                if number - event != (self._lines[-1] - self._events[-1] if self._lines else 0):
                    self._events.append(event)
                    self._lines.append(number)
                try:
                    yield _decode(text)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    # No event of any assistant is a text, so its reader says what was expected in its place.
                    yield text.decode(errors="replace")

    def _placed(self, bad: BadRecord) -> BadRecord:
        place = bisect_right(self._events, bad.line) - 1
        shift = self._lines[place] - self._events[place] if place >= 0 else 0
        return msgspec.structs.replace(bad, line=bad.line + shift)


def _array(text: bytes, name: str) -> list[Any]:
    try:
        found: list[Any] = _decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{name} begins like a JSON array and is none: {error}") from None
    return found
