"""A foreign log, whose columns a map turns into turns: a file, or a table in memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import msgspec

from sayagain.config import MAX_EXPANSION
from sayagain.errors import InputError, TurnError
from sayagain.formats.bad_record import BadRecord
from sayagain.formats.column_map import ColumnMap, parse_columns
from sayagain.formats.dialogue_rows import DialogueRows
from sayagain.formats.guess_columns import guess_columns, known_columns
from sayagain.formats.log_stream import STANDARD_INPUT
from sayagain.formats.rows import Row, read_rows
from sayagain.formats.turns import TurnReader
from sayagain.turns import Turn

__all__ = ["MappedLog", "Table", "make_column_map", "sample_rows"]

SAMPLE = 200
"""Rows that a guess looks at."""


class ArrowTable(Protocol):
    """A table that exports itself to Arrow, as those of pandas, polars, DuckDB and Arrow do."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Export the table."""
        ...


Table = ArrowTable | Iterable[Mapping[str, Any]]
"""A table in memory."""


class MappedLog:
    r"""The turns of a foreign log, with the progress of reading.

    Args:
        source: a file (CSV, TSV, JSON Lines, one JSON array, Parquet; plain, gzip, zstd), `-` for standard input, or a
            table in memory: of pandas, polars or Arrow, or a list of dicts.
        columns: which column holds which field.
        max_expansion: largest size of a file when expanded, as a multiple of the stored size.

    Raises:
        InputError: on construction if there is no such file; on iteration if reading fails.

    >>> rows = [{"said": "lamp on", "when": "2026-01-31T08:00:00Z"}]
    >>> [turn.request for turn in MappedLog(rows, ColumnMap(columns={"request": "said", "started": "when"}))]
    ['lamp on']
    """

    def __init__(self, source: str | Path | Table, columns: ColumnMap, *, max_expansion: int = MAX_EXPANSION) -> None:
        self.source = str(source) if isinstance(source, str | Path) else "the table"
        """Name of the log."""
        self.size = TurnReader(source).size if isinstance(source, str | Path) else None
        """Size in bytes; None if unknown."""
        self.position = 0
        """Bytes read so far."""
        self.columns = columns
        """Which column holds which field."""
        self._rows = source
        self._max_expansion = max_expansion

    def __iter__(self) -> Iterator[Turn | BadRecord]:
        """Read the turns in the order of the log; a row that is not a turn gives a `BadRecord`."""
        name = "standard input" if self.source == "-" else self.source
        dialogues = DialogueRows(self.columns) if "role" in self.columns.columns else None
        for row in _rows(self._rows, self._read, self._max_expansion):
            record = row.record
            if isinstance(record, str):
                yield BadRecord(name, row.number, record, row.raw)
            elif dialogues is not None:
                yield from dialogues.add(record, _maker(self.columns, row, name))
            else:
                yield _maker(self.columns, row, name)()
        if dialogues is not None:
            yield from dialogues.rest()

    def _read(self, progress: float) -> None:
        self.position = progress if isinstance(progress, int) else round(progress * (self.size or 0))


def sample_rows(source: str | Path | Table, *, max_expansion: int = MAX_EXPANSION) -> list[Mapping[str, Any]]:
    """Return the first rows of a log, for a guess at its columns.

    Raises:
        InputError: the log has no rows, cannot be read, or cannot be read twice.
    """
    if str(source) == STANDARD_INPUT:
        raise InputError("the columns of standard input cannot be looked at beforehand; expected a file")
    if isinstance(source, Iterator):
        raise InputError(f"a {type(source).__name__} can be read only once; expected a list of dicts")
    rows = _rows(source, lambda _: None, max_expansion)
    sample = [row.record for row in islice(rows, SAMPLE) if not isinstance(row.record, str)]
    if not sample:
        name = source if isinstance(source, str | Path) else "the table"
        raise InputError(f"{name} has no rows to learn the names of its columns from")
    return sample


def make_column_map(
    sample: Sequence[Mapping[str, Any]],
    pairs: Iterable[str] | None,
    *,
    zone: str | None = None,
    time_format: str | None = None,
) -> ColumnMap:
    """Return the column map of a log: the one stated, or the one that its names and values suggest.

    Args:
        sample: rows of the log, as of `sample_rows`.
        pairs: such as `request=text`; None to guess all.
        zone: time zone of times that state none.
        time_format: format of times.

    Raises:
        InputError: a pair names no field or no column, or no column looks like the request or its time.

    >>> make_column_map([{"utterance": "lamp on", "ts": "1769842800"}], None).columns
    {'request': 'utterance', 'started': 'ts'}
    """
    columns = guess_columns(sample) if pairs is None else parse_columns(pairs, known_columns(sample))
    return ColumnMap(columns=columns, zone=zone, time_format=time_format)


def _rows(source: str | Path | Table, read: Callable[[float], None], max_expansion: int) -> Iterator[Row]:
    if isinstance(source, str | Path):
        yield from read_rows(str(source), read=read, max_expansion=max_expansion)
        return
    for number, record in enumerate(_records(source), 1):
        if isinstance(record, Mapping):
            yield Row(number, record, msgspec.json.encode(dict(record), enc_hook=str))
        else:
            yield Row(number, "not a row of a table; expected a dict", repr(record)[:1000].encode(errors="replace"))


def _records(table: Table) -> Iterable[object]:
    """Yield the rows of a table in memory."""
    if hasattr(table, "__arrow_c_stream__"):
        import pyarrow as pa  # noqa: PLC0415  (slow to import; most logs are files)

        for batch in pa.RecordBatchReader.from_stream(table):
            yield from batch.to_pylist()
    elif isinstance(table, Iterable):
        yield from table
    else:
        raise InputError(
            f"a {type(table).__name__} is no log; expected the name of a file, a table of pandas, polars or Arrow, "
            "or a list of dicts"
        )


def _maker(columns: ColumnMap, row: Row, name: str) -> Callable[[], Turn | BadRecord]:
    def make() -> Turn | BadRecord:
        assert not isinstance(row.record, str)
        try:
            return columns.turn(row.record)
        except TurnError as error:
            return BadRecord(name, row.number, str(error), row.raw)

    return make
