"""The judge of USS: an ensemble of a network, boosted trees and a linear model of words, for each of five folds."""

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
"""Number of judges whose probabilities are averaged."""

TRAINING = msgspec.structs.replace(SETTINGS, epochs=5, weights=WEIGHTS)
"""Five epochs: more do not improve the held-out folds."""

_LEAST = 1e-4

Floats = npt.NDArray[np.float64]
Prediction = Mapping[str, Array]
"""Of a dialogue: `low`, P(rated below 3 by an annotator), shape (turns,), and `class`, P(class), shape (turns, 3)."""


class Judge(msgspec.Struct, frozen=True):
    """An ensemble of three models."""

    network: DialogueNetwork
    trees: Boosted
    linear: Linear

    def __call__(self, examples: Sequence[JudgeExample], rows: Sequence[sparse.csr_array]) -> list[Prediction]:
        """Return the predictions for each dialogue, from its example and its rows of words."""
        network = [
            (dissatisfied(prediction), np.asarray(prediction["class"], np.float64))
            for prediction in predict(self.network, examples)
        ]
        return [_average(opinions) for opinions in zip(network, self.trees(examples), self.linear(rows), strict=True)]


def train_judges(
    training: Sequence[Rated],
    examples: Sequence[JudgeExample],
    rows: Sequence[sparse.csr_array],
    heads: Mapping[str, int],
    known: Categories,
) -> tuple[list[Judge], list[Prediction]]:
    """Train one judge without each fold; return the judges, and the predictions for each held-out fold."""
    folds = [zlib.crc32(f"fold {dialogue.session.session_id}".encode()) % FOLDS for dialogue in training]
    judges = []
    predictions: list[Prediction] = [{} for _ in training]
    for number in range(FOLDS):
        indices = [index for index, fold in enumerate(folds) if fold != number]
        rated, fold_examples = [training[index] for index in indices], [examples[index] for index in indices]
        settings = msgspec.structs.replace(TRAINING, seed=number + 1)
        network = train_network(fold_examples, heads, known, settings=settings)
        judge = Judge(network, Boosted(rated, fold_examples), Linear(rated, [rows[index] for index in indices]))
        held_out = [index for index, fold in enumerate(folds) if fold == number]
        fold_predictions = judge([examples[index] for index in held_out], [rows[index] for index in held_out])
        for index, prediction in zip(held_out, fold_predictions, strict=True):
            predictions[index] = prediction
        judges.append(judge)
    return judges, predictions


def mean(predictions: Sequence[Sequence[Prediction]]) -> list[Prediction]:
    """Average the predictions of several judges for the same dialogues."""
    return [
        {name: np.mean([prediction[name] for prediction in by_judge], axis=0) for name in by_judge[0]}
        for by_judge in zip(*predictions, strict=True)
    ]


def _average(opinions: Sequence[tuple[Floats, Floats]]) -> Prediction:
    """Average opinions: log-odds of `low`, probabilities of `class`."""
    clipped = [np.clip(low, _LEAST, 1 - _LEAST) for low, _ in opinions]
    odds = np.mean([np.log(low / (1 - low)) for low in clipped], axis=0)
    return {"low": 1 / (1 + np.exp(-odds)), "class": np.mean([classes for _, classes in opinions], axis=0)}
