"""Ingestion of a log: turns go to the store, bad records to the reject file."""

from collections.abc import Callable, Iterator

from sayagain.formats import BadRecord, EventLog, RejectFile, TurnReader
from sayagain.models import Progress
from sayagain.reports.records import Ingested
from sayagain.store import Store
from sayagain.turns import Turn

__all__ = ["ingest_turns"]


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
    previous_count = rejects.count

    def good() -> Iterator[Turn]:
        for n, record in enumerate(reader):
            if isinstance(record, BadRecord):
                rejects.write(record)
                if bad_line is not None:
                    bad_line(record)
            else:
                yield record
            if progress is not None and n % 1000 == 0:
                progress("reading", reader.position, reader.size)

    counts = store.add_turns(good())
    bad = rejects.count - previous_count
    return Ingested(new=counts.new, known=counts.known, bad=bad, rejects=str(rejects.path) if bad else None)
