"""The lines of a log, each of bounded length; what goes wrong while reading becomes one sentence."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import zstandard

from sayagain.errors import InputError

__all__ = ["LINE_LIMIT", "numbered_lines", "read_rest"]

LINE_LIMIT = 16 * 1024 * 1024
"""Longest line, in bytes; a longer one is a bad record."""

_BOM = b"\xef\xbb\xbf"


def numbered_lines(stream: BinaryIO, source: str, limit: int = LINE_LIMIT) -> Iterator[tuple[int, bytes, bool]]:
    """Yield the number of each line, its first `limit` bytes, and whether these are the complete line.

    Args:
        stream: decompressed bytes.
        source: name of the log, for errors.
        limit: longest line, in bytes.

    Raises:
        InputError: the compressed data is damaged or truncated, or reading fails.
    """
    number = 0
    with _named_errors(source, lambda: number):
        while line := stream.readline(limit + 1):
            number += 1
            if number == 1:
                line = line.removeprefix(_BOM)
            whole = len(line) <= limit or line.endswith(b"\n")
            yield number, line, whole
            while not whole:
                part = stream.readline(1 << 16)
                whole = not part or part.endswith(b"\n")


def read_rest(stream: BinaryIO, source: str, number: int, limit: int) -> bytes:
    """Read what follows a line of a log.

    Args:
        stream: decompressed bytes.
        source: name of the log, for errors.
        number: number of the line.
        limit: most bytes to read.

    Raises:
        InputError: there is more, the compressed data is damaged or truncated, or reading fails.
    """
    with _named_errors(source, lambda: number):
        rest = stream.read(limit + 1)
    if len(rest) > limit:
        raise InputError(f"{source} is one JSON array of more than {limit:,} bytes; expected one event a line")
    return rest


@contextmanager
def _named_errors(source: str, last_line: Callable[[], int]) -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, zstandard.ZstdError, gzip.BadGzipFile):
        raise InputError(f"{source}: the compressed data is damaged or truncated after line {last_line()}") from None
    except OSError as error:
        raise InputError(f"{source}: cannot be read after line {last_line()}: {error.strerror}") from None
