"""Turns as Parquet: one turn a row, nested fields as structs or as JSON text."""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import inspect

from sayagain.config import MAX_EXPANSION
from sayagain.errors import InputError, TurnError
from sayagain.formats.bad_record import BadRecord
from sayagain.formats.expansion import IN_MEMORY, STREAMED, ExpansionLimit
from sayagain.formats.log_lines import LINE_LIMIT
from sayagain.formats.repeated_columns import repeated_columns
from sayagain.formats.turn_record import encode_turn, turn_from_record
from sayagain.turns import Turn

__all__ = ["parquet_rows", "parquet_turns", "turns_to_parquet"]

_READ_ROWS = 1024
_WRITE_ROWS = 8192
_REQUIRED = ("turn_id", "started", "request")
_DAMAGE = (pa.ArrowException, OSError, ValueError, KeyError, OverflowError)


def parquet_turns(
    path: Path, *, read: Callable[[float], None] | None = None, max_expansion: int = MAX_EXPANSION
) -> Iterator[Turn | BadRecord]:
    """Read turns in batches of rows.

    A nested field may be a struct, a list, a map, or text that holds JSON. Timestamps may have any unit; one without a
    zone is read as UTC, as DuckDB and pandas do.

    Args:
        path: the file.
        read: called after each batch with the share of rows read, in [0, 1].
        max_expansion: largest size of all rows, as a multiple of the size of the file.

    Yields:
        The turn of each row, or a bad record.

    Raises:
        InputError: the file is not a Parquet file of turns, is damaged, or expands too far.
    """
    for position, record in parquet_rows(path, _turn_columns, read=read, max_expansion=max_expansion):
        if isinstance(record, dict):
            yield _turn_of_row(record, str(path), position)
        else:
            yield BadRecord(str(path), position, record, b"")


