"""A linear model of the words around each turn of USS: the third model of the ensemble, without embeddings.

TF-IDF of words and pairs of words of five texts (Spärck Jones 1972), with the numbers of the turn; logistic regression
predicts the share of annotators who rated a turn below 3, and its three classes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.uss import Rated
from benchmarks.uss_examples import low_share, three_classes
from sayagain.labels.judge.training.examples import JudgeExample
from sayagain.turns import Turn

__all__ = ["Counts", "Linear"]

Floats = npt.NDArray[np.float64]

_WEIGHTS = (1.0, 0.7, 0.5, 0.5, 0.5)
"""Weights of the texts of `_texts`."""

_RARE = 8
_MOST_WORDS = 6000
_NUMBER_WEIGHT = 0.15
_LOW, _CLASS = 1.0, 0.2
"""Inverse regularisation, `C` of scikit-learn; both the best of the ensemble on the held-out folds."""


class Counts:
    """Rows of TF-IDF words and scaled numbers, one per turn.

    Args:
        rated: training dialogues; their ratings are not used.
        examples: arrays of the dialogues, in the same order.
    """

    def __init__(self, rated: Sequence[Rated], examples: Sequence[JudgeExample]) -> None:
        self._words = [
            TfidfVectorizer(
                ngram_range=(1, 2),
                min_df=_RARE,
                max_features=_MOST_WORDS,
                sublinear_tf=True,
                token_pattern=r"\w+|[?!]",  # noqa: S106  (tokens are words)
            ).fit(texts)
            for texts in zip(*_texts(rated), strict=True)
        ]
        numbers = _numbers(examples)
        self._mean, self._spread = numbers.mean(0), numbers.std(0) + 1e-6

    def __call__(self, rated: Sequence[Rated], examples: Sequence[JudgeExample]) -> list[sparse.csr_array]:
        """Return the rows of each dialogue, shape (turns, columns)."""
        scaled = np.clip((_numbers(examples) - self._mean) / self._spread, -5, 5)
        texts = zip(*_texts(rated), strict=True)
        parts = [
            weight * words.transform(column) for weight, words, column in zip(_WEIGHTS, self._words, texts, strict=True)
        ]
        rows = sparse.csr_array(sparse.hstack([*parts, sparse.csr_array(_NUMBER_WEIGHT * scaled)], format="csr"))
        ends = np.cumsum([len(dialogue.ratings) for dialogue in rated])
        return [rows[end - len(dialogue.ratings) : end] for dialogue, end in zip(rated, ends, strict=True)]


class Linear:
    """Two linear models of rated dialogues.

    Args:
        rated: training dialogues.
        rows: rows of `Counts`, in the same order.
    """

    def __init__(self, rated: Sequence[Rated], rows: Sequence[sparse.csr_array]) -> None:
        turn_ratings = [ratings for dialogue in rated for ratings in dialogue.ratings]
        is_rated = np.array([bool(ratings) for ratings in turn_ratings])
        x = sparse.csr_array(sparse.vstack(list(rows), format="csr"))[is_rated]
        low = np.array([low_share(ratings) for ratings in turn_ratings if ratings])
        # Each turn occurs twice, as dissatisfied and as satisfied, weighted by the shares of its annotators.
        both = np.repeat([True, False], len(low))
        self._low = _fit(_LOW, sparse.vstack([x, x], format="csr"), both, np.concatenate([low, 1 - low]))
        self._class = _fit(_CLASS, x, np.array([three_classes(ratings) for ratings in turn_ratings if ratings]))

    def __call__(self, rows: Sequence[sparse.csr_array]) -> list[tuple[Floats, Floats]]:
        """Return P(rated below 3 by an annotator), shape (turns,), and P(class), shape (turns, 3), of each dialogue."""
        x = sparse.csr_array(sparse.vstack(list(rows), format="csr"))
        classes = np.zeros((x.shape[0], 3))
        # A class without examples has no column.
        classes[:, self._class.classes_] = self._class.predict_proba(x)
        ends = np.cumsum([dialogue_rows.shape[0] for dialogue_rows in rows])[:-1]
        low = np.asarray(self._low.predict_proba(x)[:, 1], np.float64)
        return list(zip(np.split(low, ends), np.split(classes, ends), strict=True))


def _fit(
    strength: float, x: sparse.csr_array, targets: npt.NDArray[np.generic], weights: Floats | None = None
) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300).fit(x, targets, sample_weight=weights)


def _numbers(examples: Sequence[JudgeExample]) -> npt.NDArray[np.float32]:
    return np.asarray(np.nan_to_num(np.concatenate([example["numbers"] for example in examples])), np.float32)


def _texts(rated: Sequence[Rated]) -> list[tuple[str, ...]]:
    """Return the texts of each turn: request, previous response, next request, response, previous request."""
    return [
        (
            turn.request,
            _answer(turns[index - 1]) if index else "",
            turns[index + 1].request if index + 1 < len(turns) else "",
            _answer(turn),
            turns[index - 1].request if index else "",
        )
        for turns in (dialogue.session.turns for dialogue in rated)
        for index, turn in enumerate(turns)
    ]


def _answer(turn: Turn) -> str:
    return turn.response.text if turn.response is not None else ""
