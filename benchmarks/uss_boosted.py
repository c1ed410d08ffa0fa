"""Boosted trees over the same fields and words as the network that judges USS: another opinion, averaged with its own.

The words are reduced to their 32 widest directions; LightGBM (Ke et al. 2017) learns the share of people who rated a
turn below 3, and its three classes.
"""

from collections.abc import Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.uss import Rated
from benchmarks.uss_examples import three_classes
from sayagain.labels.judge.training.examples import JudgeExample

__all__ = ["Boosted"]

Floats = npt.NDArray[np.float64]

_WIDE = 32
_ROUNDS = 130
_SETTINGS = {
    "verbose": -1,
    "num_threads": 1,
    "seed": 1,
    "deterministic": True,
    "force_col_wise": True,
    "max_bin": 63,
    "learning_rate": 0.06,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.25,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
}


class Boosted:
    """Two boosted models of rated dialogues.

    Args:
        rated: dialogues.
        examples: their arrays, in the same order.
    """

    def __init__(self, rated: Sequence[Rated], examples: Sequence[JudgeExample]) -> None:
        texts = np.concatenate([np.concatenate([each["requests"], each["responses"]]) for each in examples])
        # The eigenvectors of the largest eigenvalues come last.
        self._widest = np.linalg.eigh(np.cov(texts, rowvar=False))[1][:, -_WIDE:]
        rows = np.concatenate([self._rows(each) for each in examples])
        ratings = [each for one in rated for each in one.ratings]
        there = np.array([bool(each) for each in ratings])
        low = [sum(rating < 3 for rating in each) / len(each) for each in ratings if each]
        classes = [three_classes(each) for each in ratings if each]
        self._low = self._learn(rows[there], low, {"objective": "cross_entropy"})
        self._class = self._learn(rows[there], classes, {"objective": "multiclass", "num_class": 3})

    def __call__(self, examples: Sequence[JudgeExample]) -> list[tuple[Floats, Floats]]:
        """Return P(rated below 3 by a person), shape (turns,), and P(class), shape (turns, 3), of each dialogue."""
        rows = np.concatenate([self._rows(each) for each in examples])
        low = np.asarray(self._low.predict(rows, num_threads=1), np.float64)
        classes = np.asarray(self._class.predict(rows, num_threads=1), np.float64)
        ends = np.cumsum([len(each["mask"]) for each in examples])[:-1]
        return list(zip(np.split(low, ends), np.split(classes, ends), strict=True))

    def _learn(
        self, rows: npt.NDArray[np.float32], wanted: Sequence[float | None], settings: Mapping[str, object]
    ) -> lightgbm.Booster:
        data = lightgbm.Dataset(rows, np.array(wanted, np.float64))
        return lightgbm.train({**_SETTINGS, **settings}, data, _ROUNDS)

    def _rows(self, example: JudgeExample) -> npt.NDArray[np.float32]:
        asked, answered = example["requests"] @ self._widest, example["responses"] @ self._widest
        nothing = np.zeros_like(asked[:1])
        before, after = np.vstack([nothing, answered[:-1]]), np.vstack([asked[1:], nothing])
        return np.hstack([example["numbers"], example["codes"], asked, before, after, answered]).astype(np.float32)
