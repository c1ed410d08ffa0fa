import numpy as np
import pytest

from sayagain.errors import CorruptModel
from sayagain.failures.evidence import EVIDENCE_FIELDS
from sayagain.failures.tree_model import TREES, TreeModel, fit_trees, open_trees, write_trees
from sayagain.models import Card

CARD = Card(does="Tells the sign of a number.", limits="None.")


@pytest.fixture(scope="module")
def data():
    rows = np.full((400, len(EVIDENCE_FIELDS)), np.nan, np.float32)
    rows[:, 3] = np.random.default_rng(1).normal(size=400)
    return rows, (rows[:, 3] > 0).astype(int)


def fit(data, **options):
    return fit_trees(*data, names=("below", "above"), rounds=5, leaves=4, **options)


def test_a_model_survives_writing_and_gives_the_same_bytes(data, tmp_path):
    for folder in ("one", "two"):
        model = fit(data)
        write_trees(model, tmp_path / folder, data="made up", card=CARD, metrics={}, seed=1)
    opened = open_trees(tmp_path / "one")
    np.testing.assert_array_equal(opened.probabilities(data[0]), model.probabilities(data[0]))
    assert (opened.probabilities(data[0]).argmax(axis=1) == data[1]).mean() > 0.95
    for file in (TREES, "manifest.json", "card.md"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_model_is_given_its_own_columns_alone(data):
    model = fit(data, fields=EVIDENCE_FIELDS[2:5])
    changed = data[0].copy()
    changed[:, 10:] = 7.0
    np.testing.assert_array_equal(model.probabilities(changed), model.probabilities(data[0]))
    assert model.probabilities(data[0][:0]).shape == (0, 2)


def test_weights_move_the_decision(data):
    rows, classes = data
    ones = fit_trees(rows[:, :] * np.nan, classes, names=("below", "above"), rounds=3, leaves=4)
    heavy = fit_trees(
        rows * np.nan, classes, names=("below", "above"), rounds=3, leaves=4, weights=np.where(classes == 0, 9.0, 1.0)
    )
    assert heavy.probabilities(rows[:1])[0, 0] > ones.probabilities(rows[:1])[0, 0]


def test_trees_that_cannot_be_read_are_refused():
    with pytest.raises(CorruptModel, match="cannot be read"):
        TreeModel("no trees", EVIDENCE_FIELDS, ("below", "above"))
