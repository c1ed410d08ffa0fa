import numpy as np
import pytest
import torch

from sayagain.labels.sound import AXES, BANDS, as_input
from sayagain.labels.sound.training import SoundNetwork
from sayagain.models import Card, ModelManifest, open_model, pad
from sayagain.models.training import export

pytestmark = pytest.mark.train

RNG = np.random.default_rng(1)
MELS = [RNG.uniform(-1, 1, (frames, BANDS)).astype(np.float32) for frames in (1, 2, 37, 50)]
CONFIDENCES = (0.9, None, 0.0, 1.0)
ITEMS = [as_input(mel, confidence) for mel, confidence in zip(MELS, CONFIDENCES, strict=True)]


@pytest.fixture
def network():
    torch.manual_seed(1)
    return SoundNetwork(16).eval()


def run(network, items):
    with torch.inference_mode():
        outputs = network(**{name: torch.from_numpy(array) for name, array in pad(items, AXES).items()})
    return np.stack([output.numpy() for output in outputs])


def test_padding_changes_nothing(network):
    expected = np.concatenate([run(network, [item]) for item in ITEMS], axis=1)
    assert run(network, ITEMS) == pytest.approx(expected, abs=1e-5)


def test_the_sound_is_judged_without_the_confidence_and_one_that_was_not_told_says_nothing(network):
    mel = MELS[2]
    sound, both = run(network, [as_input(mel, 0.1), as_input(mel, 0.9), as_input(mel, None)])
    assert (sound == sound[0]).all()
    assert len({tuple(row) for row in both.tolist()}) == 3
    silent = {**as_input(mel, None), "confidence": np.asarray(0.9, np.float32)}
    assert run(network, [silent])[1][0] == pytest.approx(both[2], abs=1e-6)


def test_calibration_moves_logits_along_a_line(network):
    before = run(network, ITEMS)
    network.calibration.copy_(torch.tensor([[0.5, 1.0], [2.0, 0.0]]))
    after = run(network, ITEMS)
    assert after[0, :, 1] == pytest.approx(0.5 * before[0, :, 1] + 1, abs=1e-5)
    assert after[1, :, 1] == pytest.approx(2 * before[1, :, 1], abs=1e-5)


def test_only_while_learning_sounds_are_changed(network):
    assert (run(network, ITEMS) == run(network, ITEMS)).all()
    network.train()
    assert not (run(network, ITEMS) == run(network, ITEMS)).all()


def test_the_export_answers_as_the_network(network, tmp_path):
    manifest = ModelManifest(
        name="sound", files={}, inputs=dict(AXES), outputs=dict.fromkeys(("sound", "both"), ("batch", 2)), data="None."
    )
    card = Card(does="Judges.", limits="Made for a test.")
    examples = [pad(ITEMS, AXES), pad(ITEMS[:1], AXES), pad(ITEMS[2:3], AXES)]
    assert export(network, tmp_path / "sound", examples, manifest, card).likeness.difference < 1e-4
    outputs = open_model(tmp_path / "sound").run_all(ITEMS)
    assert np.stack([[output["sound"], output["both"]] for output in outputs], 1) == pytest.approx(
        run(network, ITEMS), abs=1e-4
    )
