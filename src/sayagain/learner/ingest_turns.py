"""Ingestion of a log: turns go to the store, bad records to the reject file."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from sayagain.config import Settings
from sayagain.errors import InputError
from sayagain.formats import (
    BadRecord,
    ColumnMap,
    EventLog,
    MappedLog,
    ReadsEvents,
    RejectFile,
    Table,
    TurnReader,
    make_column_map,
    sample_rows,
)
from sayagain.models import Progress
from sayagain.reports.records import Ingested
from sayagain.store import Store
from sayagain.turns import Turn

__all__ = ["Columns", "ingest_log"]

LogReader = TurnReader | EventLog | MappedLog
"""Readers of logs: iterated over, they give turns and bad records."""

Columns = Mapping[str, str] | ColumnMap | Literal["guess"]
"""The column of each field, the same with the way times are written, or `guess`."""


def ingest_log(
    store: Store,
    settings: Settings,
    source: str | Path | Table,
    assistant: ReadsEvents | None = None,
    columns: Columns | None = None,
    rejects: str | Path | RejectFile | None = None,
    bad_line: Callable[[BadRecord], None] | None = None,
    progress: Progress | None = None,
) -> Ingested:
    """Read a log into a store; arguments as of `Learner.ingest`.

    Raises:
        InputError: there is no such log, or its columns cannot be mapped.
    """
    reader = _log_reader(source, assistant, columns, settings.max_expansion)
    if isinstance(rejects, RejectFile):
        return _ingest_turns(store, reader, rejects, bad_line=bad_line, progress=progress)
    name = {"-": "stdin"}.get(str(source), source) if isinstance(source, str | Path) else "table"
    with RejectFile(rejects or f"{name}.rejects.jsonl", spare=settings.max_rejects) as reject_file:
        return _ingest_turns(store, reader, reject_file, bad_line=bad_line, progress=progress)


def _log_reader(
    source: str | Path | Table, assistant: ReadsEvents | None, columns: Columns | None, max_expansion: int
) -> LogReader:
    if columns is not None:
        if assistant is not None:
            raise InputError("an assistant's own log has no columns to map; expected the assistant or the columns")
        if columns == "guess":
            columns = make_column_map(sample_rows(source, max_expansion=max_expansion), None)
        elif not isinstance(columns, ColumnMap):
            columns = ColumnMap(columns=dict(columns))
        return MappedLog(source, columns, max_expansion=max_expansion)
    if not isinstance(source, str | Path):
        raise InputError('the columns of a table are not stated; expected columns="guess" or the column of each field')
    if assistant is None:
        return TurnReader(source, max_expansion=max_expansion)
    return EventLog(source, assistant, max_expansion=max_expansion)


def _ingest_turns(
    store: Store,
    reader: LogReader,
    rejects: RejectFile,
    *,
    bad_line: Callable[[BadRecord], None] | None = None,
    progress: Progress | None = None,
) -> Ingested:
    previous_count, previous_omitted, seen = rejects.count, rejects.omitted, 0

    def good() -> Iterator[Turn]:
        nonlocal seen
        for n, record in enumerate(reader):
            if isinstance(record, BadRecord):
                # The size is known beforehand but for a pipe.
                size = reader.position if reader.size is None else reader.size
                rejects.make_room(size - seen)
                seen = size
                rejects.write(record)
                if bad_line is not None:
                    bad_line(record)
            else:
                yield record
            if progress is not None and n % 1000 == 0:
                progress("reading", reader.position, reader.size)

    counts = store.add_turns(good())
    bad = rejects.count - previous_count
    return Ingested(
        new=counts.new,
        known=counts.known,
        bad=bad,
        omitted=rejects.omitted - previous_omitted,
        rejects=str(rejects.path) if bad else None,
    )
