"""The bad record: a line or row of a log that is no turn, and why."""

import msgspec

__all__ = ["BadRecord"]


class BadRecord(msgspec.Struct, frozen=True):
    """A line or row of a log that is no turn; reading goes on after it.

    >>> print(BadRecord("turns.jsonl", 17, '"request" is missing; each turn needs the words of the user', b"{}"))
    turns.jsonl:17: "request" is missing; each turn needs the words of the user
    """

    source: str
    """The file as it was named, or `standard input`."""
    line: int
    """The line, or the row of a Parquet file; the first is 1."""
    reason: str
    """What was seen and what was expected."""
    raw: bytes
    """The line without its end, a row as JSON, or the beginning of an over-long line."""

    def __str__(self) -> str:
        return f"{self.source}:{self.line}: {self.reason}"
