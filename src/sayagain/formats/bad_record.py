"""The bad record: a line or row of a log that is not a turn, and the reason."""

import msgspec

__all__ = ["BadRecord"]


class BadRecord(msgspec.Struct, frozen=True):
    """A line or row of a log that is not a turn; reading continues after it.

    >>> print(BadRecord("turns.jsonl", 17, '"request" is missing; each turn needs the words of the user', b"{}"))
    turns.jsonl:17: "request" is missing; each turn needs the words of the user
    """

    source: str
    """Name of the file as given, or `standard input`."""
    line: int
    """Number of the line, or of the row of a Parquet file, from 1."""
    reason: str
    """What was seen and what was expected."""
    raw: bytes
    """The line without its newline, the row as JSON, or the beginning of a line that is too long."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.reason}"
