import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.errors import InputError
from sayagain.household.speech.audio import RATE, from_pcm, level_db, read_wav, resample, to_pcm, write_wav


@given(st.lists(st.integers(-32768, 32767)))
def test_sixteen_bit_samples_survive_the_round_trip(samples):
    pcm = np.array(samples, dtype="<i2").tobytes()
    assert to_pcm(from_pcm(pcm)) == pcm


def test_a_wav_is_read_as_written(tmp_path):
    audio = from_pcm(np.arange(-500, 500, dtype="<i2").tobytes())
    write_wav(tmp_path / "a.wav", audio)
    assert np.array_equal(read_wav(tmp_path / "a.wav"), audio)


def test_stereo_of_another_rate_becomes_one_channel_at_ours(tmp_path):
    seconds = np.arange(48_000) / 48_000
    left = (8_000 * np.sin(2 * np.pi * 440 * seconds)).astype("<i2")
    with wave.open(str(tmp_path / "s.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(np.stack([left, np.zeros_like(left)], axis=1).tobytes())
    audio = read_wav(tmp_path / "s.wav")
    assert audio.shape == (RATE,)
    assert np.argmax(np.abs(np.fft.rfft(audio))) == 440
    assert level_db(audio) == pytest.approx(level_db(from_pcm(left.tobytes())) - 6.02, abs=0.2)


@pytest.mark.parametrize("content", [b"", b"not a wav at all"])
def test_what_is_no_wav_is_refused_by_name(tmp_path, content):
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"x\.wav: not a WAV file"):
        read_wav(path)


def test_a_missing_file_and_wide_samples_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_wav(tmp_path / "none.wav")
    with wave.open(str(tmp_path / "w.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(3)
        file.setframerate(RATE)
        file.writeframes(b"\0" * 30)
    with pytest.raises(InputError, match="24 bits"):
        read_wav(tmp_path / "w.wav")


def test_audio_at_our_rate_is_left_as_it_is():
    audio = np.ones(10, dtype=np.float32)
    assert resample(audio, RATE) is audio
