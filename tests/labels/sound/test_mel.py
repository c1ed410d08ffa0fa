import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.labels.sound import BANDS, LONGEST_SECONDS, RATE, log_mel


def tone(hertz, seconds=1.0):
    return np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE).astype(np.float32)


def test_a_higher_tone_stands_in_a_higher_band():
    bands = [log_mel(tone(hertz)).mean(0).argmax() for hertz in (100, 300, 1_000, 3_000, 7_000)]
    assert bands == sorted(set(bands))


def test_loudness_changes_nothing_and_noise_does():
    noise = np.random.default_rng(1).normal(size=RATE).astype(np.float32)
    plain = log_mel(tone(440) + 0.01 * noise)
    assert log_mel((tone(440) + 0.01 * noise) / 50) == pytest.approx(plain, abs=1e-3)
    assert log_mel(tone(440) + 0.1 * noise).mean() > plain.mean() + 0.2


def test_what_is_sixty_decibels_down_and_what_is_silent_look_alike():
    mel = log_mel(np.concatenate([tone(440), np.zeros(RATE, np.float32), tone(440) / 10_000]))
    assert mel.max() == 1
    assert set(mel[110:190].ravel()) == set(mel[205:].ravel()) == {-1.0}


@given(st.integers(0, 20_000))
def test_there_is_a_frame_each_10_ms_and_always_one(samples):
    mel = log_mel(np.full(samples, 0.1, np.float32))
    assert mel.shape == (max(0, samples - 400) // 160 + 1, BANDS)
    assert mel.dtype == np.float32
    assert np.isfinite(mel).all()


def test_what_is_longer_than_any_command_is_cut_off():
    samples = np.random.default_rng(1).normal(size=(LONGEST_SECONDS + 3) * RATE).astype(np.float32)
    assert (log_mel(samples) == log_mel(samples[: LONGEST_SECONDS * RATE])).all()
