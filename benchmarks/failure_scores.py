"""Figures of predicted failure points: accuracy, F1 by class, macro-F1 and calibration; with the simple baselines."""

import zlib
from collections.abc import Callable, Sequence
from typing import Any

import lightgbm
import msgspec
import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

__all__ = [
    "Floats",
    "StageSet",
    "boosted",
    "cross_fitted",
    "half_of",
    "majority",
    "print_scores",
    "scores",
    "words_only",
]

Floats = npt.NDArray[np.floating]
Classes = npt.NDArray[np.integer]
Predict = Callable[[Floats], npt.NDArray[np.float64]]

_FOLDS = 5
_BINS = 10


class StageSet(msgspec.Struct, frozen=True, kw_only=True):
    """The turns of one set with their true failure points."""

    rows: Floats
    """Evidence, shape (turns, columns)."""
    classes: Classes
    """Index of the true failure point of each turn."""
    names: tuple[str, ...]
    """Names of the failure points."""
    groups: list[str]
    """What is kept together: the caller, home or sentence of each turn."""
    texts: list[str]
    """The request of each turn."""

    def part(self, chosen: npt.NDArray[np.bool_]) -> "StageSet":
        """Return some of the turns."""
        return StageSet(
            rows=self.rows[chosen],
            classes=self.classes[chosen],
            names=self.names,
            groups=[group for group, is_chosen in zip(self.groups, chosen, strict=True) if is_chosen],
            texts=[text for text, is_chosen in zip(self.texts, chosen, strict=True) if is_chosen],
        )


def half_of(groups: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which turns belong to the sealed half, by a hash of their groups."""
    return np.array([zlib.crc32(group.encode()) % 2 == 1 for group in groups])


def cross_fitted(data: StageSet, fit: Callable[[StageSet], Callable[[StageSet], Floats]]) -> Floats:
    """Return the probabilities of each turn by a model that did not see its group."""
    folds = np.array([zlib.crc32(f"fold {group}".encode()) % _FOLDS for group in data.groups])
    probabilities = np.zeros((len(data.classes), len(data.names)))
    for fold in range(_FOLDS):
        if (folds == fold).any():
            probabilities[folds == fold] = fit(data.part(folds != fold))(data.part(folds == fold))
    return probabilities


def boosted(
    *, columns: Sequence[int] | None = None, rounds: int = 120, leaves: int = 15, rate: float = 0.06
) -> Callable[[StageSet], Callable[[StageSet], Floats]]:
    """Return a fit of gradient boosting over some columns; all by default."""

    def fit(training: StageSet) -> Callable[[StageSet], Floats]:
        chosen = slice(None) if columns is None else list(columns)
        settings = {
            "objective": "multiclass",
            "num_class": len(training.names),
            "learning_rate": rate,
            "num_leaves": leaves,
            "min_data_in_leaf": 25,
            "feature_fraction": 0.4,
            "bagging_fraction": 0.7,
            "bagging_freq": 1,
            "lambda_l2": 5.0,
            "verbose": -1,
            "num_threads": 2,
            "seed": 1,
        }
        model = lightgbm.train(settings, lightgbm.Dataset(training.rows[:, chosen], training.classes), rounds)
        return lambda unseen: np.asarray(model.predict(unseen.rows[:, chosen], num_threads=2), np.float64)

    return fit


def words_only(training: StageSet) -> Callable[[StageSet], Floats]:
    """Fit a logistic regression on the words of the request, by TF-IDF of words and pairs."""
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, analyzer="word", tokenizer=str.split, token_pattern=None),
        LogisticRegression(C=3.0, max_iter=400),
    )
    model.fit(training.texts, training.classes)

    def predict(unseen: StageSet) -> Floats:
        probabilities = np.zeros((len(unseen.texts), len(training.names)))
        probabilities[:, model.classes_] = model.predict_proba(unseen.texts)
        return probabilities

    return predict


def scores(data: StageSet, probabilities: Floats) -> dict[str, Any]:
    """Return the figures of predictions, as the JSON file holds them."""
    predicted = probabilities.argmax(axis=1)
    per_class = {}
    for number, name in enumerate(data.names):
        true, said = data.classes == number, predicted == number
        hits = float((true & said).sum())
        per_class[name] = {
            "turns": int(true.sum()),
            "precision": hits / float(said.sum()) if said.any() else 0.0,
            "recall": hits / float(true.sum()) if true.any() else 0.0,
            "f1": 2 * hits / float(true.sum() + said.sum()) if hits else 0.0,
        }
    return {
        "turns": len(predicted),
        "accuracy": float((predicted == data.classes).mean()),
        "macro_f1": float(np.mean([figures["f1"] for figures in per_class.values() if figures["turns"]])),
        "ece": _calibration_error(data.classes == predicted, probabilities.max(axis=1)),
        "per_class": per_class,
    }


def majority(data: StageSet, training: StageSet) -> Floats:
    """Return the prediction of the commonest class of the training turns for each turn."""
    probabilities = np.zeros((len(data.classes), len(data.names)))
    probabilities[:, int(np.bincount(training.classes).argmax())] = 1.0
    return probabilities


def print_scores(name: str, figures: dict[str, Any]) -> None:
    """Print one line of figures."""
    by_class = "  ".join(f"{stage} {values['f1']:.2f}" for stage, values in figures.get("per_class", {}).items())
    print(f"{name:<52} {figures['accuracy']:>8.3f} {figures['macro_f1']:>8.3f} {figures['ece']:>6.3f}  {by_class}")


def _calibration_error(right: npt.NDArray[np.bool_], confidence: Floats) -> float:
    """Return the mean distance of confidence and accuracy over equal bins (Guo et al. 2017)."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = [
        float((bins == number).mean())
        * abs(float(confidence[bins == number].mean()) - float(right[bins == number].mean()))
        for number in range(_BINS)
        if (bins == number).any()
    ]
    return sum(gaps)
