"""The reject file: the lines of a log that are not turns, kept so that they can be repaired and read again."""

import base64
import os
import secrets
from pathlib import Path
from typing import BinaryIO, Self

import msgspec

from sayagain.config import MAX_REJECTS
from sayagain.errors import InputError
from sayagain.formats.bad_record import BadRecord

__all__ = ["RejectFile", "append_reject", "forget_rejects"]

_LOG_TIMES = 4


class RejectFile:
    """Writes bad records as JSON Lines: `source`, `line`, `reason`, and `raw`, or `raw_base64` if it is not UTF-8.

    The first bad record creates the file and replaces an existing one; without bad records, there is no file. The file
    has at most four times the bytes of the log and `spare` more: a few bytes of a compressed log can be millions of bad
    lines.

    Args:
        path: the file.
        spare: bytes beyond four times the log.

    >>> with RejectFile("rejects.jsonl") as rejects:
    ...     pass
    >>> rejects.count, Path("rejects.jsonl").exists()
    (0, False)
    """

    def __init__(self, path: str | Path, *, spare: int = MAX_REJECTS) -> None:
        self.path = Path(path)
        """Path of the file."""
        self.count = 0
        """Number of bad records."""
        self.omitted = 0
        """Number of those that the file had no room for."""
        self._room = spare
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def make_room(self, log_bytes: int) -> None:
        """Allow four times so many bytes more; called as a log is read."""
        self._room += _LOG_TIMES * log_bytes

    def write(self, bad: BadRecord) -> None:
        """Add one bad record, or count it as omitted where the file is full.

        Raises:
            InputError: the file cannot be written.
        """
        row = _row(bad)
        self.count += 1
        if len(row) > self._room:
            self.omitted += 1
            return
        self._room -= len(row)
        try:
            if self._file is None:
                self._file = self.path.open("wb")
            self._file.write(row)
        except OSError as error:
            raise InputError(f"{self.path}: cannot be written: {error.strerror}") from None

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


def append_reject(path: Path, bad: BadRecord, *, limit: int) -> bool:
    """Add one bad record to a reject file that several runs share; return whether it was added.

    Args:
        path: the file; created if missing.
        bad: the bad record.
        limit: size in bytes that the file never exceeds.

    Raises:
        InputError: the file cannot be written.
    """
    row = _row(bad)
    try:
        with path.open("ab") as file:
            if file.tell() + len(row) > limit:
                return False
            file.write(row)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
    return True


def forget_rejects(path: Path, user: str) -> int:
    """Delete the lines of a reject file that name a user as a JSON text; return how many. All of the file, or none.

    A line that is too broken to name its user so stays.

    Raises:
        InputError: the file cannot be read or written.
    """
    needle = msgspec.json.encode(user)
    try:
        lines = path.read_bytes().splitlines(keepends=True)
        kept = [line for line in lines if needle not in _raw(line)]
        if len(kept) < len(lines):
            draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.draft")
            try:
                with draft.open("wb") as out:
                    out.writelines(kept)
                    out.flush()
                    os.fsync(out.fileno())
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be rewritten: {error.strerror}") from None
    return len(lines) - len(kept)


def _row(bad: BadRecord) -> bytes:
    """Return the line of a reject file."""
    row: dict[str, object] = {"source": bad.source, "line": bad.line, "reason": bad.reason}
    try:
        row["raw"] = bad.raw.decode()
    except UnicodeDecodeError:
        row["raw_base64"] = base64.b64encode(bad.raw).decode()
    # A file name or a quoted part of the line may hold lone surrogates.
    row = {
        key: value.encode(errors="replace").decode() if isinstance(value, str) else value for key, value in row.items()
    }
    return msgspec.json.encode(row) + b"\n"


def _raw(line: bytes) -> bytes:
    """Return the bad record as it was read; the line itself where it is none of ours."""
    try:
        row = msgspec.json.decode(line)
        return base64.b64decode(row["raw_base64"]) if "raw_base64" in row else str(row["raw"]).encode()
    except (ValueError, LookupError, TypeError):
        return line
