"""A read-only table from text to records, written once and memory-mapped afterwards.

The file is Arrow IPC, uncompressed: rows sorted by the 64-bit hash of their key, so that a lookup is a binary search
over a mapped column and touches only the pages it needs.
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

import msgspec
import numpy as np
import pyarrow as pa

from sayagain.errors import InputError
from sayagain.releases.private_copy import FileContent

__all__ = ["MappedTable", "encode_table", "text_code"]

T = TypeVar("T")

_SCHEMA = pa.schema([("hash", pa.uint64()), ("key", pa.large_string()), ("record", pa.large_binary())])


def text_code(text: str) -> int:
    """Return the 64-bit hash of a text by which tables of a release are sorted."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def encode_table(records: Mapping[str, object]) -> bytes:
    """Encode a mapping from text to msgspec records; equal mappings give equal bytes.

    Raises:
        InputError: a text is no valid Unicode.

    >>> encode_table({"a": 1, "b": 2}) == encode_table({"b": 2, "a": 1})
    True
    """
    rows = sorted((text_code(key), key) for key in records)
    try:
        columns = [
            pa.array([row[0] for row in rows], pa.uint64()),
            pa.array([row[1] for row in rows], pa.large_string()),
            pa.array([msgspec.msgpack.encode(records[row[1]], order="sorted") for row in rows], pa.large_binary()),
        ]
    except UnicodeEncodeError as error:
        raise InputError(f"{error.object!r}: holds half a surrogate pair; expected valid Unicode") from None
    out = pa.BufferOutputStream()
    with pa.ipc.new_file(out, _SCHEMA) as writer:
        writer.write_batch(pa.record_batch(columns, schema=_SCHEMA))
    encoded: bytes = out.getvalue().to_pybytes()
    return encoded


class MappedTable(Mapping[str, T], Generic[T]):
    """The reader: a mapping whose records are decoded one at a time.

    Args:
        content: what `encode_table` gave, in memory or mapped.
        record: the type of its records.
    """

    def __init__(self, content: FileContent, record: type[T]) -> None:
        batch = pa.ipc.open_file(pa.BufferReader(pa.py_buffer(content))).get_batch(0)
        self._hashes: np.ndarray[tuple[int], np.dtype[np.uint64]] = batch.column("hash").to_numpy()
        self._keys = batch.column("key")
        self._records = batch.column("record")
        self._decoder = msgspec.msgpack.Decoder(record)

    def __getitem__(self, key: str) -> T:
        """Return the record of `key`; KeyError when there is none."""
        code = np.uint64(text_code(key))
        at = int(np.searchsorted(self._hashes, code))
        while at < len(self._hashes) and self._hashes[at] == code:
            if self._keys[at].as_py() == key:
                return self._decoder.decode(self._records[at].as_buffer())
            at += 1
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        """Yield all keys, in order of their hash."""
        return (key.as_py() for key in self._keys)

    def __len__(self) -> int:
        """Count the records."""
        return len(self._hashes)
