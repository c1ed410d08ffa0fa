"""The columns of a Parquet file whose repeated values are so long that a batch of rows would not fit in memory."""

from collections.abc import Callable, Iterator
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
    long_columns: set[str] = set()
    metadata = pq.read_metadata(path)
    texts = {
        metadata.schema.column(index).path: index
        for index in range(len(metadata.schema))
        if metadata.schema.column(index).physical_type == "BYTE_ARRAY"
    }
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        check_size(sum(group.column(index).total_uncompressed_size for index in range(group.num_columns)))
        # A value is no longer than its column, so most groups need no look at their dictionaries.
        suspects = [
            name
            for name, index in texts.items()
            if name not in long_columns
            and group.column(index).has_dictionary_page
            and group.column(index).total_uncompressed_size >= _LONG_VALUE
        ]
        if suspects:
            long_columns.update(_with_long_values(path, number, suspects))
    return sorted(long_columns)


def _with_long_values(path: Path, group: int, names: list[str]) -> Iterator[str]:
    """Yield the columns of a row group whose dictionary holds a long value."""
    for name in names:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20, read_dictionary=[name]) as file:
            for batch in file.iter_batches(1, row_groups=[group], columns=[name], use_threads=False):
                if any(_longest(dictionary) >= _LONG_VALUE for dictionary in _dictionaries(batch.columns)):
                    yield name
                break


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
