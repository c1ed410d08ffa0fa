"""The reader of logs of turns: JSON Lines or Parquet, plain or compressed, a file or standard input."""

import stat
from collections.abc import Iterator
from pathlib import Path

from sayagain.config import MAX_EXPANSION
from sayagain.errors import InputError
from sayagain.formats.bad_record import BadRecord
from sayagain.formats.log_stream import PARQUET_MAGIC, STANDARD_INPUT, open_log
from sayagain.formats.turns_jsonl import jsonl_turns
from sayagain.formats.turns_parquet import parquet_turns
from sayagain.turns import Turn

__all__ = ["TurnReader", "read_turns"]


class TurnReader:
    """The turns of a log, read lazily, with the progress of reading.

    The format is detected from the content, not from the name. Iterate again to read the file again.

    Args:
        source: a file, or `-` for standard input.
        max_expansion: largest size when expanded, as a multiple of the stored size.

    Raises:
        InputError: on construction if there is no such file; on iteration if reading fails or the log expands too far.
    """

    def __init__(self, source: str | Path, *, max_expansion: int = MAX_EXPANSION) -> None:
        self.source = str(source)
        """Name of the log as given."""
        self.size: int | None = None
        """Size on disk in bytes; None if unknown (standard input, a pipe)."""
        self.position = 0
        """Bytes read so far."""
        self._max_expansion = max_expansion
        if self.source == STANDARD_INPUT:
            return
        try:
            status = Path(source).stat()
        except FileNotFoundError:
            raise InputError(f"{source}: there is no such file") from None
        except (OSError, ValueError) as error:
            raise InputError(f"{source}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{source} is a directory; expected a file of JSON Lines or Parquet")
        if stat.S_ISREG(status.st_mode):
            self.size = status.st_size

    def __iter__(self) -> Iterator[Turn | BadRecord]:
        """Read the turns in the order of the log; a line or row that is not a turn gives a `BadRecord`."""
        with open_log(self.source) as stream:
            self.position = 0
            if stream.head(len(PARQUET_MAGIC)) != PARQUET_MAGIC:
                name = "standard input" if self.source == STANDARD_INPUT else self.source
                for record in jsonl_turns(stream, name, max_expansion=self._max_expansion):
                    self.position = stream.position
                    yield record
                self.position = stream.position
                return
        if self.size is None:
            raise InputError("Parquet cannot be read from a pipe, because its index is at the end; expected a file")
        yield from parquet_turns(Path(self.source), read=self._read_share, max_expansion=self._max_expansion)

    def _read_share(self, share: float) -> None:
        # Parquet reads columns out of order, so progress is counted in rows, not bytes.
        self.position = round(share * (self.size or 0))


def read_turns(source: str | Path) -> Iterator[Turn | BadRecord]:
    r"""Read the turns of a log; a line or row that is not a turn gives a `BadRecord`, and reading continues.

    Args:
        source: a file of JSON Lines (plain, gzip, zstd) or Parquet, or `-` for standard input.

    Raises:
        InputError: there is no such file, it is not a log, or reading fails.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder, "turns.jsonl")
    ...     lines = '{"turn_id": "a", "started": "2026-01-31T08:00:00Z", "request": "lamp on"}\n{}\n'
    ...     _ = log.write_text(lines, encoding="utf-8")
    ...     [type(record).__name__ for record in read_turns(log)]
    ['Turn', 'BadRecord']
    """
    return iter(TurnReader(source))
