"""Scores of frame labels: counts of hits, predictions and true labels for intents and slots; F1."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.labels.frames.frame import Frame, same_text
from sayagain.labels.frames.labeller import FrameLabel

__all__ = ["KINDS", "f1", "hits_of", "score"]

KINDS = ("intent", "slot", "state", "untyped")
"""The kinds of counts: intents; slots that the request states itself; all slots that hold, carried over or not; and the
words of slots whatever the slot is called."""

Counts = npt.NDArray[np.int64]


class Hits(msgspec.Struct, frozen=True):
    """A frame as sets to compare with a label."""

    intents: frozenset[str]
    """The intents."""
    own: frozenset[tuple[str, str]]
    """Slots and values that the request states itself."""
    words: frozenset[str]
    """The values of those that are in its words."""
    holds: tuple[tuple[str, frozenset[str]], ...] | None
    """All slots with the ways to write the value."""


def hits_of(frame: Frame, text: str) -> Hits:
    """Return a frame as sets.

    Args:
        frame: the truth.
        text: the request's words.
    """
    said = [(span.slot, same_text(text[span.first : span.end])) for span in frame.spans]
    holds = None
    if frame.holds is not None:
        holds = tuple((name, frozenset(same_text(value) for value in values)) for name, values in frame.holds)
    return Hits(
        frozenset(frame.intents),
        frozenset(said) | {(name, same_text(value)) for name, value in frame.closed},
        frozenset(value for _, value in said),
        holds,
    )


def score(labels: Sequence[FrameLabel], rights: Sequence[Hits]) -> Counts:
    """Count over turns.

    Returns:
        Shape (`KINDS`, 3): hits, how many were said, how many are right.
    """
    out = np.zeros((len(KINDS), 3), np.int64)
    for label, right in zip(labels, rights, strict=True):
        own, words = label.own, {same_text(slot.value) for slot in label.slots if slot.source == "said"}
        said = frozenset(label.intents)
        out[0] += (len(said & right.intents), len(said), len(right.intents))
        out[1] += (len(own & right.own), len(own), len(right.own))
        if right.holds is not None:
            holding = label.holding
            hits = sum(any((name, value) in holding for value in values) for name, values in right.holds)
            out[2] += (hits, len(holding), len(right.holds))
        out[3] += (len(words & right.words), len(words), len(right.words))
    return out


def f1(counts: npt.NDArray[np.number]) -> npt.NDArray[np.float64]:
    """Return F1 for counts of shape (..., 3): hits, said, right; 0 where there is nothing.

    >>> float(f1(np.array([1, 2, 2])))
    0.5
    """
    return np.asarray(2 * counts[..., 0] / np.maximum(counts[..., 1] + counts[..., 2], 1))
