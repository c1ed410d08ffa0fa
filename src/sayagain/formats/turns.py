"""Read the turns of a log, whatever its form: JSON Lines or Parquet, plain or compressed, file or standard input."""

import stat
from collections.abc import Iterator
from pathlib import Path

from sayagain.errors import InputError
from sayagain.formats.bad_record import BadRecord
from sayagain.formats.log_stream import PARQUET_MAGIC, STANDARD_INPUT, open_log
from sayagain.formats.turns_jsonl import jsonl_turns
from sayagain.formats.turns_parquet import parquet_turns
from sayagain.turns import Turn

__all__ = ["TurnReader", "read_turns"]


class TurnReader:
    """The turns of a log, read as they are asked for; tells how far it has come.

    The form is told by the content, not by the name. Iterate over it again to read the file again.

    Args:
        source: a file, or `-` for standard input.

    Raises:
        InputError: on construction when there is no such file; on iteration when it cannot be read on.
    """

    def __init__(self, source: str | Path) -> None:
        self.source = str(source)
        """The log as it was named."""
        self.size: int | None = None
        """Bytes in all, as they lie on disk; None when that is not known beforehand (standard input, a pipe)."""
        self.position = 0
        """Bytes read so far, out of `size`."""
        if self.source == STANDARD_INPUT:
            return
        try:
            found = Path(source).stat()
        except FileNotFoundError:
            raise InputError(f"{source}: there is no such file") from None
        except (OSError, ValueError) as error:
            raise InputError(f"{source}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
        if stat.S_ISDIR(found.st_mode):
            raise InputError(f"{source} is a directory; expected a file of JSON Lines or Parquet")
        if stat.S_ISREG(found.st_mode):
            self.size = found.st_size

    def __iter__(self) -> Iterator[Turn | BadRecord]:
        """Read the turns in the order of the log; a line or row that is no turn gives a `BadRecord`."""
        with open_log(self.source) as stream:
            self.position = 0
            if stream.head(len(PARQUET_MAGIC)) != PARQUET_MAGIC:
                name = "standard input" if self.source == STANDARD_INPUT else self.source
                for record in jsonl_turns(stream, name):
                    self.position = stream.position
                    yield record
                self.position = stream.position
                return
        if self.size is None:
            raise InputError("Parquet cannot be read from a pipe, its index stands at the end; expected a file")
        yield from parquet_turns(Path(self.source), read=self._read_share)

    def _read_share(self, share: float) -> None:
        # Parquet reads columns here and there, so the rows tell better than the bytes how much is left.
        self.position = round(share * (self.size or 0))


def read_turns(source: str | Path) -> Iterator[Turn | BadRecord]:
    r"""Read the turns of a log; a line or row that is no turn gives a `BadRecord` and reading goes on.

    Args:
        source: a file of JSON Lines (plain, gzip, zstd) or Parquet, or `-` for standard input.

    Raises:
        InputError: there is no such file, it is no log, or it cannot be read on.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder, "turns.jsonl")
    ...     lines = '{"turn_id": "a", "started": "2026-01-31T08:00:00Z", "request": "lamp on"}\n{}\n'
    ...     _ = log.write_text(lines, encoding="utf-8")
    ...     [type(record).__name__ for record in read_turns(log)]
    ['Turn', 'BadRecord']
    """
    return iter(TurnReader(source))
