import numpy as np
import pytest

from sayagain.errors import ModelError
from sayagain.labels.sound import RATE, SHIPPED, SoundJudge, log_mel
from sayagain.models import read_manifest

RNG = np.random.default_rng(1)
SOUNDS = [RNG.normal(size=samples).astype(np.float32) for samples in (300, RATE, 3 * RATE)]


@pytest.fixture(scope="module")
def judge():
    return SoundJudge.open()


def test_many_at_once_are_judged_as_each_alone(judge):
    confidences = [0.9, None, 0.2]
    expected = [judge.misheard(sound, confidence) for sound, confidence in zip(SOUNDS, confidences, strict=True)]
    assert judge.misheard_all([log_mel(sound) for sound in SOUNDS], confidences) == pytest.approx(expected, abs=1e-5)
    assert all(0 < p < 1 for p in expected)


def test_a_confidence_counts_where_there_is_one(judge):
    sound = SOUNDS[1]
    unsure, sure, unknown = (judge.misheard(sound, confidence) for confidence in (0.2, 0.95, None))
    assert unsure > sure
    assert unknown not in {unsure, sure}


def test_loudness_is_no_reason(judge):
    assert judge.misheard(SOUNDS[1] / 100) == pytest.approx(judge.misheard(SOUNDS[1]), abs=0.01)


def test_nothing_at_all_is_judged_too(judge):
    assert 0 < judge.misheard(np.zeros(0, np.float32)) < 1
    assert judge.misheard_all([]).shape == (0,)


def test_what_the_package_ships_is_small_and_says_what_it_was_taught_on():
    manifest = read_manifest(SHIPPED)
    assert (SHIPPED / "model.onnx").stat().st_size <= 5_000_000
    assert "household" in manifest.data
    assert manifest.metrics["auc_both"] > manifest.metrics["auc_sound"] > 0.5
    assert "confidence alone" in (SHIPPED / "card.md").read_text(encoding="utf-8")


def test_where_there_is_no_model_that_is_said(tmp_path):
    with pytest.raises(ModelError, match="holds no model"):
        SoundJudge.open(tmp_path)
