"""Losses that skip missing labels, so that one batch may train several heads from partial labels."""

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["MISSING", "cross_entropy", "in_batch_negatives", "span_loss"]

MISSING = -100
"""The class number of a missing label."""


def cross_entropy(
    logits: Tensor, labels: Tensor, *, weights: Tensor | None = None, class_weights: Tensor | None = None
) -> Tensor:
    """Return the mean cross-entropy over items with a label; 0 where none has one.

    Args:
        logits: shape (..., classes).
        labels: numbers of the classes, shape (...), -100 where there is none; or probabilities of the classes, shape
            (..., classes), NaN where there are none.
        weights: of the labels, shape (...); all equal when not given.
        class_weights: how much each class counts, shape (classes,).
    """
    flat = logits.reshape(-1, logits.shape[-1])
    if labels.is_floating_point():
        soft = labels.reshape(flat.shape)
        there = ~torch.isnan(soft).any(-1)
        wanted = torch.where(there.unsqueeze(-1), soft, torch.zeros_like(soft))
    else:
        hard = labels.reshape(-1)
        there = hard != MISSING
        # One-hot by comparison: a look-up table would not be the same on every run with CUDA.
        classes = torch.arange(flat.shape[-1], device=flat.device)
        wanted = ((hard.unsqueeze(-1) == classes) & there.unsqueeze(-1)).to(flat.dtype)
    if class_weights is not None:
        wanted = wanted * class_weights.to(flat)
    each = -(wanted * functional.log_softmax(flat, -1)).sum(-1)
    heavy = there.to(flat.dtype) if weights is None else weights.reshape(-1).to(flat) * there
    norm = heavy if class_weights is None else heavy * wanted.sum(-1)
    return (each * heavy).sum() / torch.clamp(norm.sum(), min=1e-9)


def span_loss(start: Tensor, end: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Return the mean cross-entropy of the first and last tokens of spans.

    Args:
        start: logits, shape (batch, tokens).
        end: the same.
        first: the token that the span begins with, shape (batch,); 0 for no span, -100 where it is not known.
        last: the token that it ends with.
    """
    return (cross_entropy(start, first) + cross_entropy(end, last)) / 2


def in_batch_negatives(first: Tensor, second: Tensor, *, temperature: float = 0.05) -> Tensor:
    """Return the in-batch contrastive loss of text pairs, in both directions.

    Rows of `second` beyond those of `first` are partners of nobody: hard negatives.

    Args:
        first: vectors of length 1, shape (pairs, size).
        second: vectors of length 1, shape (pairs or more, size), partners in the same order.
        temperature: the smaller, the more the nearest wrong partner counts.
    """
    likeness = first @ second.T / temperature
    at = torch.arange(first.shape[0], device=first.device)
    there = functional.cross_entropy(likeness, at)
    back = functional.cross_entropy(likeness[:, : first.shape[0]].T, at)
    return (there + back) / 2
