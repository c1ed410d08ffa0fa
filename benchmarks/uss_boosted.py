"""Boosted trees over the same fields and embeddings as the network that judges USS, for an ensemble with it.

Embeddings are reduced to their 32 principal components; LightGBM (Ke et al. 2017) predicts the share of annotators who
rated a turn below 3, and its three classes.
"""

from collections.abc import Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.uss import Rated
from benchmarks.uss_examples import low_share, three_classes
from sayagain.labels.judge.training.examples import JudgeExample

__all__ = ["Boosted"]

Floats = npt.NDArray[np.float64]

_COMPONENTS = 32
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
        rated: training dialogues.
        examples: arrays of the dialogues, in the same order.
    """

    def __init__(self, rated: Sequence[Rated], examples: Sequence[JudgeExample]) -> None:
        vectors = np.concatenate([np.concatenate([example["requests"], example["responses"]]) for example in examples])
        # The eigenvectors of the largest eigenvalues come last.
        self._components = np.linalg.eigh(np.cov(vectors, rowvar=False))[1][:, -_COMPONENTS:]
        rows = np.concatenate([self._rows(example) for example in examples])
        turn_ratings = [ratings for dialogue in rated for ratings in dialogue.ratings]
        is_rated = np.array([bool(ratings) for ratings in turn_ratings])
        low = [low_share(ratings) for ratings in turn_ratings if ratings]
        classes = [three_classes(ratings) for ratings in turn_ratings if ratings]
        self._low = self._fit(rows[is_rated], low, {"objective": "cross_entropy"})
        self._class = self._fit(rows[is_rated], classes, {"objective": "multiclass", "num_class": 3})

    def __call__(self, examples: Sequence[JudgeExample]) -> list[tuple[Floats, Floats]]:
        """Return P(rated below 3 by an annotator), shape (turns,), and P(class), shape (turns, 3), of each dialogue."""
        rows = np.concatenate([self._rows(example) for example in examples])
        low = np.asarray(self._low.predict(rows, num_threads=1), np.float64)
        classes = np.asarray(self._class.predict(rows, num_threads=1), np.float64)
        ends = np.cumsum([len(example["mask"]) for example in examples])[:-1]
        return list(zip(np.split(low, ends), np.split(classes, ends), strict=True))

    def _fit(
        self, rows: npt.NDArray[np.float32], targets: Sequence[float | None], settings: Mapping[str, object]
    ) -> lightgbm.Booster:
        data = lightgbm.Dataset(rows, np.array(targets, np.float64))
        return lightgbm.train({**_SETTINGS, **settings}, data, _ROUNDS)

    def _rows(self, example: JudgeExample) -> npt.NDArray[np.float32]:
        requests, responses = example["requests"] @ self._components, example["responses"] @ self._components
        nothing = np.zeros_like(requests[:1])
        previous_responses, next_requests = np.vstack([nothing, responses[:-1]]), np.vstack([requests[1:], nothing])
        columns = [example["numbers"], example["codes"], requests, previous_responses, next_requests, responses]
        return np.hstack(columns).astype(np.float32)
