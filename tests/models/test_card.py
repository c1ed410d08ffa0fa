from sayagain.models import Card, ModelManifest
from sayagain.models.card import card_text

MANIFEST = ModelManifest(
    name="defect judge",
    files={},
    inputs={"text": ("batch", "turns", 384)},
    outputs={"defect": ("batch", "turns", 2)},
    encoder="ecfc",
    metrics={"f1": 0.5, "auc": 0.875},
    seed=3,
    data="The recordings of the household.",
)


def test_a_card_tells_data_figures_and_limits():
    card = Card(does="Judges turns.", limits="English alone.", figures=("USS: .3, a person .25",), licence="MIT")
    text = card_text(MANIFEST, card, 1_234_567)
    assert text.startswith("# defect judge\n\nJudges turns.\n\n## Data\n\nThe recordings of the household.\n")
    assert "## Figures\n\n- auc: 0.875\n- f1: 0.500\n- USS: .3, a person .25\n" in text
    assert "## Limits\n\nEnglish alone.\n" in text
    assert "- Takes `text` (batch, turns, 384); gives `defect` (batch, turns, 2).\n" in text
    assert "1.23 MB, MIT" in text
    assert "encoder `ecfc`" in text
    assert "Seed 3." in text


def test_a_card_without_figures_says_so():
    bare = ModelManifest(name="x", files={}, inputs={}, outputs={}, data="none")
    assert "None were measured." in card_text(bare, Card(does="x", limits="x"), 1)
