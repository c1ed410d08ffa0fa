import numpy as np
import pytest

from sayagain.household.outcome import Delivery
from sayagain.household.speech.audio import RATE
from sayagain.household.speech.record import say
from sayagain.household.speech.vad import FRAME, FRAME_MS, SileroVad, activity


def frames(*runs):
    return np.concatenate([np.full(count, value, dtype=np.float32) for value, count in runs])


def sounding(probabilities):
    return np.repeat(np.where(probabilities > 0.3, 0.1, 0.001), FRAME).astype(np.float32)


def test_silence_is_no_activity():
    probabilities = frames((0.1, 40))
    assert activity(sounding(probabilities), probabilities) is None


def test_a_short_pause_belongs_to_the_utterance_and_a_long_one_ends_it():
    short = frames((0.0, 5), (0.9, 10), (0.0, 20), (0.9, 10), (0.0, 30))
    long = frames((0.0, 5), (0.9, 10), (0.0, 30), (0.9, 10))
    assert activity(sounding(short), short).end_ms == 45 * FRAME_MS
    assert activity(sounding(long), long).end_ms == 15 * FRAME_MS


def test_doubtful_frames_prolong_speech_but_do_not_begin_it():
    prolonged = frames((0.4, 5), (0.9, 5), (0.4, 5), (0.0, 30))
    utterance = activity(sounding(prolonged), prolonged)
    assert (utterance.start_ms, utterance.end_ms) == (5 * FRAME_MS, 15 * FRAME_MS)
    resumed = frames((0.9, 5), (0.0, 3), (0.4, 5), (0.0, 30))
    assert activity(sounding(resumed), resumed).end_ms == 5 * FRAME_MS


def test_signal_to_noise_is_measured():
    rng = np.random.default_rng(1)
    probabilities = frames((0.0, 20), (0.9, 40), (0.0, 40))
    noise = rng.standard_normal(100 * FRAME).astype(np.float32) * np.float32(0.001)
    speech = np.repeat(probabilities, FRAME) * rng.standard_normal(100 * FRAME).astype(np.float32)
    utterance = activity(noise + speech * np.float32(0.01 / 0.9), probabilities)
    assert utterance.snr_db == pytest.approx(20, abs=1)
    assert utterance.level_db == pytest.approx(-40, abs=0.5)


@pytest.mark.slow
def test_silero_hears_a_voice_and_forgets_it():
    pytest.importorskip("faster_whisper")
    vad = SileroVad()
    silence = np.zeros(RATE, dtype=np.float32)
    silent_probabilities = vad.probabilities(silence)
    audio = say(Delivery("turn on the kitchen light", "hts", "quiet"))
    voice_probabilities = vad.probabilities(audio)
    assert voice_probabilities.shape == (-(-audio.size // FRAME),)
    assert voice_probabilities.max() > 0.9
    assert np.array_equal(vad.probabilities(silence), silent_probabilities)
    assert silent_probabilities.max() < 0.5
    assert vad.probabilities(silence[:0]).size == 0
