"""Training examples of the judges: a session's arrays, with soft labels and weights for each turn and head."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from sayagain.errors import InputError
from sayagain.labels.judge.dialogue import Dialogue, dialogue_shapes
from sayagain.models import Array, Shape, pad
from sayagain.models.training import Batch, cross_entropy

__all__ = ["JudgeExample", "collate_sessions", "hard", "judge_example", "judge_losses", "soft"]

JudgeExample = dict[str, Array]
"""A dialogue's arrays, and for each head `label NAME` (turns, classes) and `weight NAME` (turns,)."""


def hard(classes: Sequence[int | None], count: int) -> Array:
    """Return one-hot labels of class numbers, shape (turns, classes); a row of zeros for None.

    >>> hard([1, None], 2).tolist()
    [[0.0, 1.0], [0.0, 0.0]]
    """
    labels = np.zeros((len(classes), count), np.float32)
    for row, number in enumerate(classes):
        if number is not None:
            labels[row, number] = 1.0
    return labels


def soft(probabilities: Sequence[float | None]) -> Array:
    """Return soft labels of probabilities of yes, shape (turns, 2); a row of zeros for None.

    >>> soft([0.25, None]).tolist()
    [[0.75, 0.25], [0.0, 0.0]]
    """
    return np.array([(0.0, 0.0) if p is None else (1 - p, p) for p in probabilities], np.float32).reshape(-1, 2)


def judge_example(
    dialogue: Dialogue,
    labels: Mapping[str, Array],
    heads: Mapping[str, int],
    weights: Mapping[str, Array] | None = None,
) -> JudgeExample:
    """Add labels to a dialogue; heads without labels are not trained on it.

    Args:
        dialogue: arrays of the dialogue.
        labels: labels by head, shape (turns, classes), each row a distribution, or zeros for no label.
        heads: number of classes of each head.
        weights: weights of the turns by head; 1 by default.

    Raises:
        InputError: labels of an unknown head, or of another shape.
    """
    turns = len(dialogue["mask"])
    example = dict(dialogue)
    for name in labels:
        if name not in heads or labels[name].shape != (turns, heads[name]):
            raise InputError(f"labels of {name}: shape {labels[name].shape}, expected {(turns, heads.get(name, 0))}")
    for name, count in heads.items():
        head_labels = labels.get(name, np.zeros((turns, count), np.float32))
        weight = (weights or {}).get(name, np.ones(turns, np.float32))
        example[f"label {name}"] = head_labels.astype(np.float32)
        example[f"weight {name}"] = (weight * (head_labels.sum(-1) > 0)).astype(np.float32)
    return example


def collate_sessions(examples: Sequence[JudgeExample], heads: Mapping[str, int], *, later: bool) -> dict[str, Array]:
    """Return one batch of examples, padded with turns of weight 0."""
    size = examples[0]["requests"].shape[-1]
    shapes: dict[str, Shape] = dialogue_shapes(size, later=later)
    for name, count in heads.items():
        shapes[f"label {name}"] = ("batch", "turns", count)
        shapes[f"weight {name}"] = ("batch", "turns")
    return pad(examples, shapes)


def judge_losses(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    """Return the cross-entropy of each head over the turns that have a label for it."""
    outputs = network(*(batch[name] for name in ("requests", "responses", "codes", "numbers", "mask")))
    names: tuple[str, ...] = tuple(getattr(network, "outputs", ()))
    losses: dict[str, Tensor] = {}
    for name, logits in zip(names, outputs, strict=True):
        weights = batch[f"weight {name}"]
        # A batch without labels for a head must not count as loss 0.
        if torch.any(weights > 0):
            losses[name] = cross_entropy(logits, batch[f"label {name}"], weights=weights)
    return losses
