"""Open a log as a stream of bytes: a file or standard input, plain, gzip or zstd, told apart by content."""

import gzip
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from sayagain.errors import InputError

__all__ = ["PARQUET_MAGIC", "STANDARD_INPUT", "CountedStream", "decompress", "open_log"]

STANDARD_INPUT = "-"
"""Names standard input in place of a file."""

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
# A zstd block of four bytes can hold 128 KB, so what is fed at once bounds the memory: here 32 MB at worst.
_ZSTD_FEED = 1024


class CountedStream(io.RawIOBase):
    """Hands on the bytes of another stream and counts them; its first bytes can be looked at beforehand."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__()
        self._stream = stream
        self._ahead = b""
        self.position = 0
        """How many bytes were handed on."""

    def head(self, size: int) -> bytes:
        """Return the first `size` bytes, or fewer if there are no more; they will still be handed on."""
        # A pipe may give a byte at a time.
        while len(self._ahead) < size and (part := self._stream.read(size - len(self._ahead))):
            self._ahead += part
        return self._ahead[:size]

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer as far as one read does; 0 at the end."""
        view = memoryview(buffer)  # type: ignore[arg-type]  # typeshed has no public name for a buffer in 3.11
        part = self._ahead[: len(view)] or cast("io.BufferedReader", self._stream).read1(len(view))
        self._ahead = self._ahead[len(part) :]
        view[: len(part)] = part
        self.position += len(part)
        return len(part)


class _ZstdStream(io.RawIOBase):
    """Decompresses zstd, any number of frames, and notices when the last one breaks off."""

    # zstandard's own reader ends without a word where a file was cut, and the rest of the log would be lost unseen.

    def __init__(self, stream: CountedStream) -> None:
        super().__init__()
        self._stream = stream
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._inside = False
        self._packed = b""
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # typeshed has no public name for a buffer in 3.11
        while not self._plain:
            packed = self._packed or cast("bytes", self._stream.read(_ZSTD_FEED))
            if not packed:
                if self._inside:
                    raise EOFError("the last zstd frame is not complete")
                return 0
            self._plain = memoryview(self._frame.decompress(packed))
            self._packed = self._frame.unused_data
            self._inside = not self._frame.eof
            if self._frame.eof:
                self._frame = zstandard.ZstdDecompressor().decompressobj()
        part = self._plain[: len(view)]
        view[: len(part)] = part
        self._plain = self._plain[len(part) :]
        return len(part)


@contextmanager
def open_log(source: str) -> Iterator[CountedStream]:
    """Open a log's bytes, as they lie there; standard input is left open at the end.

    Raises:
        InputError: it cannot be opened, or is plainly no log.
    """
    if source == STANDARD_INPUT:
        yield _checked(CountedStream(sys.stdin.buffer), "standard input")
        return
    try:
        file = Path(source).open("rb")  # noqa: SIM115  (closed below; here only its failure is named)
    except OSError as error:
        raise InputError(f"{source}: cannot be read: {error.strerror}") from None
    with file:
        yield _checked(CountedStream(file), source)


def decompress(stream: CountedStream) -> io.BufferedReader:
    """Return the stream decompressed, if it is compressed, and buffered."""
    head = stream.head(_HEAD)
    if head.startswith(_GZIP):
        unzipped = gzip.GzipFile(fileobj=cast("BinaryIO", stream))
        return io.BufferedReader(cast("io.RawIOBase", unzipped), 1 << 16)
    if head.startswith(_ZSTD):
        return io.BufferedReader(_ZstdStream(stream), 1 << 16)
    return io.BufferedReader(stream, 1 << 16)


def _checked(stream: CountedStream, name: str) -> CountedStream:
    try:
        head = stream.head(_HEAD)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from None
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise InputError(f"{name} is {what}; expected JSON Lines in UTF-8 (plain, gzip or zstd) or Parquet")
    return stream
