"""Audio: 16 kHz mono samples, read from and written to WAV files and 16-bit bytes, and their level."""

import wave
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from sayagain.errors import InputError

__all__ = [
    "RATE",
    "Audio",
    "frame_power",
    "from_pcm",
    "level_db",
    "power_db",
    "read_wav",
    "resample",
    "to_pcm",
    "write_wav",
]

Audio = npt.NDArray[np.float32]
"""Samples of one channel at `RATE`, shape (n,), in [-1, 1]."""

RATE = 16_000
"""Samples a second, everywhere in this room."""


def from_pcm(pcm: bytes) -> Audio:
    r"""Convert little-endian 16-bit samples to audio.

    >>> from_pcm(b"\x00\x40").tolist()
    [0.5]
    """
    return (np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(32768)).astype(np.float32)


def to_pcm(audio: Audio) -> bytes:
    """Convert audio to little-endian 16-bit samples, clipped at full scale as by a microphone.

    >>> to_pcm(np.array([0.5, 2.0], dtype=np.float32)).hex()
    '0040ff7f'
    """
    return np.clip(np.rint(audio * 32768), -32768, 32767).astype("<i2").tobytes()


def resample(audio: Audio, rate: int) -> Audio:
    """Resample audio of another rate to `RATE`.

    >>> resample(np.zeros(32_000, dtype=np.float32), 32_000).shape
    (16000,)
    """
    if rate == RATE:
        return audio
    common = int(np.gcd(rate, RATE))
    return np.asarray(resample_poly(audio, RATE // common, rate // common), dtype=np.float32)


def level_db(audio: Audio) -> float:
    """Return the root mean square in decibels below full scale; -120 for silence.

    >>> round(level_db(np.full(16, 0.1, dtype=np.float32)))
    -20
    """
    if audio.size == 0:
        return -120.0
    return power_db(float(np.mean(np.square(audio, dtype=np.float64))))


def power_db(power: float) -> float:
    """Return a power in decibels; -120 for silence.

    >>> power_db(0.01), power_db(0.0)
    (-20.0, -120.0)
    """
    return float(10 * np.log10(max(power, 1e-12)))


def frame_power(audio: Audio, size: int) -> npt.NDArray[np.float64]:
    """Return the mean square of each frame, the last one padded with silence; no samples are one silent frame.

    Args:
        audio: samples, shape (n,).
        size: samples a frame.

    >>> frame_power(np.array([1.0, 1.0, 1.0], dtype=np.float32), 2).tolist()
    [1.0, 0.5]
    """
    if audio.size == 0:
        return np.zeros(1)
    frames = np.pad(audio.astype(np.float64), (0, -audio.size % size)).reshape(-1, size)
    return np.asarray(np.mean(np.square(frames), axis=1))


def read_wav(path: Path | str) -> Audio:
    """Read a WAV file of 16-bit samples, of any rate and number of channels.

    Raises:
        InputError: the file is missing or is not such a file.
    """
    try:
        with wave.open(str(path), "rb") as file:
            width, channels, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            pcm = file.readframes(file.getnframes())
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; give a WAV file") from None
    except (wave.Error, EOFError) as error:
        raise InputError(f"{path}: not a WAV file that can be read ({error}); give 16-bit PCM") from None
    if width != 2:
        raise InputError(f"{path}: its samples have {8 * width} bits; give 16-bit PCM")
    whole_bytes = len(pcm) - len(pcm) % (2 * channels)
    mono = from_pcm(pcm[:whole_bytes]).reshape(-1, channels).mean(axis=1, dtype=np.float64).astype(np.float32)
    return resample(mono, rate)


def write_wav(path: Path | str, audio: Audio) -> None:
    """Write audio as a 16-bit WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(to_pcm(audio))
