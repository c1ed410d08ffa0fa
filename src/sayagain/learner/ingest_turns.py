"""Ingestion of a log: turns go to the store, bad records to the reject file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from sayagain.formats import BadRecord, EventLog, ReadsEvents, RejectFile, TurnReader
from sayagain.models import Progress
from sayagain.reports.records import Ingested
from sayagain.store import Store
from sayagain.turns import Turn

__all__ = ["ingest_turns", "log_reader"]


def log_reader(source: str | Path, assistant: ReadsEvents | None, *, max_expansion: int) -> TurnReader | EventLog:
    """Return the reader of a log.

    Args:
        source: the log.
        assistant: reads the log where it is the assistant's own; None for a log of turns.
        max_expansion: as in the settings.
    """
    if assistant is None:
        return TurnReader(source, max_expansion=max_expansion)
    return EventLog(source, assistant, max_expansion=max_expansion)


def ingest_turns(
    store: Store,
    reader: TurnReader | EventLog,
    rejects: RejectFile,
    *,
    bad_line: Callable[[BadRecord], None] | None = None,
    progress: Progress | None = None,
) -> Ingested:
    """Read a log into a store.

    Args:
        store: where the turns go.
        reader: gives turns and bad records.
        rejects: where bad records go; stays open.
        bad_line: told of each bad record.
        progress: told of bytes read.
    """
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