def parquet_rows(
    path: Path,
    choose_columns: Callable[[Path, list[str]], list[str]] | None = None,
    *,
    read: Callable[[float], None] | None = None,
    max_expansion: int = MAX_EXPANSION,
) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Read rows in batches; memory is bounded by the batch, not by the row group.

    Parquet stores a value that repeats once, and a batch would hold it a thousand times. So columns whose repeated
    values are long are kept as they are stored, and expanded row by row.

    Args:
        path: the file.
        choose_columns: from the path and the names of all columns to those that are read; None reads all.
        read: called after each batch with the share of rows read, in [0, 1].
        max_expansion: largest size of all rows, as a multiple of the size of the file.

    Yields:
        The number of each row, from 1, and the row, or the reason why it cannot be read.

    Raises:
        InputError: the file is no Parquet file, is damaged, or expands too far.
    """
    position = expanded = 0
    limit = ExpansionLimit(str(path), max_expansion, STREAMED)
    group_limit = ExpansionLimit(str(path), max_expansion, IN_MEMORY)
    try:
        stored = path.stat().st_size
        repeated = repeated_columns(path, lambda size: group_limit.check(expanded=size, stored=stored))
        # Without the first two settings, a whole row group would be in memory.
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20, read_dictionary=repeated) as file:
            names = file.schema_arrow.names
            columns = names if choose_columns is None else choose_columns(path, names)
            for batch in file.iter_batches(_READ_ROWS, columns=columns, use_threads=False):
                expanded += 0 if repeated else batch.nbytes
                limit.check(expanded=expanded, stored=stored)
                for record in _records(_plain_types(batch), row_by_row=bool(repeated)):
                    position += 1
                    if repeated:
                        size = len(record) if isinstance(record, str) else len(_as_json(record))
                        expanded += size
                        limit.check(expanded=expanded, stored=stored)
                        if size > LINE_LIMIT:
                            record = f"the row is longer than {LINE_LIMIT:,} bytes; expected one turn a row"  # noqa: PLW2901  (its reason takes its place)
                    yield position, record
                if read is not None:
                    # A damaged file may state any number of rows.
                    read(min(1.0, position / max(1, file.metadata.num_rows)))
    except _DAMAGE as error:
        first = str(error).partition("\n")[0]
        raise InputError(f"{path}: cannot be read as Parquet after row {position}: {first}") from None


def _turn_columns(path: Path, names: list[str]) -> list[str]:
    """Return the columns of a table of turns that are fields of a turn."""
    for name in _REQUIRED:
        if name not in names:
            raise InputError(f'{path} has no column "{name}"; each turn needs {", ".join(_REQUIRED)}')
    return [name for name in names if name in _columns()]


def turns_to_parquet(path: str | Path, turns: Iterable[Turn]) -> int:
    """Write turns as Parquet, nested fields as JSON text, times as integer milliseconds; return their number.

    Nested fields are text because slots mix text, numbers and booleans, which no Arrow type holds in one column.

    Raises:
        InputError: the file cannot be written, or a turn is not valid (`TurnError`).
    """
    written = 0
    schema = pa.schema(list(_columns().items()))
    remaining = iter(turns)
    try:
        # Opened here, because Arrow's own message about a file that it cannot open has three sentences.
        with Path(path).open("wb") as file, pq.ParquetWriter(file, schema, compression="zstd") as writer:
            while rows := [_row(turn) for turn in islice(remaining, _WRITE_ROWS)]:
                writer.write_table(pa.Table.from_pylist(rows, schema))
                written += len(rows)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
    return written


@cache
def _columns() -> dict[str, pa.DataType]:
    """Return the column type of each field of a turn; text (JSON) for a nested field."""
    turn = inspect.type_info(Turn)
    assert isinstance(turn, inspect.StructType)
    return {part.encode_name: pa.int64() if _is_time(part.type) else pa.string() for part in turn.fields}


@cache
def _nested_fields() -> frozenset[str]:
    """Return the fields of a turn that are neither text nor time."""
    turn = inspect.type_info(Turn)
    assert isinstance(turn, inspect.StructType)
    return frozenset(part.encode_name for part in turn.fields if not _is_time(part.type) and not _is_text(part.type))


def _is_time(kind: inspect.Type) -> bool:
    return any(isinstance(part, inspect.IntType) for part in _parts(kind))


def _is_text(kind: inspect.Type) -> bool:
    return any(isinstance(part, inspect.StrType) for part in _parts(kind))


def _parts(kind: inspect.Type) -> list[inspect.Type]:
    """Return the members of a union type, without metadata."""
    if isinstance(kind, inspect.Metadata):
        return _parts(kind.type)
    if isinstance(kind, inspect.UnionType):
        return [inner for part in kind.types for inner in _parts(part)]
    return [kind]


def _row(turn: Turn) -> dict[str, object]:
    record: dict[str, object] = msgspec.json.decode(encode_turn(turn))
    for name in _nested_fields() & record.keys():
        record[name] = msgspec.json.encode(record[name]).decode()
    return record


def _turn_of_row(record: dict[str, Any], source: str, row: int) -> Turn | BadRecord:
    record = {name: value for name, value in record.items() if value is not None}
    try:
        return turn_from_record(_decode_nested(record))
    except TurnError as error:
        return BadRecord(source, row, str(error), _as_json(record))


def _decode_nested(record: dict[str, Any]) -> dict[str, Any]:
    """Decode nested fields that are JSON text."""
    nested = dict(record)
    for name in record.keys() & _nested_fields():
        if not isinstance(text := record[name], str):
            continue
        try:
            nested[name] = msgspec.json.decode(text)
        except (ValueError, RecursionError):
            # `raw` is kept unchanged and may be any text.
            if name != "raw":
                raise TurnError(f'"{name}" is text that is not JSON; expected an object or list, or its JSON') from None
    return nested


def _as_json(record: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(record, enc_hook=str)
    except (ValueError, RecursionError, OverflowError):
        return repr(record).encode(errors="replace")


def _records(batch: pa.RecordBatch, *, row_by_row: bool = False) -> Iterator[dict[str, Any] | str]:
    """Yield each row as a record, or as the reason why it cannot be read."""
    if row_by_row:
        for row in range(batch.num_rows):
            yield from _records(batch.slice(row, 1))
        return
    try:
        rows: list[dict[str, Any] | str] = batch.to_pylist(maps_as_pydicts="strict")
    except UnicodeDecodeError as error:
        fault = f"a text is not UTF-8: {error.reason}"
    except (KeyError, ValueError) as error:
        fault = f"the row cannot be read: {error}"
    else:
        yield from rows
        return
    # One bad row fails the whole batch, so read the rows one at a time.
    if batch.num_rows == 1:
        yield fault
    else:
        yield from _records(batch, row_by_row=True)


def _plain_types(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Convert timestamps to integer milliseconds and decimals to floats, at every depth."""
    columns = batch.columns
    for change in (_in_milliseconds, _as_numbers):
        columns = [
            column if (kind := change(column.type)) == column.type else column.cast(kind, safe=False)
            for column in columns
        ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def _in_milliseconds(kind: pa.DataType) -> pa.DataType:
    return pa.timestamp("ms") if pa.types.is_timestamp(kind) else _map_inner_types(kind, _in_milliseconds)


def _as_numbers(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.int64()
    return pa.float64() if pa.types.is_decimal(kind) else _map_inner_types(kind, _as_numbers)


def _map_inner_types(kind: pa.DataType, change: Callable[[pa.DataType], pa.DataType]) -> pa.DataType:
    """Apply a change to the member types of a struct or list."""
    if pa.types.is_struct(kind):
        return pa.struct([kind.field(i).with_type(change(kind.field(i).type)) for i in range(kind.num_fields)])
    if pa.types.is_large_list(kind):
        return pa.large_list(kind.value_field.with_type(change(kind.value_type)))
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(change(kind.value_type)))
    return kind
