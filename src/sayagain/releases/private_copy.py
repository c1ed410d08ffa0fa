"""Private copies of a release's files: the bytes that were verified are the bytes that are used.

A file that is mapped from disk changes under the process when somebody writes to it, and kills the process when
somebody truncates it (SIGBUS). So each file is read once: its SHA-256 is computed of the very bytes that are kept.
"""

import hashlib
import io
import mmap
import tempfile
from pathlib import Path
from typing import Any, BinaryIO, Literal

import numpy as np

from sayagain.errors import CorruptRelease, ReleaseError

__all__ = ["FileContent", "array_view", "private_copy"]

FileContent = bytes | mmap.mmap
"""Content of a file: in memory, or a read-only map of a copy that has no name on disk."""

_IN_MEMORY = 1 << 20
"""Longest file that is kept in memory, in bytes; of a longer one the system loads the pages that are needed."""

_CHUNK = 1 << 20


def private_copy(path: Path, sha256: str, release: int) -> FileContent:
    """Return the verified content of a file; later changes of the file do not reach it.

    Args:
        path: the file.
        sha256: the hash that it must have, in hexadecimal.
        release: number of the release, for the error.

    Raises:
        CorruptRelease: the file is missing or another than the one that was written.
        ReleaseError: there is no room for the copy.
    """
    digest = hashlib.sha256()
    try:
        file = path.open("rb")
    except OSError:
        raise CorruptRelease(f"release {release} is damaged: {path.name} is missing") from None
    with file:
        start = _read(file, _IN_MEMORY + 1, path, release)
        digest.update(start)
        content: FileContent = start
        if len(start) > _IN_MEMORY:
            try:
                with _nameless_file(path.parent.parent) as copy:
                    copy.write(start)
                    for chunk in iter(lambda: _read(file, _CHUNK, path, release), b""):
                        digest.update(chunk)
                        copy.write(chunk)
                    copy.flush()
                    content = mmap.mmap(copy.fileno(), 0, access=mmap.ACCESS_READ)
            except OSError as error:
                raise ReleaseError(f"release {release}: {path.name} cannot be copied ({error.strerror})") from None
    actual = digest.hexdigest()
    if actual != sha256:
        raise CorruptRelease(
            f"release {release} is damaged: {path.name} has SHA-256 {actual[:12]}…, expected {sha256[:12]}…"
        )
    return content


def array_view(content: FileContent) -> np.ndarray[Any, Any]:
    """Return the array of a `.npy` file without copying it.

    Raises:
        ValueError: the content is no array.

    >>> out = io.BytesIO()
    >>> np.save(out, np.array([1, 2]))
    >>> array_view(out.getvalue()).tolist()
    [1, 2]
    """
    stream = io.BytesIO(content[: 1 << 16])
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran_order, dtype = read_header(stream)
    if dtype.hasobject:
        raise ValueError("an array of objects; expected numbers")
    order: Literal["F", "C"] = "F" if fortran_order else "C"
    count = int(np.prod(shape))
    if not count:
        return np.empty(shape, dtype, order)
    return np.frombuffer(content, dtype, count, offset=stream.tell()).reshape(shape, order=order)


def _read(file: BinaryIO, size: int, path: Path, release: int) -> bytes:
    try:
        return file.read(size)
    except OSError as error:
        raise CorruptRelease(f"release {release} is damaged: {path.name} cannot be read ({error.strerror})") from None


def _nameless_file(folder: Path) -> Any:  # noqa: ANN401  (a file of the standard library's own type)
    """Open a file that is gone when it is closed, beside the releases where that folder can be written to."""
    try:
        return tempfile.TemporaryFile(dir=folder)
    except OSError:
        return tempfile.TemporaryFile()
