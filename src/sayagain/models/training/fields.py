"""The encoder of categorical and numeric fields: one vector a record; any field may be missing."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

__all__ = ["FieldVectors"]


class FieldVectors(nn.Module):
    """Embeds categorical fields, standardises numeric ones, and adds a flag for each missing number.

    Args:
        sizes: how many values each categorical field has (`Categories.sizes`).
        width: length of an embedding.
        numbers: the numeric fields of the training records, shape (records, fields), NaN where missing, to scale by; or
            how many numeric fields there are, which leaves them as they are.
    """

    def __init__(
        self, sizes: Sequence[int] = (), *, width: int = 8, numbers: npt.NDArray[np.floating] | int = 0
    ) -> None:
        super().__init__()
        self.tables = nn.ModuleList([nn.Embedding(size, width) for size in sizes])
        count = numbers if isinstance(numbers, int) else numbers.shape[1]
        mean, spread, seen = np.zeros(count), np.ones(count), np.ones(count, bool)
        if not isinstance(numbers, int):
            mean, spread = _scale(numbers)
            seen = ~np.isnan(numbers).all(0)
        # A field missing in every training record trained no weight, so it must have no effect when it comes up later.
        self.register_buffer("seen", torch.tensor(seen))
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32))
        self.register_buffer("spread", torch.tensor(spread, dtype=torch.float32))
        self.size = len(sizes) * width + 2 * count
        """Length of the vector that comes out."""

    def forward(self, codes: Tensor, numbers: Tensor) -> Tensor:
        """Return vectors, shape (..., size).

        Args:
            codes: of the categorical fields, shape (..., categorical fields), as `Categories.codes` gives them.
            numbers: shape (..., numeric fields), NaN where missing.
        """
        missing = torch.isnan(numbers) | ~self.seen
        scaled = (numbers - self.mean) / self.spread
        # A value far outside the training range must not outweigh the other fields.
        kept = torch.clamp(torch.where(missing, torch.zeros_like(numbers), scaled), -8, 8)
        embedded = [table(codes[..., at]) for at, table in enumerate(self.tables)]
        return torch.cat([*embedded, kept, missing.to(numbers.dtype)], -1)


def _scale(numbers: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return mean and spread of each column's values, missing ones left out; 0 and 1 for an empty or constant one."""
    there = ~np.isnan(numbers)
    count = np.maximum(there.sum(0), 1)
    mean = np.where(there, numbers, 0).sum(0) / count
    spread = np.sqrt(np.where(there, (numbers - mean) ** 2, 0).sum(0) / count)
    return mean, np.where(spread > 1e-6, spread, 1.0)
