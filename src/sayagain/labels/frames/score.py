"""Scores of frame labels: counts of hits, predictions and true labels for intents and slots; F1."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.labels.frames.frame import Frame, same_text
from sayagain.labels.frames.labeller import FrameLabel

__all__ = ["KINDS", "f1", "hits_of", "score"]

KINDS = ("intent", "slot", "state", "untyped")
"""The kinds of counts: intents; slots that the request states itself; all slots, including those carried over; and the
values of slots, whatever the slot is called."""

Counts = npt.NDArray[np.int64]


class Hits(msgspec.Struct, frozen=True):
    """A frame as sets, for comparison with a label."""

    intents: frozenset[str]
    """The intents."""
    own: frozenset[tuple[str, str]]
    """Slots and values that the request states itself."""
    words: frozenset[str]
    """Values of the slots that are in the words of the request."""
    holds: tuple[tuple[str, frozenset[str]], ...] | None
    """All slots with the spellings of the value."""


def hits_of(frame: Frame, text: str) -> Hits:
    """Return a frame as sets.

    Args:
        frame: the true frame.
        text: words of the request.
    """
    stated_slots = [(span.slot, same_text(text[span.first : span.end])) for span in frame.spans]
    holds = None
    if frame.holds is not None:
        holds = tuple((name, frozenset(same_text(value) for value in values)) for name, values in frame.holds)
    return Hits(
        frozenset(frame.intents),
        frozenset(stated_slots) | {(name, same_text(value)) for name, value in frame.closed},
        frozenset(value for _, value in stated_slots),
        holds,
    )


def score(labels: Sequence[FrameLabel], rights: Sequence[Hits]) -> Counts:
    """Count hits, predictions and true labels over turns.

    Returns:
        Shape (`KINDS`, 3): hits, predictions, true labels.
    """
    counts = np.zeros((len(KINDS), 3), np.int64)
    for label, truth in zip(labels, rights, strict=True):
        own_slots, words = label.own, {same_text(slot.value) for slot in label.slots if slot.source == "said"}
        predicted_intents = frozenset(label.intents)
        counts[0] += (len(predicted_intents & truth.intents), len(predicted_intents), len(truth.intents))
        counts[1] += (len(own_slots & truth.own), len(own_slots), len(truth.own))
        if truth.holds is not None:
            holding = label.holding
            hits = sum(any((name, value) in holding for value in values) for name, values in truth.holds)
            counts[2] += (hits, len(holding), len(truth.holds))
        counts[3] += (len(words & truth.words), len(words), len(truth.words))
    return counts


def f1(counts: npt.NDArray[np.number]) -> npt.NDArray[np.float64]:
    """Return F1 for counts of shape (..., 3): hits, predictions, true labels; 0 if both are 0.

    >>> float(f1(np.array([1, 2, 2])))
    0.5
    """
    return np.asarray(2 * counts[..., 0] / np.maximum(counts[..., 1] + counts[..., 2], 1))
