"""Pretraining without labels: detection of responses swapped in from other sessions, and of moved turns.

Kachuee et al. 2021 ("Self-supervised contrastive learning for efficient user satisfaction prediction") contrast a
session with its corrupted copy; here the network predicts the corruption of each turn, so one pass covers all turns.
"""

from collections.abc import Sequence

import numpy as np

from sayagain.labels.judge.dialogue import Dialogue
from sayagain.labels.judge.training.examples import JudgeExample, hard, judge_example

__all__ = ["PRETRAINED", "corrupt"]

PRETRAINED = {"swapped": 2, "moved": 2}
"""Heads of pretraining with their numbers of classes."""

SWAPPED = 0.2
"""Share of the turns with the response of another session."""

MOVED = 0.2
"""Share of the turns that swap places with the next turn."""


def corrupt(dialogues: Sequence[Dialogue], *, seed: int) -> list[JudgeExample]:
    """Return corrupted copies of sessions, each turn labelled by its corruption.

    The fields are hidden: they were computed on the original session and would reveal the corruption.

    Args:
        dialogues: arrays of at least two sessions.
        seed: seed of the corruption.

    >>> def dialogue(n):
    ...     words = np.eye(n, 3, dtype=np.float32)
    ...     numbers = np.zeros((n, 4), np.float32)
    ...     return {
    ...         "requests": words,
    ...         "responses": words,
    ...         "codes": np.ones((n, 1), np.int64),
    ...         "numbers": numbers,
    ...         "mask": np.ones(n, bool),
    ...     }
    >>> examples = corrupt([dialogue(3), dialogue(2)], seed=1)
    >>> examples[0]["label swapped"].shape
    (3, 2)
    """
    rng = np.random.default_rng(seed)
    responses = np.concatenate([dialogue["responses"] for dialogue in dialogues])
    # A response of zeros is a missing one; swapping it in would be trivial to detect.
    pool = responses[np.abs(responses).sum(-1) > 0]
    examples = []
    for dialogue in dialogues:
        count = len(dialogue["mask"])
        order, is_moved = _order(count, rng)
        new_responses = dialogue["responses"][order].copy()
        is_swapped = (rng.random(count) < SWAPPED) & (np.abs(new_responses).sum(-1) > 0)
        if len(pool):
            new_responses[is_swapped] = pool[rng.integers(0, len(pool), int(is_swapped.sum()))]
        corrupted = {
            "requests": dialogue["requests"][order],
            "responses": new_responses,
            "codes": np.zeros_like(dialogue["codes"]),
            "numbers": np.full_like(dialogue["numbers"], np.nan),
            "mask": dialogue["mask"],
        }
        labels = {
            "swapped": hard([int(flag) for flag in is_swapped], 2),
            "moved": hard([int(flag) for flag in is_moved], 2),
        }
        examples.append(judge_example(corrupted, labels, PRETRAINED))
    return examples


def _order(count: int, rng: np.random.Generator) -> tuple[list[int], list[bool]]:
    """Return an order with some neighbours swapped, and whether each turn moved; no turn moves twice."""
    order, is_moved = list(range(count)), [False] * count
    position = 0
    while position + 1 < count:
        if rng.random() < MOVED:
            order[position], order[position + 1] = order[position + 1], order[position]
            is_moved[position] = is_moved[position + 1] = True
            position += 1
        position += 1
    return order, is_moved
