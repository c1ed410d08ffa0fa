"""A linear model of the very words around each turn of USS: a third opinion, for what a vector of a text leaves out.

Words and pairs of words of five texts, as TF-IDF (Spärck Jones 1972), with the numbers of the turn; logistic regression
learns the share of people who rated a turn below 3, and its three classes.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.uss import Rated
from benchmarks.uss_examples import three_classes
from sayagain.labels.judge.training.examples import JudgeExample
from sayagain.turns import Turn

__all__ = ["Counts", "Linear"]

Floats = npt.NDArray[np.float64]

_WEIGHTS = (1.0, 0.7, 0.5, 0.5, 0.5)
"""How much the texts of `_texts` count."""

_RARE = 8
_MOST = 6000
_NUMBERS = 0.15
_LOW, _CLASS = 1.0, 0.2
"""How far weights may grow, as `C` of scikit-learn; both the best on the folds left out, together with the others."""


class Counts:
    """Rows of words and numbers, one a turn.

    Args:
        rated: dialogues whose words are known; what they were rated is not looked at.
        examples: their arrays, in the same order.
    """

    def __init__(self, rated: Sequence[Rated], examples: Sequence[JudgeExample]) -> None:
        self._words = [
            TfidfVectorizer(
                ngram_range=(1, 2),
                min_df=_RARE,
                max_features=_MOST,
                sublinear_tf=True,
                token_pattern=r"\w+|[?!]",  # noqa: S106  (of words)
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
            weight * words.transform(each) for weight, words, each in zip(_WEIGHTS, self._words, texts, strict=True)
        ]
        rows = sparse.csr_array(sparse.hstack([*parts, sparse.csr_array(_NUMBERS * scaled)], format="csr"))
        ends = np.cumsum([len(one.ratings) for one in rated])
        return [rows[end - len(one.ratings) : end] for one, end in zip(rated, ends, strict=True)]


class Linear:
    """Two linear models of rated dialogues.

    Args:
        rated: dialogues.
        rows: those of `Counts`, in the same order.
    """

    def __init__(self, rated: Sequence[Rated], rows: Sequence[sparse.csr_array]) -> None:
        ratings = [each for one in rated for each in one.ratings]
        there = np.array([bool(each) for each in ratings])
        x = sparse.csr_array(sparse.vstack(list(rows), format="csr"))[there]
        low = np.array([sum(rating < 3 for rating in each) / len(each) for each in ratings if each])
        # Each turn stands there twice, as one who is not satisfied and one who is, each with its share.
        both = np.repeat([True, False], len(low))
        self._low = _learn(_LOW, sparse.vstack([x, x], format="csr"), both, np.concatenate([low, 1 - low]))
        self._class = _learn(_CLASS, x, np.array([three_classes(each) for each in ratings if each]))

    def __call__(self, rows: Sequence[sparse.csr_array]) -> list[tuple[Floats, Floats]]:
        """Return P(rated below 3 by a person), shape (turns,), and P(class), shape (turns, 3), of each dialogue."""
        x = sparse.csr_array(sparse.vstack(list(rows), format="csr"))
        classes = np.zeros((x.shape[0], 3))
        # A class that nobody gave has no column.
        classes[:, self._class.classes_] = self._class.predict_proba(x)
        ends = np.cumsum([each.shape[0] for each in rows])[:-1]
        low = np.asarray(self._low.predict_proba(x)[:, 1], np.float64)
        return list(zip(np.split(low, ends), np.split(classes, ends), strict=True))


def _learn(
    strength: float, x: sparse.csr_array, wanted: npt.NDArray[np.generic], weights: Floats | None = None
) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=300).fit(x, wanted, sample_weight=weights)


def _numbers(examples: Sequence[JudgeExample]) -> npt.NDArray[np.float32]:
    return np.asarray(np.nan_to_num(np.concatenate([each["numbers"] for each in examples])), np.float32)


def _texts(rated: Sequence[Rated]) -> list[tuple[str, ...]]:
    """Return of each turn the request, the response before it, the next request, its response, the request before."""
    return [
        (
            turn.request,
            _answer(turns[at - 1]) if at else "",
            turns[at + 1].request if at + 1 < len(turns) else "",
            _answer(turn),
            turns[at - 1].request if at else "",
        )
        for turns in (one.session.turns for one in rated)
        for at, turn in enumerate(turns)
    ]


def _answer(turn: Turn) -> str:
    return turn.response.text if turn.response is not None else ""
