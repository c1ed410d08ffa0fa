"""Training examples of USS: each turn's ratings as shares, as three classes and as a majority; the user's next act."""

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

__all__ = ["WEIGHTS", "dissatisfied", "examples_of", "heads_of", "split", "three_classes"]

Floats = npt.NDArray[np.float64]

WEIGHTS = {"act": 0.3, "majority": 0.7}
"""How much each head counts; 1 where nothing is said."""

_ACTS = 80
_PARTS = 10


def split(train: Path, test: Path, sets: Sequence[str]) -> tuple[list[Rated], list[Rated]]:
    """Return the dialogues to learn from and those to test on: three tenths, where the folders are the same."""
    known = [one for name in sets for one in read_rated(train, name)]
    if test.resolve() != train.resolve():
        return known, [one for name in sets for one in read_rated(test, name)]
    tested = {1, 2, 3}
    return [one for one in known if _part(one) not in tested], [one for one in known if _part(one) in tested]


def _part(one: Rated) -> int:
    return zlib.crc32(one.session.session_id.encode()) % _PARTS


def heads_of(training: Sequence[Rated]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the heads, and the number of each act that is not too rare."""
    common = Counter(act for one in training for act in one.acts if act).most_common(_ACTS)
    acts = {act: at for at, (act, _) in enumerate(common)}
    return {"ratings": 5, "class": 3, "majority": 2, "act": len(acts)}, acts


def examples_of(
    rated: Sequence[Rated], heads: Mapping[str, int], acts: Mapping[str, int], known: Categories
) -> list[JudgeExample]:
    """Return the examples of dialogues with their ratings, for the heads of `heads_of`."""
    found = dialogues([one.session for one in rated], encoder(), known, fields=judge_fields(later=True))
    return [judge_example(each, _labels(one, acts), heads) for one, each in zip(rated, found, strict=True)]


def _labels(one: Rated, acts: Mapping[str, int]) -> dict[str, Array]:
    shares, most = np.zeros((len(one.ratings), 5), np.float32), np.zeros((len(one.ratings), 2), np.float32)
    for at, ratings in enumerate(one.ratings):
        for rating in ratings:
            shares[at, rating - 1] += 1 / len(ratings)
        others = [truth for truth, _ in majorities(ratings)]
        if others:
            most[at] = 1 - np.mean(others), np.mean(others)
    return {
        "ratings": shares,
        "majority": most,
        "class": hard([three_classes(ratings) for ratings in one.ratings], 3),
        "act": hard([acts.get(act) for act in one.acts], len(acts)),
    }


def three_classes(ratings: Sequence[int]) -> int | None:
    """Return 0 for dissatisfied, 1 for neutral, 2 for satisfied: a mean below, at or above 3 (Deng et al. 2022)."""
    if not ratings:
        return None
    mean = sum(ratings) / len(ratings)
    return 0 if mean < 3 else 1 if mean == 3 else 2


def dissatisfied(p: Mapping[str, Array]) -> Floats:
    """Return P(rated below 3 by a person) of each turn."""
    return np.asarray(p["ratings"][:, :2].sum(-1), np.float64)
