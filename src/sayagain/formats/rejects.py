"""The reject file: the lines of a log that are not turns, kept so that they can be repaired and read again."""

import base64
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from sayagain.errors import InputError
from sayagain.formats.bad_record import BadRecord

__all__ = ["RejectFile"]


class RejectFile:
    """Writes bad records as JSON Lines: `source`, `line`, `reason`, and `raw`, or `raw_base64` if it is not UTF-8.

    The first bad record creates the file and replaces an existing one; without bad records, there is no file.

    >>> with RejectFile("rejects.jsonl") as rejects:
    ...     pass
    >>> rejects.count, Path("rejects.jsonl").exists()
    (0, False)
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        """Path of the file."""
        self.count = 0
        """Number of records written."""
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, bad: BadRecord) -> None:
        """Add one bad record.

        Raises:
            InputError: the file cannot be written.
        """
        row: dict[str, object] = {"source": bad.source, "line": bad.line, "reason": bad.reason}
        try:
            row["raw"] = bad.raw.decode()
        except UnicodeDecodeError:
            row["raw_base64"] = base64.b64encode(bad.raw).decode()
        # A file name or a quoted part of the line may hold lone surrogates.
        row = {
            key: value.encode(errors="replace").decode() if isinstance(value, str) else value
            for key, value in row.items()
        }
        try:
            if self._file is None:
                self._file = self.path.open("wb")
            self._file.write(msgspec.json.encode(row) + b"\n")
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from None
        self.count += 1

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        if self._file is None:
            return
        try:
            self._file.close()
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from None
        finally:
            self._file = None
