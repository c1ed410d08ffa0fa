"""Open a log as a byte stream: a file or standard input; plain, gzip or zstd, detected from the content."""

import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from sayagain.errors import InputError
from sayagain.formats.expansion import ExpansionLimit, LimitedStream

__all__ = ["PARQUET_MAGIC", "STANDARD_INPUT", "CountedStream", "decompress", "open_log"]

STANDARD_INPUT = "-"
"""File name that stands for standard input."""

PARQUET_MAGIC = b"PAR1"
"""The first four bytes of a Parquet file."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_FOREIGN = {
    b"SQLite format 3\0": "an SQLite database",
    b"PK\x03\x04": "a zip archive",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\0": "compressed with xz",
    b"ARROW1": "an Arrow file",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_HEAD = 16
# Four bytes of zstd can decompress to 128 KB, so the size of a read bounds the memory: 32 MB at worst.
_ZSTD_FEED = 1024


class CountedStream(io.RawIOBase):
    """A stream that counts the bytes read from another, and lets its first bytes be inspected beforehand."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._ahead = b""
        self.position = 0
        """Bytes read so far."""

    def head(self, size: int) -> bytes:
        """Return the first `size` bytes, or fewer at the end, without consuming them."""
        # A pipe may return one byte at a time.
        while len(self._ahead) < size and (part := self._stream.read(size - len(self._ahead))):
            self._ahead += part
        return self._ahead[:size]

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with one read; return the number of bytes, 0 at the end."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # typeshed has no public name for a buffer in 3.11
        part = self._ahead[: len(view)] or cast("io.BufferedReader", self._stream).read1(len(view))
        self._ahead = self._ahead[len(part) :]
        view[: len(part)] = part
        self.position += len(part)
        return len(part)


class _ZstdStream(io.RawIOBase):
    """A stream that decompresses any number of zstd frames, and raises if the last one is truncated."""

    # zstandard's own reader ends silently where a file was truncated; the rest of the log would be lost unnoticed.

    def __init__(self, stream: CountedStream) -> None:
        super().__init__()
        self._stream = stream
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._in_frame = False
        self._packed = b""
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # typeshed has no public name for a buffer in 3.11
        while not self._plain:
            packed = self._packed or cast("bytes", self._stream.read(_ZSTD_FEED))
            if not packed:
                if self._in_frame:
                    raise EOFError("the last zstd frame is not complete")
                return 0
            self._plain = memoryview(self._frame.decompress(packed))
            self._packed = self._frame.unused_data
            self._in_frame = not self._frame.eof
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
        part = self._plain[: len(view)]
        view[: len(part)] = part
        self._plain = self._plain[len(part) :]
        return len(part)


@contextmanager
def open_log(source: str) -> Iterator[CountedStream]:
    """Open a log as raw bytes; standard input is left open at the end.

    Raises:
        InputError: the log cannot be opened, or its first bytes are those of another format.
    """
    if source == STANDARD_INPUT:
        yield _check_head(CountedStream(sys.stdin.buffer), "standard input")
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115  (closed below; only the failure to open is handled here)
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror}") from None
    with file:
        yield _check_head(CountedStream(file), source)


def decompress(stream: CountedStream, limit: ExpansionLimit) -> io.BufferedReader:
    """Return a buffered stream of the decompressed bytes; it raises `InputError` beyond the limit."""
    head = stream.head(_HEAD)
    if head.startswith(_GZIP):
        expanded = cast("io.RawIOBase", gzip.GzipFile(fileobj=cast("BinaryIO", stream)))
    elif head.startswith(_ZSTD):
        expanded = _ZstdStream(stream)
    else:
        return io.BufferedReader(stream, 1 << 16)
    return io.BufferedReader(LimitedStream(expanded, stream, limit), 1 << 16)


def _check_head(stream: CountedStream, name: str) -> CountedStream:
    try:
        head = stream.head(_HEAD)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from None
    for magic, description in _FOREIGN.items():
        if head.startswith(magic):
            raise InputError(f"{name} is {description}; expected JSON Lines in UTF-8 (plain, gzip or zstd) or Parquet")
    return stream
