"""The limit on the size of an event that a connection may send, so that nobody fills the memory."""

import asyncio

__all__ = ["EVENT_BYTES", "LimitedReader"]

EVENT_BYTES = 1 << 20
"""Longest part of an event, in bytes: a second of speech has 32 KB, and satellites send far less at once."""


class LimitedReader:
    """What the Wyoming protocol reads of a stream; a part of an event that is too long ends the connection.

    Args:
        reader: the stream; it limits a line to 64 KB itself.
    """

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def readline(self) -> bytes:
        """Read a line."""
        return await self._reader.readline()

    async def readexactly(self, size: int) -> bytes:
        """Read so many bytes.

        Raises:
            ValueError: they are too many; the protocol then ends the connection.
        """
        if size > EVENT_BYTES:
            raise ValueError(f"a part of an event has {size} bytes; expected at most {EVENT_BYTES:,}")
        return await self._reader.readexactly(size)

    def feed_eof(self) -> None:
        """End the stream."""
        self._reader.feed_eof()
