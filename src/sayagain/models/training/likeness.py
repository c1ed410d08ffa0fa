"""The difference between the outputs of a trained network and of its export."""

import msgspec
import numpy as np

from sayagain.models.onnx_session import Array
from sayagain.models.training.heads import NEVER

__all__ = ["EXACT", "Likeness", "likeness"]

EXACT = 1e-4
"""Greatest difference that counts as equal; onnxruntime sums in another order than torch."""


class Likeness(msgspec.Struct, frozen=True, kw_only=True):
    """The difference between an output and its reference."""

    difference: float
    """Greatest absolute difference of any number."""
    cosine: float
    """Least cosine similarity of any item."""
    agreement: float
    """Share of rows with the same argmax; ties count as the same."""


def likeness(reference: Array, output: Array, *, pooling: str | None = None) -> Likeness:
    """Compare two outputs.

    Masked positions do not count for difference and cosine: their large negative logits would make any two outputs look
    alike.

    Args:
        reference: reference output; the first axis is the batch.
        output: output to compare, of the same shape.
        pooling: pooling of an encoder, whose cosine is that of its pooled vectors; None for any other network.

    >>> likeness(np.array([[1.0, 0.0]]), np.array([[0.6, 0.8]]))
    Likeness(difference=0.8, cosine=0.6, agreement=0.0)
    """
    if reference.shape != output.shape:
        return Likeness(difference=float("inf"), cosine=-1.0, agreement=0.0)
    agreement = 1.0
    if reference.ndim > 1 and reference.size:
        reference_logits = np.take_along_axis(reference, output.argmax(-1)[..., None], -1)[..., 0]
        agreement = float((reference.max(-1) - reference_logits <= EXACT).mean())
    real = reference > NEVER / 2
    reference, output = np.where(real, reference, 0), np.where(real, output, 0)
    difference = float(np.abs(reference - output).max(initial=0.0))
    if pooling is not None:
        reference, output = (
            pooled_output.mean(1) if pooling == "mean" else pooled_output[:, 0] for pooled_output in (reference, output)
        )
    flat_reference, flat_output = reference.reshape(len(reference), -1), output.reshape(len(output), -1)
    lengths = np.linalg.norm(flat_reference, axis=1) * np.linalg.norm(flat_output, axis=1)
    same = (flat_reference == flat_output).all(1).astype(float)
    cosine = np.where(lengths > 0, (flat_reference * flat_output).sum(1) / np.maximum(lengths, 1e-12), same)
    return Likeness(difference=difference, cosine=float(cosine.min(initial=1.0)), agreement=agreement)
