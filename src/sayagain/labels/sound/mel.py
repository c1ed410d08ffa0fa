"""Log-mel features of audio, independent of its loudness; needs numpy alone."""

import functools

import numpy as np
import numpy.typing as npt

__all__ = ["BANDS", "FRAME_MS", "LONGEST_SECONDS", "RATE", "log_mel"]

RATE = 16_000
"""Sample rate of the audio, in hertz."""

FRAME_MS = 10
"""Step between frames, in milliseconds."""

BANDS = 40
"""Number of mel bands of a frame."""

LONGEST_SECONDS = 12
"""Longest audio, in seconds; the rest is cut off. No command is as long."""

_HOP = RATE * FRAME_MS // 1000
_WINDOW = 400
_FFT = 512
_LOWEST, _HIGHEST = 60.0, 7_600.0
# Levels further below the loudest are clipped: digital silence of a synthetic voice would differ from that of a room.
_RANGE_DB = 60.0


def log_mel(audio: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Return the energy of each band and frame, in decibels below the loudest, scaled to [-1, 1].

    1 is the loudest band of the loudest frame; -1 is 60 dB below it or less. The features exclude absolute loudness,
    which depends on the microphone, and keep the signal-to-noise ratio.

    Args:
        audio: samples of one channel at `RATE`, shape (n,).

    Returns:
        Shape (frames, 40), one frame per 10 ms, at least one; at most 12 seconds.

    Source: Davis and Mermelstein 1980, with windows of 25 ms and the mel scale of O'Shaughnessy 1987.

    >>> tone = np.sin(np.arange(16_000, dtype=np.float32))
    >>> log_mel(tone).shape
    (98, 40)
    >>> bool(np.allclose(log_mel(tone), log_mel(tone / 8), atol=1e-3))
    True
    """
    samples = np.asarray(audio, dtype=np.float32)[: LONGEST_SECONDS * RATE]
    samples = np.pad(samples, (0, max(0, _WINDOW - samples.size)))
    frames = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    # 32 bits are twice as fast as 64, and far finer than 60 dB.
    spectrum = np.fft.rfft(frames * _window(), _FFT)
    energy = (np.square(spectrum.real) + np.square(spectrum.imag)) @ _filters()
    decibels = 10 * np.log10(np.maximum(energy, 1e-12))
    relative = np.maximum(decibels - decibels.max(), -_RANGE_DB)
    return np.asarray(1 + 2 * relative / _RANGE_DB, dtype=np.float32)


@functools.cache
def _window() -> npt.NDArray[np.float32]:
    return np.hanning(_WINDOW + 1)[:-1].astype(np.float32)


@functools.cache
def _filters() -> npt.NDArray[np.float32]:
    """Return triangular filters, overlapping by half, of equal width in mel, shape (257, 40)."""
    mel = np.linspace(_to_mel(_LOWEST), _to_mel(_HIGHEST), BANDS + 2)
    corners = 700 * (10 ** (mel / 2595) - 1)
    hertz = np.fft.rfftfreq(_FFT, 1 / RATE)[:, None]
    rising = (hertz - corners[:-2]) / (corners[1:-1] - corners[:-2])
    falling = (corners[2:] - hertz) / (corners[2:] - corners[1:-1])
    return np.maximum(0, np.minimum(rising, falling)).astype(np.float32)


def _to_mel(hertz: float) -> float:
    return 2595 * float(np.log10(1 + hertz / 700))
