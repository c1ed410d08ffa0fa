"""Turns as JSON Lines: one turn a line, UTF-8, plain or compressed."""

import gzip
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

import msgspec
import zstandard

from sayagain.config import MAX_EXPANSION
from sayagain.errors import InputError, TurnError
from sayagain.formats.bad_record import BadRecord
from sayagain.formats.expansion import STREAMED, ExpansionLimit
from sayagain.formats.log_lines import LINE_LIMIT, numbered_lines
from sayagain.formats.log_stream import CountedStream, decompress
from sayagain.formats.turn_record import check_turn, encode_turn, turn_from_record
from sayagain.turns import Turn

__all__ = ["jsonl_turns", "turn_from_line", "write_turns_jsonl"]

_KEPT_OF_LONG_LINE = 1000
_decode_turn = msgspec.json.Decoder(Turn).decode
_decode_any = msgspec.json.Decoder().decode


def jsonl_turns(
    stream: CountedStream, source: str, *, limit: int = LINE_LIMIT, max_expansion: int = MAX_EXPANSION
) -> Iterator[Turn | BadRecord]:
    """Read turns line by line; memory is bounded by the longest line.

    Args:
        stream: bytes of the log, plain, gzip or zstd.
        source: name of the log, for bad records and errors.
        limit: longest line, in bytes.
        max_expansion: largest size when decompressed, as a multiple of the stored size.

    Yields:
        The turn of each line, or a bad record; blank lines are skipped.

    Raises:
        InputError: the log is not JSON Lines, expands too far, or reading fails.
    """
    first = True
    plain = decompress(stream, ExpansionLimit(source, max_expansion, STREAMED))
    for number, line, whole in numbered_lines(plain, source, limit):
        text = line.strip()
        if not text:
            continue
        if first:
            first = False
            _check_first(text, source)
        if not whole:
            reason = f"the line is longer than {limit:,} bytes; expected one turn a line"
            yield BadRecord(source, number, reason, text[:_KEPT_OF_LONG_LINE])
            continue
        try:
            yield turn_from_line(text)
        except TurnError as error:
            yield BadRecord(source, number, str(error), text)


def turn_from_line(line: bytes) -> Turn:
    """Decode a turn from one line of JSON.

    Raises:
        TurnError: what was seen and what was expected; the caller adds the place.

    >>> turn_from_line(b'{"turn_id": "a", "started": "2026-01-31T08:00:00Z", "request": "lamp on"}').request
    'lamp on'
    >>> turn_from_line(b'{"turn_id": "a", "star')
    Traceback (most recent call last):
    sayagain.errors.TurnError: not JSON: the line is truncated; expected one object a line
    """
    # msgspec skips unknown fields unread, so it would accept bad bytes in some fields and not in others.
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError as error:
            seen = f"byte 0x{line[error.start]:02x} at position {error.start + 1}"
            raise TurnError(f"not UTF-8: {seen}; expected a log in UTF-8") from None
    try:
        turn = _decode_turn(line)
    except (ValueError, RecursionError):
        return turn_from_record(_record(line))
    check_turn(turn)
    return turn


def write_turns_jsonl(path: str | Path, turns: Iterable[Turn]) -> int:
    """Write turns, one a line, compressed if the name ends in `.gz` or `.zst`; return their number.

    Raises:
        InputError: the file cannot be written, or a turn is not valid (`TurnError`).
    """
    path = Path(path)
    written = 0
    try:
        with ExitStack() as stack:
            file: BinaryIO = stack.enter_context(path.open("wb"))
            out: BinaryIO = file
            if path.suffix == ".gz":
                # No file name and no time in the header, so that the same turns give the same bytes.
                zipped = gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0, compresslevel=6)
                out = cast("BinaryIO", stack.enter_context(zipped))
            elif path.suffix == ".zst":
                out = stack.enter_context(zstandard.ZstdCompressor().stream_writer(file, closefd=False))
            for turn in turns:
                out.write(encode_turn(turn) + b"\n")
                written += 1
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return written


def _check_first(line: bytes, source: str) -> None:
    if line.startswith(b"["):
        raise InputError(f"{source} is one JSON array; expected one object a line (convert it with jq -c '.[]')")
    if line == b"{":
        raise InputError(
            f"{source} spreads an object over several lines; expected one object a line (convert it with jq -c .)"
        )


def _record(line: bytes) -> object:
    try:
        return _decode_any(line)
    except RecursionError:
        raise TurnError("not a turn: the line is nested too deep") from None
    except ValueError as error:
        fault = (
            str(error).removeprefix("JSON is malformed: ").replace("Input data was truncated", "the line is truncated")
        )
        raise TurnError(f"not JSON: {fault}; expected one object a line") from None
