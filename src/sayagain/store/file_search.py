"""A search for bytes in the files of an SQLite database, also one that this process has open.

Closing any descriptor of a file releases the locks that SQLite holds on it in the same process (POSIX), and another
process could then delete the write-ahead log under it. So a file that was searched stays open, as SQLite itself does.
"""

import os
from collections.abc import Sequence
from pathlib import Path

__all__ = ["holds_any"]

_CHUNK = 1 << 22

_OPEN: dict[tuple[int, int], int] = {}
"""Descriptors by device and inode."""


def holds_any(path: Path, needles: Sequence[bytes]) -> bool:
    """Tell whether a file holds any of some byte strings; a missing file holds none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return False
    place = (stat.st_dev, stat.st_ino)
    if place not in _OPEN:
        _OPEN[place] = os.open(path, os.O_RDONLY)
    overlap = max(map(len, needles), default=1) - 1
    offset, before = 0, b""
    while chunk := os.pread(_OPEN[place], _CHUNK, offset):
        window = before + chunk
        if any(needle in window for needle in needles):
            return True
        before = window[-overlap:] if overlap else b""
        offset += len(chunk)
    return False
