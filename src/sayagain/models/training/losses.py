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
    """Return the mean cross-entropy over items with a label; 0 if none has one.

    Args:
        logits: shape (..., classes).
        labels: class numbers, shape (...), -100 where missing; or class probabilities, shape (..., classes), NaN where
            missing.
        weights: weights of the labels, shape (...); None for equal weights.
        class_weights: weights of the classes, shape (classes,).
    """
    flat = logits.reshape(-1, logits.shape[-1])
    if labels.is_floating_point():
        soft = labels.reshape(flat.shape)
        labelled = ~torch.isnan(soft).any(-1)
        targets = torch.where(labelled.unsqueeze(-1), soft, torch.zeros_like(soft))
    else:
        hard = labels.reshape(-1)
        labelled = hard != MISSING
        # One-hot by comparison: a look-up is not deterministic with CUDA.
        classes = torch.arange(flat.shape[-1], device=flat.device)
        targets = ((hard.unsqueeze(-1) == classes) & labelled.unsqueeze(-1)).to(flat.dtype)
    if class_weights is not None:
        targets = targets * class_weights.to(flat)
    losses = -(targets * functional.log_softmax(flat, -1)).sum(-1)
    item_weights = labelled.to(flat.dtype) if weights is None else weights.reshape(-1).to(flat) * labelled
    norm = item_weights if class_weights is None else item_weights * targets.sum(-1)
    return (losses * item_weights).sum() / torch.clamp(norm.sum(), min=1e-9)


def span_loss(start: Tensor, end: Tensor, first: Tensor, last: Tensor) -> Tensor:
    """Return the mean cross-entropy of the first and last tokens of spans.

    Args:
        start: logits, shape (batch, tokens).
        end: the same.
        first: first token of the span, shape (batch,); 0 for no span, -100 where unknown.
        last: last token of the span.
    """
    return (cross_entropy(start, first) + cross_entropy(end, last)) / 2


def in_batch_negatives(first: Tensor, second: Tensor, *, temperature: float = 0.05) -> Tensor:
    """Return the in-batch contrastive loss of text pairs, in both directions.

    Rows of `second` beyond those of `first` have no partner: they are hard negatives.

    Args:
        first: vectors of length 1, shape (pairs, size).
        second: vectors of length 1, shape (pairs or more, size), partners in the same order.
        temperature: divisor of the similarities; a smaller one gives the hardest negatives more weight.
    """
    likeness = first @ second.T / temperature
    partners = torch.arange(first.shape[0], device=first.device)
    forward = functional.cross_entropy(likeness, partners)
    backward = functional.cross_entropy(likeness[:, : first.shape[0]].T, partners)
    return (forward + backward) / 2
