"""The ranker: P(candidate is right), by two boosted models trained on weak labels and the verified table.

One model sees the assistant's own preference; the other does without it, so it generalises from requests that were
understood to requests that were not. Their probabilities are normalised over the candidates of a turn and combined
with the table's share by their geometric mean.
"""

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt

from sayagain.errors import ReleaseError
from sayagain.labels import UNKNOWN, Label
from sayagain.rewriting.boosted import Boosted
from sayagain.rewriting.candidates import Candidate
from sayagain.rewriting.features import CONTEXT, CONTEXT_SHARE, NAMES, RANKED, SHARE
from sayagain.turns import Turn

__all__ = ["Floats", "Ranker", "fit_booster", "fit_ranker", "targets"]

Floats = npt.NDArray[np.float64]

ROUNDS = 200
PARAMETERS: dict[str, Any] = {
    "objective": "cross_entropy",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 63,
    "verbose": -1,
    "deterministic": True,
    "force_row_wise": True,
    # One thread: threads waiting for each other on a busy machine cost more than they bring on batches of this size.
    "num_threads": 1,
}

_COLUMN = {name: column for column, name in enumerate(NAMES)}

_WITH = NAMES
_WITHOUT = tuple(name for name in NAMES if name not in RANKED)


class Ranker:
    """Two boosted models, as text that a release can hold.

    Args:
        with_rank: the model that sees the assistant's preference, in LightGBM's text format; empty for none.
        without_rank: the model that does not.

    Raises:
        ReleaseError: a model was trained on a feature that this version does not have.
    """

    def __init__(self, with_rank: str, without_rank: str) -> None:
        self.texts = (with_rank, without_rank)
        self._models = [Boosted(text) if text else None for text in self.texts]
        self._columns = [
            _feature_columns(model.names if model is not None else (), usual)
            for model, usual in zip(self._models, (_WITH, _WITHOUT), strict=True)
        ]

    def probabilities(self, rows: Floats, starts: Sequence[int], *, table: bool = True) -> Floats:
        """Return P(right) of each candidate; those of one turn sum to 1.

        Args:
            rows: features of the candidates of one or many turns, stacked, shape (candidates, columns).
            starts: the first row of each turn.
            table: False asks the models alone.
        """
        # The table knows what the words mean on average; in context that is not the question.
        table_rows = np.isnan(rows[:, CONTEXT_SHARE]) & table
        product: Floats = np.where(table_rows, rows[:, SHARE] + 0.05, 1.0)
        for model, columns in zip(self._models, self._columns, strict=True):
            if model is not None:
                product *= _normalise(model.probabilities(rows[:, columns]), starts)
        return _normalise(np.where(table_rows, np.cbrt(product), np.sqrt(product)), starts)


def targets(turn: Turn, candidates: Sequence[Candidate], label: Label | None) -> tuple[Floats, float]:
    """Return P(right) of each candidate by the label, and the training weight; weight 0 when the label says nothing."""
    y = np.zeros(len(candidates))
    if label is None:
        return y, 0.0
    if label.hypothesis == UNKNOWN:
        # None of the hypotheses is right; a candidate that stands for all others is, where there is one.
        y[:] = (1 - label.probability) / max(len(candidates), 2)
        y[[k for k, candidate in enumerate(candidates) if candidate.layer == "none"]] = label.probability
        return y, label.weight
    right_index = next(
        (k for k, candidate in enumerate(candidates) if candidate.hypothesis.key == label.hypothesis.key), None
    )
    if label.hypothesis.key == turn.understood.key and turn.applied_rewrite is None:
        # What was done is what should have been: leaving it is right, whatever was expected of it.
        right_index = 0
    if right_index is None:
        return y, 0.0
    y[:] = (1 - label.probability) / max(len(candidates), 2)
    y[right_index] = label.probability
    return y, label.weight


def fit_booster(
    rows: Floats,
    y: Floats,
    weights: Floats,
    *,
    seed: int,
    rounds: int = ROUNDS,
    names: Sequence[str] | None = None,
) -> str:
    """Boost trees on probabilities, by cross-entropy, and return the model as text with the `names` of its columns."""
    data = lightgbm.Dataset(rows, y, weight=weights, feature_name="auto" if names is None else list(names))
    text: str = lightgbm.train({**PARAMETERS, "seed": seed}, data, rounds).model_to_string()
    return text


def fit_ranker(rows: Floats, y: Floats, weights: Floats, *, seed: int, rounds: int = ROUNDS) -> Ranker:
    """Train both models.

    Args:
        rows: features, shape (candidates, columns).
        y: P(right), shape (candidates,).
        weights: training weight of each row, shape (candidates,); rows of weight 0 are left out.
        seed: of the boosting.
        rounds: of boosting.

    Returns:
        A ranker; one without models, which uses the table alone, when there is too little data.
    """
    use = weights > 0
    if use.sum() < 2 * int(PARAMETERS["min_data_in_leaf"]):
        return Ranker("", "")
    # A log without ambiguous requests teaches the same ranker as before there were such columns.
    absent = CONTEXT if np.isnan(rows[use][:, CONTEXT_SHARE]).all() else frozenset()
    columns = [tuple(name for name in names if name not in absent) for names in (_WITH, _WITHOUT)]
    return Ranker(
        *(
            fit_booster(
                rows[use][:, _feature_columns(names, names)],
                y[use],
                weights[use],
                seed=seed,
                rounds=rounds,
                names=names,
            )
            for names in columns
        )
    )


def _feature_columns(names: Sequence[str], default_names: Sequence[str]) -> list[int]:
    """Return the columns of `features` that a model takes; `default_names` apply to a model without column names."""
    model_names = default_names if not names or names[0] == "Column_0" else names
    if missing_names := [name for name in model_names if name not in _COLUMN]:
        raise ReleaseError(f"the ranker takes {', '.join(missing_names)}, which this version lacks; upgrade sayagain")
    return [_COLUMN[name] for name in model_names]


def _normalise(p: Floats, starts: Sequence[int]) -> Floats:
    totals = np.add.reduceat(p, starts)
    if len(starts) == 1:
        normalised: Floats = p / max(totals[0], 1e-9)
        return normalised
    counts = np.diff([*starts, len(p)])
    out: Floats = p / np.maximum(np.repeat(totals, counts), 1e-9)
    return out
