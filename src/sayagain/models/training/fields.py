"""Encoder of categorical and numeric fields: one vector per record; any field may be missing."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

__all__ = ["FieldVectors"]


class FieldVectors(nn.Module):
    """Embeds categorical fields, standardises numeric ones, and adds a flag for each missing number.

    Args:
        sizes: number of codes of each categorical field (`Categories.sizes`).
        width: length of an embedding.
        numbers: numeric fields of the training records, shape (records, fields), NaN where missing, which set the
            scale; or the number of numeric fields, which stay unscaled.
    """

    def __init__(
        self, sizes: Sequence[int] = (), *, width: int = 8, numbers: npt.NDArray[np.floating] | int = 0
    ) -> None:
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(size, width) for size in sizes])
        count = numbers if isinstance(numbers, int) else numbers.shape[1]
        mean, spread, occurring = np.zeros(count), np.ones(count), np.ones(count, bool)
        if not isinstance(numbers, int):
            mean, spread = _scale(numbers)
            occurring = ~np.isnan(numbers).all(0)
        # A field that is missing in every training record has an untrained weight, so it must have no effect later.
        self.register_buffer("seen", torch.tensor(occurring))
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("spread", torch.tensor(spread, dtype=torch.float32))
        self.size = len(sizes) * width + 2 * count
        """Length of an output vector."""

    def forward(self, codes: Tensor, numbers: Tensor) -> Tensor:
        """Return vectors, shape (..., size).

        Args:
            codes: codes of the categorical fields by `Categories.codes`, shape (..., categorical fields).
            numbers: shape (..., numeric fields), NaN where missing.
        """
        missing = torch.isnan(numbers) | ~self.seen
        scaled = (numbers - self.mean) / self.spread
        # A value far outside the training range must not outweigh the other fields.
        standardised = torch.clamp(torch.where(missing, torch.zeros_like(numbers), scaled), -8, 8)
        embedded = [table(codes[..., index]) for index, table in enumerate(self.tables)]
        return torch.cat([*embedded, standardised, missing.to(numbers.dtype)], -1)


def _scale(numbers: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return mean and standard deviation of each column without NaN; the deviation is 1 for a constant column."""
    present = ~np.isnan(numbers)
    count = np.maximum(present.sum(0), 1)
    mean = np.where(present, numbers, 0).sum(0) / count
    spread = np.sqrt(np.where(present, (numbers - mean) ** 2, 0).sum(0) / count)
    return mean, np.where(spread > 1e-6, spread, 1.0)
