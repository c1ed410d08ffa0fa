import msgspec
import numpy as np
import pytest

from sayagain.labels.sound import BANDS, SoundExample
from sayagain.labels.sound.training import (
    SETTINGS,
    SoundNetwork,
    checkpoint_of,
    is_kept_back,
    out_of_fold,
    platt,
    predict_misheard,
    train_sound,
)

pytestmark = pytest.mark.train

FAST = msgspec.structs.replace(SETTINGS, epochs=12, batch=16, rate=5e-3)


def examples(count, *, seed=1, voices=("a",)):
    """Return examples that are misheard where the upper bands have noise."""
    rng = np.random.default_rng(seed)
    recordings = []
    for number in range(count):
        misheard = bool(rng.random() < 0.5)
        mel = rng.uniform(-1, 0, (int(rng.integers(20, 40)), BANDS)).astype(np.float32)
        mel[:, BANDS // 2 :] += misheard
        confidence = float(rng.random()) if number % 3 else None
        voice = voices[number % len(voices)]
        recordings.append(
            SoundExample(mel=mel, misheard=misheard, confidence=confidence, sentence=f"s{number}", voice=voice)
        )
    return recordings


def right(logits, judged):
    return np.mean((logits > 0) == np.array([example.misheard for example in judged])[:, None])


def weights(network):
    return [tensor.tolist() for tensor in network.state_dict().values()]


def test_it_learns_what_tells_and_the_same_seed_gives_the_same():
    network = train_sound(examples(160), settings=FAST)
    test_examples = examples(60, seed=2)
    assert right(predict_misheard(network, test_examples), test_examples) > 0.9
    assert weights(train_sound(examples(160), settings=FAST)) == weights(network)


def test_each_is_judged_as_it_would_be_alone():
    judged = examples(9)
    network = SoundNetwork()
    logits = predict_misheard(network, judged)
    assert logits == pytest.approx(
        np.concatenate([predict_misheard(network, [example]) for example in judged]), abs=1e-5
    )


def test_a_network_is_trained_further_and_the_one_before_stays():
    first = train_sound(examples(40), settings=msgspec.structs.replace(FAST, epochs=1))
    first_weights = weights(first)
    continued = train_sound(examples(160), begin=first, settings=FAST)
    assert weights(first) == first_weights
    assert weights(continued) != first_weights


def test_a_voice_that_fails_often_is_no_reason():
    """Two very different voices, one of which fails four times as often: only the voice could be learnt."""
    rng = np.random.default_rng(1)
    training = []
    for number in range(480):
        mel = np.full((30, BANDS), -1.0, np.float32)
        mel[:, : BANDS // 2 if number % 2 else BANDS] = 0.5
        misheard = bool(rng.random() < (0.8 if number % 2 else 0.2))
        training.append(SoundExample(mel=mel, misheard=misheard, sentence=f"s{number}", voice="ab"[number % 2]))
    logits = predict_misheard(train_sound(training, settings=FAST), training[:2])[:, 0]
    assert abs(logits[0] - logits[1]) < 1
    without_voices = [msgspec.structs.replace(example, voice="") for example in training]
    logits = predict_misheard(train_sound(without_voices, settings=FAST), without_voices[:2])[:, 0]
    assert logits[1] - logits[0] > 1.5


def test_a_network_in_the_cache_is_not_trained_again(tmp_path):
    training, one_epoch = examples(60, voices=("a", "b")), msgspec.structs.replace(FAST, epochs=1)
    logits = out_of_fold(training, settings=one_epoch, keep=tmp_path)
    checkpoints = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(checkpoints) == 4
    assert (out_of_fold(training, settings=one_epoch, keep=tmp_path) == logits).all()
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == checkpoints
    assert checkpoint_of(training, tmp_path, one_epoch) != checkpoint_of(training, tmp_path, FAST)
    changed = [msgspec.structs.replace(training[0], misheard=not training[0].misheard), *training[1:]]
    assert checkpoint_of(changed, tmp_path, one_epoch) != checkpoint_of(training, tmp_path, one_epoch)


def test_a_voice_and_a_sentence_are_judged_by_what_never_met_them(monkeypatch):
    trained_on, judged_examples = [], []

    def train(training, **_):
        trained_on.append(training)
        return len(trained_on) - 1

    def check(network, judged):
        training = trained_on[network]
        unseen = [example for example in judged if not any(example is other for other in training)]
        # Held-out examples of its own scale the logits of a network.
        assert unseen == [] or len(unseen) == len(judged)
        assert unseen != [] or all(is_kept_back(example) for example in judged)
        for example in unseen:
            judged_examples.append((example.voice, example.sentence))
            assert example.voice not in {other.voice for other in training}
            assert example.sentence not in {other.sentence for other in training}
        return np.zeros((len(judged), 2))

    monkeypatch.setattr("sayagain.labels.sound.training.crossfit.train_sound", train)
    monkeypatch.setattr("sayagain.labels.sound.training.crossfit.predict_misheard", check)
    steps = []
    all_examples = examples(60, voices=("a", "b", "c"))
    # Each sentence has a second voice.
    all_examples += [
        msgspec.structs.replace(example, voice="b" if example.voice == "a" else "a") for example in all_examples
    ]
    out_of_fold(all_examples, progress=lambda *step: steps.append(step))
    assert sorted(judged_examples) == sorted((example.voice, example.sentence) for example in all_examples)
    assert steps[-1] == ("training", 6, 6)


def test_logits_become_probabilities_that_can_be_counted_on():
    rng = np.random.default_rng(1)
    logits = rng.normal(size=4_000) * 3
    wrong = rng.random(4_000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))
    scaling = platt(logits, wrong)
    assert (scaling.slope, scaling.shift) == (pytest.approx(0.5, abs=0.05), pytest.approx(-1, abs=0.1))
