"""The rows of a foreign log: CSV, TSV, JSON Lines, one JSON array, or Parquet; plain, gzip or zstd."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from sayagain.config import MAX_EXPANSION
from sayagain.errors import InputError
from sayagain.formats.expansion import IN_MEMORY, STREAMED, ExpansionLimit
from sayagain.formats.log_lines import LINE_LIMIT, numbered_lines, read_rest
from sayagain.formats.log_stream import PARQUET_MAGIC, CountedStream, decompress, open_log
from sayagain.formats.turns_parquet import parquet_rows

__all__ = ["Row", "read_rows"]

_DELIMITERS = ",;\t|"

_ARRAY_LIMIT = 1 << 30

_KEPT = 1000

_decode = msgspec.json.Decoder().decode


class Row(msgspec.Struct, frozen=True):
    """One row of a log."""

    number: int
    """Number of the line, of the row of a table, or of the object of an array, from 1."""
    record: Mapping[str, Any] | str
    """Values by column, or the reason why the row cannot be read."""
    raw: bytes
    """The row as it was read, or its beginning."""


def read_rows(source: str, *, read: Callable[[float], None], max_expansion: int = MAX_EXPANSION) -> Iterator[Row]:
    """Read the rows of a log; the format is told from the content.

    Args:
        source: a file, or `-` for standard input.
        read: told of the bytes read so far, an int; for Parquet of the share of rows read, a float.
        max_expansion: largest size when expanded, as a multiple of the stored size.

    Raises:
        InputError: the log cannot be read, has none of these formats, or expands too far.
    """
    with open_log(source) as stream:
        name = "standard input" if source == "-" else source
        if stream.head(len(PARQUET_MAGIC)) == PARQUET_MAGIC:
            if source == "-":
                raise InputError("Parquet cannot be read from a pipe, because its index is at the end; expected a file")
            yield from _parquet(Path(source), read, max_expansion)
            return
        plain = decompress(stream, ExpansionLimit(name, max_expansion, STREAMED))
        start = plain.peek(4)[:4].removeprefix(b"\xef\xbb\xbf").lstrip()
        rows = _json_rows if start[:1] in (b"{", b"[") else _delimited_rows
        for row in rows(plain, name, ExpansionLimit(name, max_expansion, IN_MEMORY), stream):
            read(stream.position)
            yield row


def _json_rows(plain: io.BufferedReader, name: str, limit: ExpansionLimit, stream: CountedStream) -> Iterator[Row]:
    for number, line, whole in numbered_lines(plain, name):
        text = line.strip()
        if not text:
            continue
        if number == 1 and text.startswith(b"["):
            content = line + read_rest(plain, name, number, _ARRAY_LIMIT)
            limit.check(expanded=len(content), stored=stream.position)
            yield from _array_rows(content, name)
            return
        if not whole:
            yield Row(number, f"the line is longer than {LINE_LIMIT:,} bytes", text[:_KEPT])
            continue
        try:
            record = _decode(text)
        except (ValueError, RecursionError):
            yield Row(number, "not JSON; expected one object a line", text)
        else:
            yield Row(number, record if isinstance(record, dict) else "not an object; expected one a line", text)


def _array_rows(content: bytes, name: str) -> Iterator[Row]:
    try:
        records = _decode(content)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name} begins like a JSON array, but is not valid JSON: {error}") from None
    for number, record in enumerate(records, 1):
        raw = msgspec.json.encode(record)[:_KEPT]
        yield Row(number, record if isinstance(record, dict) else "not an object", raw)


def _delimited_rows(
    plain: io.BufferedReader, name: str, _limit: ExpansionLimit, _stream: CountedStream
) -> Iterator[Row]:
    try:
        with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:
            header = text.readline(LINE_LIMIT)
            delimiter = max(_DELIMITERS, key=header.count)
            if not header.strip():
                return
            if not header.count(delimiter):
                raise InputError(
                    f"{name} is neither JSON nor a table; expected a first line with names of columns, "
                    "separated by commas, semicolons or tabs"
                )
            columns = [column.strip() for column in next(csv.reader([header], delimiter=delimiter))]
            reader = csv.reader(text, delimiter=delimiter)
            while True:
                try:
                    values = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield Row(reader.line_num + 1, f"not a row of the table: {error}", b"")
                    continue
                if values:
                    yield _delimited_row(reader.line_num + 1, columns, values)
    except UnicodeDecodeError as error:
        fault = f"byte 0x{error.object[error.start]:02x}"
        raise InputError(f"{name} is not UTF-8 ({fault}); convert it, for example with iconv -f WINDOWS-1252") from None


def _delimited_row(number: int, columns: list[str], values: list[str]) -> Row:
    raw = ",".join(values).encode(errors="replace")
    if len(values) > len(columns):
        return Row(number, f"{len(values)} values for {len(columns)} columns", raw)
    return Row(number, dict(zip(columns, values, strict=False)), raw)


def _parquet(path: Path, read: Callable[[float], None], max_expansion: int) -> Iterator[Row]:
    for number, record in parquet_rows(path, None, read=read, max_expansion=max_expansion):
        raw = record.encode() if isinstance(record, str) else msgspec.json.encode(record, enc_hook=str)[:_KEPT]
        yield Row(number, record, raw)
