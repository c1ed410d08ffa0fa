"""A judge compared with one annotator: both against the majority of the other annotators of a turn, without ties."""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

__all__ = ["Compared", "ahead_threshold", "best_threshold", "compare", "majorities"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

DISSATISFIED = 3
"""A rating below this means a dissatisfied user."""


class Compared(msgspec.Struct, frozen=True):
    """One row for each annotator of each turn, where the other annotators are not evenly split."""

    dialogue: npt.NDArray[np.int64]
    """Number of the dialogue, to resample whole dialogues."""
    truth: Truths
    """Whether most of the other annotators are dissatisfied."""
    person: Truths
    """Whether this annotator is dissatisfied."""
    p: Floats
    """The judge's P(dissatisfied) of the turn."""

    def of(self, rows: npt.NDArray[np.int64]) -> "Compared":
        """Return the given rows."""
        return Compared(self.dialogue[rows], self.truth[rows], self.person[rows], self.p[rows])


def majorities(ratings: Sequence[int]) -> list[tuple[bool, bool]]:
    """Return for each annotator whether most of the others are dissatisfied, and whether this annotator is.

    >>> majorities([2, 2, 3])
    [(True, False)]
    """
    low = [rating < DISSATISFIED for rating in ratings]
    votes = []
    for is_low in low:
        other_lows = sum(low) - is_low
        if 2 * other_lows != len(low) - 1:
            votes.append((2 * other_lows > len(low) - 1, is_low))
    return votes


def compare(ratings: Sequence[Sequence[Sequence[int]]], p: Sequence[Floats]) -> Compared:
    """Return the rows that compare a judge with the annotators.

    Args:
        ratings: ratings by dialogue and turn, one per annotator.
        p: the judge's P(dissatisfied), by dialogue, shape (turns,).
    """
    rows = [
        (number, truth, person_vote, float(p[number][index]))
        for number, dialogue in enumerate(ratings)
        for index, turn_ratings in enumerate(dialogue)
        for truth, person_vote in majorities(turn_ratings)
    ]
    dialogue, truth, person, probabilities = (np.array(column) for column in zip(*rows, strict=True))
    return Compared(
        dialogue.astype(np.int64), truth.astype(bool), person.astype(bool), probabilities.astype(np.float64)
    )


def best_threshold(truth: Truths, p: Floats) -> float:
    """Return the threshold with the largest F1.

    >>> best_threshold(np.array([True, True, False]), np.array([0.9, 0.8, 0.1]))
    0.8
    """
    order = np.argsort(-p, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(p) + 1) + truth.sum())
    # A threshold flags all equal probabilities together.
    last = np.append(np.diff(p[order]) != 0, True)
    return float(p[order][int(np.argmax(np.where(last, f1, -1.0)))])


def ahead_threshold(compared: Compared) -> float:
    """Return the threshold of the largest F1 among those with at least the annotators' accuracy, if there are any."""
    truth, p = compared.truth, compared.p
    order = np.argsort(-p, kind="stable")
    hits, flagged = np.cumsum(truth[order]), np.arange(1, len(p) + 1)
    f1 = 2 * hits / (flagged + truth.sum())
    accuracy = (2 * hits - flagged + (~truth).sum()) / len(p)
    possible = np.append(np.diff(p[order]) != 0, True)
    good = possible & (accuracy >= (compared.person == truth).mean())
    return float(p[order][int(np.argmax(np.where(good if good.any() else possible, f1, -1.0)))])
