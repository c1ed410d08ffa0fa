"""Training examples of USS: each turn's ratings as shares, as three classes and as a majority; the user's act."""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.annotators import majorities
from benchmarks.uss import Rated, read_rated
from benchmarks.vectors import encoder
from sayagain.labels.judge.dialogue import dialogues
from sayagain.labels.judge.training.examples import JudgeExample, hard, judge_example
from sayagain.labels.judge.turn_fields import judge_fields
from sayagain.models import Array, Categories

__all__ = ["WEIGHTS", "dissatisfied", "examples_of", "heads_of", "low_share", "split", "three_classes"]

Floats = npt.NDArray[np.float64]

WEIGHTS = {"act": 0.3, "majority": 0.7}
"""Loss weights of the heads; 1 for the others."""

_ACTS = 80
_PARTS = 10


def split(train: Path, test: Path, sets: Sequence[str]) -> tuple[list[Rated], list[Rated]]:
    """Return training and test dialogues; if the folders are the same, three tenths are for testing."""
    rated = [dialogue for name in sets for dialogue in read_rated(train, name)]
    if test.resolve() != train.resolve():
        return rated, [dialogue for name in sets for dialogue in read_rated(test, name)]
    test_parts = {1, 2, 3}
    return (
        [dialogue for dialogue in rated if _part(dialogue) not in test_parts],
        [dialogue for dialogue in rated if _part(dialogue) in test_parts],
    )


def _part(dialogue: Rated) -> int:
    return zlib.crc32(dialogue.session.session_id.encode()) % _PARTS


def heads_of(training: Sequence[Rated]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the heads with their numbers of classes, and the class of each of the most frequent acts."""
    frequent = Counter(act for dialogue in training for act in dialogue.acts if act).most_common(_ACTS)
    acts = {act: index for index, (act, _) in enumerate(frequent)}
    return {"ratings": 5, "class": 3, "majority": 2, "act": len(acts)}, acts


def examples_of(
    rated: Sequence[Rated], heads: Mapping[str, int], acts: Mapping[str, int], known: Categories
) -> list[JudgeExample]:
    """Return the examples of rated dialogues, for the heads of `heads_of`."""
    arrays = dialogues([dialogue.session for dialogue in rated], encoder(), known, fields=judge_fields(later=True))
    return [
        judge_example(dialogue_arrays, _labels(dialogue, acts), heads)
        for dialogue, dialogue_arrays in zip(rated, arrays, strict=True)
    ]


def _labels(dialogue: Rated, acts: Mapping[str, int]) -> dict[str, Array]:
    turns = len(dialogue.ratings)
    shares, majority = np.zeros((turns, 5), np.float32), np.zeros((turns, 2), np.float32)
    for index, ratings in enumerate(dialogue.ratings):
        for rating in ratings:
            shares[index, rating - 1] += 1 / len(ratings)
        votes = [truth for truth, _ in majorities(ratings)]
        if votes:
            majority[index] = 1 - np.mean(votes), np.mean(votes)
    return {
        "ratings": shares,
        "majority": majority,
        "class": hard([three_classes(ratings) for ratings in dialogue.ratings], 3),
        "act": hard([acts.get(act) for act in dialogue.acts], len(acts)),
    }


def low_share(ratings: Sequence[int]) -> float:
    """Return the share of a turn's ratings below 3.

    >>> low_share([1, 2, 3, 5])
    0.5
    """
    return sum(rating < 3 for rating in ratings) / len(ratings)


def three_classes(ratings: Sequence[int]) -> int | None:
    """Return 0 for dissatisfied, 1 for neutral, 2 for satisfied: a mean below, at or above 3 (Deng et al. 2022)."""
    if not ratings:
        return None
    mean = sum(ratings) / len(ratings)
    return 0 if mean < 3 else 1 if mean == 3 else 2


def dissatisfied(p: Mapping[str, Array]) -> Floats:
    """Return P(rated below 3 by an annotator) of each turn."""
    return np.asarray(p["ratings"][:, :2].sum(-1), np.float64)
