"""The event log of an assistant: JSON Lines, one JSON array or object, or YAML; its reader turns events into turns."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from sayagain.config import MAX_EXPANSION
from sayagain.errors import InputError
from sayagain.formats.bad_record import BadRecord
from sayagain.formats.expansion import IN_MEMORY, ExpansionLimit
from sayagain.formats.log_lines import numbered_lines, read_rest
from sayagain.formats.log_stream import STANDARD_INPUT, decompress, open_log
from sayagain.formats.plain_yaml import read_plain_yaml
from sayagain.formats.turns import TurnReader
from sayagain.turns import Turn

__all__ = ["EventLog", "ReadsEvents"]

_ARRAY_LIMIT = 1 << 30
"""Most bytes of an array of events, which is in memory as a whole."""

_KEPT_OF_LONG_LINE = 1000

_YAML = re.compile(rb"---|- |[A-Za-z_]\w*:(?: |$)")
"""The beginning of a YAML document."""

_decode = msgspec.json.Decoder().decode


class ReadsEvents(Protocol):
    """A reader that turns an assistant's events into turns; every `Assistant` is one."""

    def turns(self, events: Iterable[Mapping[str, Any]], source: str) -> Iterator[Turn | BadRecord]:
        """Combine events into turns; the line of a `BadRecord` is the number of the event, from 1."""
        ...


class EventLog:
    r"""The turns of an assistant's event log, with the progress of reading.

    Args:
        source: a file of JSON Lines, one JSON array or object, or YAML (plain, gzip, zstd), or `-` for standard input.
        reader: the reader of the assistant's events.
        max_expansion: largest size when decompressed, as a multiple of the stored size.

    Raises:
        InputError: on construction if there is no such file; on iteration if it is not JSON, is damaged, or expands
            too far.

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

    def __init__(self, source: str | Path, reader: ReadsEvents, *, max_expansion: int = MAX_EXPANSION) -> None:
        self.source = str(source)
        """Name of the log as given."""
        self.size = TurnReader(source).size
        """Size in bytes; None if unknown (standard input, a pipe)."""
        self.position = 0
        """Bytes read so far."""
        self._reader = reader
        self._limit = ExpansionLimit(self.source, max_expansion, IN_MEMORY)
        # Blank lines shift events: the number of each event after one, and its line.
        self._shifted_events: list[int] = []
        self._shifted_lines: list[int] = []

    def __iter__(self) -> Iterator[Turn | BadRecord]:
        """Read the turns; an event that cannot be used gives a `BadRecord` with its line."""
        name = "standard input" if self.source == STANDARD_INPUT else self.source
        self._shifted_events, self._shifted_lines, self.position = [], [], 0
        for record in self._reader.turns(self._read(name), name):
            yield self._with_line(record) if isinstance(record, BadRecord) else record

    def _read(self, name: str) -> Iterator[Any]:
        with open_log(self.source) as stream:
            plain = decompress(stream, self._limit)
            event = 0
            for number, line, whole in numbered_lines(plain, name):
                self.position = stream.position
                text = line.strip()
                if not text:
                    continue
                if not event and (text.startswith(b"[") or text == b"{" or _YAML.match(text)):
                    content = line + read_rest(plain, name, number, _ARRAY_LIMIT)
                    yield from _yaml(content, name) if _YAML.match(text) else _json(content, name)
                    self.position = stream.position
                    return
                event += 1
                shift = self._shifted_lines[-1] - self._shifted_events[-1] if self._shifted_lines else 0
                if number - event != shift:
                    self._shifted_events.append(event)
                    self._shifted_lines.append(number)
                try:
                    # What is cut off is no event either.
                    yield _decode(text) if whole else text[:_KEPT_OF_LONG_LINE].decode(errors="replace")
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    # No assistant has a string for an event, so its reader reports what it expected instead.
                    yield text.decode(errors="replace")

    def _with_line(self, bad: BadRecord) -> BadRecord:
        index = bisect_right(self._shifted_events, bad.line) - 1
        shift = self._shifted_lines[index] - self._shifted_events[index] if index >= 0 else 0
        return msgspec.structs.replace(bad, line=bad.line + shift)


def _json(text: bytes, name: str) -> list[Any]:
    """Return the events of one JSON array, or one object that is spread over several lines."""
    kind = "array" if text.lstrip().startswith(b"[") else "object"
    try:
        events = _decode(text)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(f"{name} begins like a JSON {kind}, but is not valid JSON: {error}") from None
    return events if isinstance(events, list) else [events]


def _yaml(text: bytes, name: str) -> list[Any]:
    events = read_plain_yaml(text, name)
    return events if isinstance(events, list) else [events]
