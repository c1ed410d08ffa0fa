"""The columns of a Parquet file whose repeated values are so long that a batch of rows would not fit in memory."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["repeated_columns"]

_LONG_VALUE = 1 << 16
"""Bytes of a value from which on its column is not expanded in batches; a thousand shorter ones are 64 MB."""


def repeated_columns(path: Path, check_size: Callable[[int], None]) -> list[str]:
    """Return the paths of text columns that store a value of at least 64 KB in a dictionary.

    Args:
        path: the file.
        check_size: called with the decompressed size of each row group, in bytes, before it is decompressed.
    """
    metadata = pq.read_metadata(path)
    columns = (metadata.schema.column(index) for index in range(len(metadata.schema)))
    texts = [column.path for column in columns if column.physical_type == "BYTE_ARRAY"]
    suspects: list[int] = []
    for number in range(metadata.num_row_groups):
        # Not of its columns: in a damaged file, pyarrow 26 ends the process where it is asked for one of them.
        size = metadata.row_group(number).total_byte_size
        check_size(size)
        # A value is no longer than its row group, so a small one needs no look at its dictionaries.
        if size >= _LONG_VALUE:
            suspects.append(number)
    return sorted(name for name in texts if suspects and _has_long_values(path, name, suspects))


def _has_long_values(path: Path, name: str, groups: Sequence[int]) -> bool:
    """Tell whether the dictionary of a column holds a long value in one of some row groups."""
    with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20, read_dictionary=[name]) as file:
        for group in groups:
            for batch in file.iter_batches(1, row_groups=[group], columns=[name], use_threads=False):
                if any(_longest(dictionary) >= _LONG_VALUE for dictionary in _dictionaries(batch.columns)):
                    return True
                break
    return False


def _dictionaries(arrays: list[pa.Array]) -> Iterator[pa.Array]:
    """Yield the dictionaries of arrays, at every depth."""
    for array in arrays:
        if pa.types.is_dictionary(array.type):
            yield array.dictionary
        elif pa.types.is_struct(array.type):
            yield from _dictionaries(array.flatten())
        elif pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
            yield from _dictionaries([array.values])
        elif pa.types.is_map(array.type):
            yield from _dictionaries([array.keys, array.items])


def _longest(dictionary: pa.Array) -> int:
    """Return the size of the longest value, in bytes."""
    return max((len(value.as_buffer()) for value in dictionary if value.is_valid), default=0)
