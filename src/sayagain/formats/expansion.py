"""The limit on how far a compressed log may expand, so that a small file cannot fill the memory or the disk."""

import io
from typing import Protocol

from sayagain.errors import InputError

__all__ = ["IN_MEMORY", "STREAMED", "ExpansionLimit", "LimitedStream"]

IN_MEMORY = 1 << 27
"""Expanded bytes that any log may have where they are in memory together, however small it is stored."""

STREAMED = 1 << 30
"""Expanded bytes that any log may have where they are read one after the other."""


class ExpansionLimit:
    """Checks the expanded size of one log.

    Args:
        source: name of the log, for the error.
        ratio: largest expanded size, as a multiple of the stored size.
        allowed: expanded bytes that are allowed in any case.

    >>> ExpansionLimit("log.gz", 200, STREAMED).check(expanded=3_000_000_000, stored=3_000_000)
    Traceback (most recent call last):
    sayagain.errors.InputError: log.gz expands to more than 200 times its size; if it is a log, raise max_expansion
    """

    def __init__(self, source: str, ratio: int, allowed: int) -> None:
        self._source = source
        self._ratio = ratio
        self._allowed = allowed

    def check(self, *, expanded: int, stored: int) -> None:
        """Compare both sizes, in bytes.

        Raises:
            InputError: the log expands too far.
        """
        if expanded > max(self._allowed, self._ratio * stored):
            raise InputError(
                f"{self._source} expands to more than {self._ratio:,} times its size; "
                "if it is a log, raise max_expansion"
            )


class _Counted(Protocol):
    position: int
    """Bytes read so far."""


class LimitedStream(io.RawIOBase):
    """A stream of decompressed bytes that raises `InputError` where they are too many for the bytes stored.

    Args:
        expanded: the decompressed bytes.
        stored: the stream that they come from; its `position` is the number of stored bytes read.
        limit: the limit.
    """

    def __init__(self, expanded: io.RawIOBase, stored: "_Counted", limit: ExpansionLimit) -> None:
        super().__init__()
        self._expanded = expanded
        self._stored = stored
        self._limit = limit
        self._count = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with one read; return the number of bytes, 0 at the end."""
        size: int = self._expanded.readinto(buffer) or 0  # type: ignore[arg-type]  # as in `CountedStream`
        self._count += size
        self._limit.check(expanded=self._count, stored=self._stored.position)
        return size
