"""Padding: combine items of unequal length into one batch, and split them again."""

from collections.abc import Mapping, Sequence

import numpy as np

from sayagain.errors import InputError
from sayagain.models.manifest import Shape
from sayagain.models.onnx_session import Array

__all__ = ["axis_lengths", "pad", "unpad"]


def pad(items: Sequence[Mapping[str, Array]], axes: Mapping[str, Shape]) -> dict[str, Array]:
    """Stack items into one batch; padding is zero, which is False in a mask.

    Args:
        items: arrays by name, without the axis `batch`.
        axes: axes of each array, as in a manifest: a number for a fixed length, a name for a variable one.

    Returns:
        Arrays by name, the first axis the batch.

    Raises:
        InputError: an item lacks an array, or an array has other axes.

    >>> pad([{"x": np.array([1, 2])}, {"x": np.array([3])}], {"x": ("batch", "tokens")})["x"].tolist()
    [[1, 2], [3, 0]]
    """
    for index, item in enumerate(items):
        axis_lengths(item, axes, index)
    batch: dict[str, Array] = {}
    for name in axes:
        arrays = [np.asarray(item[name]) for item in items]
        longest = [max(lengths) for lengths in zip(*(array.shape for array in arrays), strict=True)]
        batch[name] = np.zeros((len(items), *longest), arrays[0].dtype)
        for row, array in enumerate(arrays):
            region = (slice(row, row + 1), *(slice(length) for length in array.shape))
            batch[name][region] = array
    return batch


def unpad(
    outputs: Mapping[str, Array], axes: Mapping[str, Shape], lengths: Sequence[Mapping[str, int]]
) -> list[dict[str, Array]]:
    """Split a batch into items, each cut to its own length.

    Args:
        outputs: arrays by name, the first axis the batch.
        axes: axes of each array.
        lengths: lengths of each item, by name of the axis; see `axis_lengths`.
    """
    return [
        {
            name: array[
                (
                    row,
                    *(
                        slice(item_lengths.get(axis)) if isinstance(axis, str) else slice(None)
                        for axis in axes[name][1:]
                    ),
                )
            ]
            for name, array in outputs.items()
        }
        for row, item_lengths in enumerate(lengths)
    ]


def axis_lengths(item: Mapping[str, Array], axes: Mapping[str, Shape], index: int = 0) -> dict[str, int]:
    """Return the lengths of an item's variable axes, by name.

    Args:
        item: arrays by name, without the axis `batch`.
        axes: axes of each array.
        index: index of the item, for the error message.

    Raises:
        InputError: the item lacks an array, or an array has other axes.

    >>> axis_lengths({"x": np.zeros((3, 4))}, {"x": ("batch", "tokens", 4)})
    {'tokens': 3}
    """
    lengths: dict[str, int] = {}
    for name, (_, *expected) in axes.items():
        if name not in item:
            raise InputError(f"item {index}: has no {name}; it needs {name} of shape {_shown(expected)}")
        shape = np.shape(item[name])
        fits = len(shape) == len(expected)
        for axis, length in zip(expected, shape, strict=False):
            required = lengths.setdefault(axis, length) if isinstance(axis, str) else axis
            fits = fits and required == length
        if not fits:
            length_text = "".join(f", {axis} = {length}" for axis, length in lengths.items())
            raise InputError(
                f"item {index}: {name} has shape {_shown(shape)}, expected {_shown(expected)}{length_text}"
            )
    return lengths


def _shown(shape: Sequence[str | int]) -> str:
    return f"({', '.join(map(str, shape))})"
