import numpy as np
import pytest

from sayagain.household.speech.audio import RATE, write_wav
from sayagain.household.speech.listen import Ears, hear
from sayagain.household.speech.transcript import Transcript
from sayagain.household.speech.vad import FRAME


class LoudnessVad:
    """Speech is what is loud."""

    def probabilities(self, audio):
        framed = np.pad(audio, (0, -audio.size % FRAME)).reshape(-1, FRAME)
        return (np.abs(framed).max(axis=1) > 0.01).astype(np.float32)


class CountingRecogniser:
    """Hears how long the audio is."""

    def recognise(self, audios):
        return [Transcript(nbest=((f"{audio.size} samples", 0.5),), no_speech=0.1, tokens=4) for audio in audios]


def spoken(seconds, *, lead=1.0, tail=1.5):
    parts = (lead, 0.0), (seconds, 0.1), (tail, 0.0)
    return np.concatenate([np.full(int(length * RATE), level, dtype=np.float32) for length, level in parts])


def test_recognition_gets_the_utterance_with_a_margin_and_not_the_rest():
    [recognition] = Ears(CountingRecogniser(), LoudnessVad()).hear([spoken(1.0, lead=1.024)])
    samples = int(recognition.best.split()[0])
    assert RATE * 1.55 < samples < RATE * 1.75
    assert 990 <= recognition.duration_ms <= 1_060
    assert recognition.asr_ms == 90 + 4 * 6
    assert recognition.level_db == pytest.approx(-20, abs=0.3)


def test_silence_is_not_given_to_recognition_and_keeps_its_place():
    silence = np.zeros(RATE, dtype=np.float32)
    first, second, third = Ears(CountingRecogniser(), LoudnessVad()).hear([silence, spoken(0.5), silence])
    assert (first.best, first.nbest, first.duration_ms, first.no_speech) == ("", (), 0, 1.0)
    assert second.best
    assert third == first


def test_only_the_first_utterance_is_heard():
    [once] = Ears(CountingRecogniser(), LoudnessVad()).hear([spoken(0.5)])
    [twice] = Ears(CountingRecogniser(), LoudnessVad()).hear([np.concatenate([spoken(0.5), spoken(2.0)])])
    assert twice.best == once.best


def test_a_wav_file_is_heard(tmp_path):
    write_wav(tmp_path / "said.wav", spoken(0.5))
    assert (
        hear(tmp_path / "said.wav", Ears(CountingRecogniser(), LoudnessVad()))
        == Ears(CountingRecogniser(), LoudnessVad()).hear([spoken(0.5)])[0]
    )
