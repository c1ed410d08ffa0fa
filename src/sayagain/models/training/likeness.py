"""The difference between the outputs of a trained network and of its export."""

import msgspec
import numpy as np

from sayagain.models.onnx_session import Array
from sayagain.models.training.heads import NEVER

__all__ = ["EXACT", "Likeness", "likeness"]

EXACT = 1e-4
"""Greatest difference that counts as equal; exports add in another order than torch."""


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """The difference between an output and its reference."""

    difference: float
    """Greatest absolute difference of any number."""
    cosine: float
    """The least, of any item."""
    agreement: float
    """Share of rows with the same argmax; ties count as the same."""


def likeness(wanted: Array, seen: Array, *, pooling: str | None = None) -> Likeness:
    """Compare two outputs.

    What a mask rules out is left out of difference and cosine: it is far below all else, and would make any two look
    alike.

    Args:
        wanted: the first axis the batch.
        seen: the same.
        pooling: of an encoder's output, whose cosine is that of its pooled vectors; None for any other.

    >>> likeness(np.array([[1.0, 0.0]]), np.array([[0.6, 0.8]]))
    Likeness(difference=0.8, cosine=0.6, agreement=0.0)
    """
    if wanted.shape != seen.shape:
        return Likeness(difference=float("inf"), cosine=-1.0, agreement=0.0)
    agreement = 1.0
    if wanted.ndim > 1 and wanted.size:
        chosen = np.take_along_axis(wanted, seen.argmax(-1)[..., None], -1)[..., 0]
        agreement = float((wanted.max(-1) - chosen <= EXACT).mean())
    real = wanted > NEVER / 2
    wanted, seen = np.where(real, wanted, 0), np.where(real, seen, 0)
    difference = float(np.abs(wanted - seen).max(initial=0.0))
    if pooling is not None:
        wanted, seen = (each.mean(1) if pooling == "mean" else each[:, 0] for each in (wanted, seen))
    one, other = wanted.reshape(len(wanted), -1), seen.reshape(len(seen), -1)
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    same = (one == other).all(1).astype(float)
    cosine = np.where(lengths > 0, (one * other).sum(1) / np.maximum(lengths, 1e-12), same)
    return Likeness(difference=difference, cosine=float(cosine.min(initial=1.0)), agreement=agreement)
