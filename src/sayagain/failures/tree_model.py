"""A boosted model of the failure point with its manifest and card; LightGBM reads it, a core dependency."""

from pathlib import Path

import lightgbm
import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.errors import CorruptModel, ModelError
from sayagain.failures.evidence import EVIDENCE_FIELDS
from sayagain.failures.failure_point import FAILURE_POINTS
from sayagain.models.card import Card, card_text
from sayagain.models.manifest import MANIFEST, ModelManifest, file_digest, read_manifest

__all__ = ["TREES", "TreeModel", "fit_trees", "open_trees", "write_trees"]

TREES = "model.txt"
"""The trees, in LightGBM's text format."""

ROUNDS = 150
"""Boosting rounds; each adds a tree for each class."""

_SETTINGS = {
    "objective": "multiclass",
    "learning_rate": 0.1,
    "num_leaves": 31,
    "min_data_in_leaf": 30,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "verbose": -1,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
}

Floats = npt.NDArray[np.float32]
Probabilities = npt.NDArray[np.float64]


class TreeModel:
    """A boosted model with the names of its columns and classes.

    Args:
        text: the trees, in LightGBM's text format.
        fields: names of the columns.
        classes: names of the classes.

    Raises:
        CorruptModel: LightGBM cannot read the trees.
        ModelError: this version lacks a column.
    """

    def __init__(self, text: str, fields: tuple[str, ...], classes: tuple[str, ...]) -> None:
        if unknown := [name for name in fields if name not in EVIDENCE_FIELDS]:
            raise ModelError(f"the model takes {', '.join(unknown)}, which this version lacks; upgrade sayagain")
        self.text = text
        self.fields = fields
        self.classes = classes
        self._columns = [EVIDENCE_FIELDS.index(name) for name in fields]
        try:
            self._booster = lightgbm.Booster(model_str=text)
        except lightgbm.basic.LightGBMError as error:
            raise CorruptModel(f"the trees cannot be read ({error})") from None

    def probabilities(self, rows: Floats) -> Probabilities:
        """Return the probability of each class.

        Args:
            rows: shape (turns, `EVIDENCE_FIELDS`).

        Returns:
            Shape (turns, classes).
        """
        if not len(rows):
            return np.zeros((0, len(self.classes)))
        predicted: Probabilities = np.asarray(self._booster.predict(rows[:, self._columns], num_threads=1), np.float64)
        return predicted


def fit_trees(
    rows: Floats,
    classes: npt.NDArray[np.integer],
    *,
    weights: npt.NDArray[np.floating] | None = None,
    names: tuple[str, ...] = FAILURE_POINTS,
    fields: tuple[str, ...] = EVIDENCE_FIELDS,
    rounds: int = ROUNDS,
    leaves: int = 31,
    seed: int = 1,
) -> TreeModel:
    """Fit a boosted model of the failure point.

    Args:
        rows: shape (turns, `EVIDENCE_FIELDS`).
        classes: index of the class of each row, shape (turns,).
        weights: weight of each row; None for equal weights.
        names: names of the classes.
        fields: columns that the model may see.
        rounds: boosting rounds.
        leaves: most leaves of a tree.
        seed: seed of the sampling.

    Source: Ke et al. 2017, "LightGBM: a highly efficient gradient boosting decision tree".
    """
    columns = [EVIDENCE_FIELDS.index(name) for name in fields]
    data = lightgbm.Dataset(rows[:, columns], classes, weight=weights, feature_name=list(fields))
    settings = {**_SETTINGS, "num_class": len(names), "num_leaves": leaves, "seed": seed}
    return TreeModel(lightgbm.train(settings, data, rounds).model_to_string(), fields, names)


def open_trees(folder: Path) -> TreeModel:
    """Open a model that `write_trees` wrote.

    Raises:
        ModelError: there is no model, its format is newer, or this version lacks one of its columns.
        CorruptModel: a file is missing or has another checksum.
    """
    manifest = read_manifest(folder, TREES)
    text = (folder / TREES).read_text(encoding="utf-8")
    return TreeModel(text, manifest.fields["evidence"], manifest.labels["failure_point"])


def write_trees(
    model: TreeModel, folder: Path, *, data: str, card: Card, metrics: dict[str, float], seed: int
) -> ModelManifest:
    """Write a model with its manifest and card; the same model gives the same bytes.

    Args:
        model: the model.
        folder: where it goes; files of an older model are replaced.
        data: the training data, in words.
        card: the rest of the card.
        metrics: figures, by name.
        seed: seed of the training.
    """
    folder.mkdir(parents=True, exist_ok=True)
    trees = folder / TREES
    trees.write_text(model.text, encoding="utf-8")
    manifest = ModelManifest(
        name="failure-point",
        files={TREES: file_digest(trees)},
        inputs={"evidence": ("batch", len(model.fields))},
        outputs={"failure_point": ("batch", len(model.classes))},
        labels={"failure_point": model.classes},
        fields={"evidence": model.fields},
        metrics=metrics,
        weights="float64",
        seed=seed,
        data=data,
    )
    (folder / MANIFEST).write_bytes(
        msgspec.json.format(msgspec.json.encode(manifest, order="sorted"), indent=2) + b"\n"
    )
    (folder / "card.md").write_text(card_text(manifest, card, trees.stat().st_size), encoding="utf-8")
    return manifest
