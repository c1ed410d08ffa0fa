"""The judge of USS: a network, boosted trees and a linear model of words, whose opinions are averaged; five of each."""

import zlib
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from benchmarks.uss import Rated
from benchmarks.uss_boosted import Boosted
from benchmarks.uss_examples import WEIGHTS, dissatisfied
from benchmarks.uss_words import Linear
from sayagain.labels.judge.training.examples import JudgeExample
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.labels.judge.training.train import SETTINGS, predict, train_network
from sayagain.models import Array, Categories

__all__ = ["FOLDS", "Judge", "mean", "train_judges"]

FOLDS = 5
"""Judges whose probabilities are averaged."""

TRAINING = msgspec.structs.replace(SETTINGS, epochs=5, weights=WEIGHTS)
"""Five passes: from the sixth on the folds left out get no better."""

_LEAST = 1e-4

Floats = npt.NDArray[np.float64]
Said = Mapping[str, Array]
"""Of a dialogue: `low`, P(rated below 3 by a person), shape (turns,), and `class`, P(class), shape (turns, 3)."""


class Judge(msgspec.Struct, frozen=True):
    """Three that judge together."""

    network: DialogueNetwork
    trees: Boosted
    linear: Linear

    def __call__(self, examples: Sequence[JudgeExample], rows: Sequence[sparse.csr_array]) -> list[Said]:
        """Return the predictions for each dialogue, from its example and its rows of words."""
        said = predict(self.network, examples)
        network = [(dissatisfied(each), np.asarray(each["class"], np.float64)) for each in said]
        return [_together(each) for each in zip(network, self.trees(examples), self.linear(rows), strict=True)]


def train_judges(
    training: Sequence[Rated],
    examples: Sequence[JudgeExample],
    rows: Sequence[sparse.csr_array],
    heads: Mapping[str, int],
    known: Categories,
) -> tuple[list[Judge], list[Said]]:
    """Train a judge without each fold; return them, and each one's predictions for its held-out fold."""
    fold = [zlib.crc32(f"fold {one.session.session_id}".encode()) % FOLDS for one in training]
    judges = []
    said: list[Said] = [{} for _ in training]
    for k in range(FOLDS):
        others = [at for at, of in enumerate(fold) if of != k]
        rated, some = [training[at] for at in others], [examples[at] for at in others]
        network = train_network(some, heads, known, settings=msgspec.structs.replace(TRAINING, seed=k + 1))
        judge = Judge(network, Boosted(rated, some), Linear(rated, [rows[at] for at in others]))
        mine = [at for at, of in enumerate(fold) if of == k]
        for at, p in zip(mine, judge([examples[at] for at in mine], [rows[at] for at in mine]), strict=True):
            said[at] = p
        judges.append(judge)
    return judges, said


def mean(said: Sequence[Sequence[Said]]) -> list[Said]:
    """Average what several judges say of the same dialogues."""
    return [{name: np.mean([each[name] for each in of], axis=0) for name in of[0]} for of in zip(*said, strict=True)]


def _together(opinions: Sequence[tuple[Floats, Floats]]) -> Said:
    """Average opinions: log-odds of `low`, probabilities of `class`."""
    held = [np.clip(low, _LEAST, 1 - _LEAST) for low, _ in opinions]
    odds = np.mean([np.log(low / (1 - low)) for low in held], axis=0)
    return {"low": 1 / (1 + np.exp(-odds)), "class": np.mean([classes for _, classes in opinions], axis=0)}
