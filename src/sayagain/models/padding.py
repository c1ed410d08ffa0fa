"""Padding: items of unequal length as one batch, and back."""

from collections.abc import Mapping, Sequence

import numpy as np

from sayagain.errors import InputError
from sayagain.models.manifest import Shape
from sayagain.models.onnx_session import Array

__all__ = ["axis_lengths", "pad", "unpad"]


def pad(items: Sequence[Mapping[str, Array]], axes: Mapping[str, Shape]) -> dict[str, Array]:
    """Stack items into one batch; shorter ones are filled with zeros, which are False in a mask.

    Args:
        items: arrays by name, without the axis `batch`.
        axes: of each array, as in a manifest: a number where the length is fixed, a name where it varies.

    Returns:
        Arrays by name, the first axis the batch.

    Raises:
        InputError: an item lacks an array, or one has other axes than it should.

    >>> pad([{"x": np.array([1, 2])}, {"x": np.array([3])}], {"x": ("batch", "tokens")})["x"].tolist()
    [[1, 2], [3, 0]]
    """
    for at, item in enumerate(items):
        axis_lengths(item, axes, at)
    out: dict[str, Array] = {}
    for name in axes:
        arrays = [np.asarray(item[name]) for item in items]
        longest = [max(lengths) for lengths in zip(*(each.shape for each in arrays), strict=True)]
        out[name] = np.zeros((len(items), *longest), arrays[0].dtype)
        for row, each in enumerate(arrays):
            within = (slice(row, row + 1), *(slice(length) for length in each.shape))
            out[name][within] = each
    return out


def unpad(
    outputs: Mapping[str, Array], axes: Mapping[str, Shape], lengths: Sequence[Mapping[str, int]]
) -> list[dict[str, Array]]:
    """Split a batch into items, each cut to its own length.

    Args:
        outputs: arrays by name, the first axis the batch.
        axes: of each array.
        lengths: of each item, by the name of the axis; see `axis_lengths`.
    """
    return [
        {
            name: array[
                (row, *(slice(own.get(axis)) if isinstance(axis, str) else slice(None) for axis in axes[name][1:]))
            ]
            for name, array in outputs.items()
        }
        for row, own in enumerate(lengths)
    ]


def axis_lengths(item: Mapping[str, Array], axes: Mapping[str, Shape], at: int = 0) -> dict[str, int]:
    """Return the lengths of an item's axes that vary, by name.

    Args:
        item: arrays by name, without the axis `batch`.
        axes: of each array.
        at: which item it is, for the error.

    Raises:
        InputError: the item lacks an array, or one has other axes than it should.

    >>> axis_lengths({"x": np.zeros((3, 4))}, {"x": ("batch", "tokens", 4)})
    {'tokens': 3}
    """
    lengths: dict[str, int] = {}
    for name, (_, *expected) in axes.items():
        if name not in item:
            raise InputError(f"item {at}: has no {name}; it needs {name} of shape {_shown(expected)}")
        seen = np.shape(item[name])
        fits = len(seen) == len(expected)
        for axis, length in zip(expected, seen, strict=False):
            wanted = lengths.setdefault(axis, length) if isinstance(axis, str) else axis
            fits = fits and wanted == length
        if not fits:
            known = "".join(f", {axis} = {length}" for axis, length in lengths.items())
            raise InputError(f"item {at}: {name} has shape {_shown(seen)}, expected {_shown(expected)}{known}")
    return lengths


def _shown(shape: Sequence[str | int]) -> str:
    return f"({', '.join(map(str, shape))})"
