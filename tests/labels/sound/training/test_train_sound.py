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
    """Sounds whose highest bands tell: noise there is misheard."""
    dice = np.random.default_rng(seed)
    found = []
    for at in range(count):
        misheard = bool(dice.random() < 0.5)
        mel = dice.uniform(-1, 0, (int(dice.integers(20, 40)), BANDS)).astype(np.float32)
        mel[:, BANDS // 2 :] += misheard
        told = float(dice.random()) if at % 3 else None
        voice = voices[at % len(voices)]
        found.append(SoundExample(mel=mel, misheard=misheard, confidence=told, sentence=f"s{at}", voice=voice))
    return found


def right(logits, some):
    return np.mean((logits > 0) == np.array([example.misheard for example in some])[:, None])


def weights(network):
    return [each.tolist() for each in network.state_dict().values()]


def test_it_learns_what_tells_and_the_same_seed_gives_the_same():
    network = train_sound(examples(160), settings=FAST)
    unseen = examples(60, seed=2)
    assert right(predict_misheard(network, unseen), unseen) > 0.9
    assert weights(train_sound(examples(160), settings=FAST)) == weights(network)


def test_each_is_judged_as_it_would_be_alone():
    some = examples(9)
    network = SoundNetwork()
    together = predict_misheard(network, some)
    assert together == pytest.approx(np.concatenate([predict_misheard(network, [one]) for one in some]), abs=1e-5)


def test_a_network_is_taught_on_and_the_one_before_stays():
    begun = train_sound(examples(40), settings=msgspec.structs.replace(FAST, epochs=1))
    before = weights(begun)
    after = train_sound(examples(160), begin=begun, settings=FAST)
    assert weights(begun) == before
    assert weights(after) != before


def test_a_voice_that_fails_often_is_no_reason():
    """Two voices as different as can be, one failing four times as often: all that could be learnt is who speaks."""
    dice = np.random.default_rng(1)
    some = []
    for at in range(480):
        mel = np.full((30, BANDS), -1.0, np.float32)
        mel[:, : BANDS // 2 if at % 2 else BANDS] = 0.5
        misheard = bool(dice.random() < (0.8 if at % 2 else 0.2))
        some.append(SoundExample(mel=mel, misheard=misheard, sentence=f"s{at}", voice="ab"[at % 2]))
    sound = predict_misheard(train_sound(some, settings=FAST), some[:2])[:, 0]
    assert abs(sound[0] - sound[1]) < 1
    alike = [msgspec.structs.replace(example, voice="") for example in some]
    sound = predict_misheard(train_sound(alike, settings=FAST), alike[:2])[:, 0]
    assert sound[1] - sound[0] > 1.5


def test_what_was_taught_is_not_taught_again(tmp_path):
    some, brief = examples(60, voices=("a", "b")), msgspec.structs.replace(FAST, epochs=1)
    first = out_of_fold(some, settings=brief, keep=tmp_path)
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(kept) == 4
    assert (out_of_fold(some, settings=brief, keep=tmp_path) == first).all()
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == kept
    assert checkpoint_of(some, tmp_path, brief) != checkpoint_of(some, tmp_path, FAST)
    other = [msgspec.structs.replace(some[0], misheard=not some[0].misheard), *some[1:]]
    assert checkpoint_of(other, tmp_path, brief) != checkpoint_of(some, tmp_path, brief)


def test_a_voice_and_a_sentence_are_judged_by_what_never_met_them(monkeypatch):
    taught_on, judged_by = [], []

    def remember(some, **_):
        taught_on.append(some)
        return len(taught_on) - 1

    def refuse_what_was_met(network, some):
        met = taught_on[network]
        asked = [example for example in some if not any(example is other for other in met)]
        # What it was not trained on, though it is among its examples, brings it to the scale of the others.
        assert asked == [] or len(asked) == len(some)
        assert asked != [] or all(is_kept_back(example) for example in some)
        for example in asked:
            judged_by.append((example.voice, example.sentence))
            assert example.voice not in {other.voice for other in met}
            assert example.sentence not in {other.sentence for other in met}
        return np.zeros((len(some), 2))

    monkeypatch.setattr("sayagain.labels.sound.training.crossfit.train_sound", remember)
    monkeypatch.setattr("sayagain.labels.sound.training.crossfit.predict_misheard", refuse_what_was_met)
    told = []
    some = examples(60, voices=("a", "b", "c"))
    # Another voice says each sentence, too.
    some += [msgspec.structs.replace(example, voice="b" if example.voice == "a" else "a") for example in some]
    out_of_fold(some, progress=lambda *step: told.append(step))
    assert sorted(judged_by) == sorted((example.voice, example.sentence) for example in some)
    assert told[-1] == ("training", 6, 6)


def test_logits_become_probabilities_that_can_be_counted_on():
    dice = np.random.default_rng(1)
    logits = dice.normal(size=4_000) * 3
    wrong = dice.random(4_000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))
    line = platt(logits, wrong)
    assert (line.slope, line.shift) == (pytest.approx(0.5, abs=0.05), pytest.approx(-1, abs=0.1))
