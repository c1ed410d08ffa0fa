"""The rooms: speech over the noise of a room, whose level does not depend on the loudness of the voice."""

import functools
import hashlib
from types import MappingProxyType

import numpy as np

from sayagain.household.outcome import Condition, Delivery
from sayagain.household.speech.audio import RATE, Audio, frame_power, from_pcm, power_db, to_pcm

__all__ = [
    "NOISE_DB",
    "SPEECH_DB",
    "delivery_key",
    "room_noise",
    "simulate_microphone",
    "speech_level_db",
    "stable_seed",
]

SPEECH_DB = -26.0
"""Level of a voice at its normal loudness, decibels below full scale (the level at which ITU-T tests codecs)."""

NOISE_DB: MappingProxyType[Condition, float | None] = MappingProxyType(
    {"clean": None, "quiet": SPEECH_DB - 20, "lively": SPEECH_DB - 15, "noisy": SPEECH_DB - 10}
)
"""Level of the noise in each condition; a normal voice is 20, 15 or 10 dB louder."""

_LOOP_SECONDS = 60
_LEAD_SECONDS = (0.25, 0.40)
_TAIL_SECONDS = 0.5
# Room noise as ITU-T P.800 (annex A, after Hoth 1941) prescribes it for listening tests: hertz, decibels per hertz.
_HOTH = (
    (100, 32.4), (125, 30.9), (160, 29.1), (200, 27.6), (250, 26.0), (315, 24.4), (400, 22.7), (500, 21.1), (630, 19.5),
    (800, 17.8), (1000, 16.2), (1250, 14.6), (1600, 12.9), (2000, 11.3), (2500, 9.6), (3150, 7.8), (4000, 5.4),
    (5000, 2.6), (6300, -1.3), (8000, -6.6),
)  # fmt: skip


def stable_seed(*parts: object) -> int:
    """Return a seed that depends on the parts alone and is the same in every process.

    >>> stable_seed("turn on the lamp", "slt", 0)
    1539040864676398155
    """
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=8).digest(), "little")


def delivery_key(delivery: Delivery) -> tuple[str, str, str, str, str, int]:
    """Return the fields that decide the sound of a delivery.

    >>> delivery_key(Delivery("stop", "slt", "quiet"))
    ('stop', 'slt', 'quiet', 'normal', 'normal', 0)
    """
    manner = delivery.condition, delivery.pace, delivery.loudness
    return (delivery.request, delivery.voice, *manner, delivery.take)


@functools.cache
def room_noise() -> Audio:
    """Return a minute of room noise with the spectrum of ITU-T P.800, at 0 dB, for a loop without a seam."""
    count = RATE * _LOOP_SECONDS
    # Noise from the frequency domain is periodic, so the loop has no seam.
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    hertz, decibels = np.array(_HOTH).T
    shape = 10 ** (np.interp(np.log(np.maximum(frequencies, 1)), np.log(hertz), decibels) / 20)
    shape[frequencies < 60] = 0  # a small microphone does not pick these up
    rng = np.random.default_rng(1941)
    spectrum = shape * (rng.standard_normal(shape.size) + 1j * rng.standard_normal(shape.size))
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise / np.sqrt(np.mean(np.square(noise))), dtype=np.float32)


def speech_level_db(audio: Audio) -> float:
    """Return the level of speech without pauses: of frames of 20 ms within 30 dB of the loudest.

    >>> tone = np.sin(np.arange(16_000, dtype=np.float32))
    >>> paused = np.concatenate([tone, np.zeros(16_000, dtype=np.float32)])
    >>> round(speech_level_db(paused), 1) == round(speech_level_db(tone), 1)
    True
    """
    power = frame_power(audio, RATE // 50)
    return power_db(float(np.mean(power[power >= power.max() / 1000])))


def simulate_microphone(speech: Audio, delivery: Delivery) -> Audio:
    """Return the microphone's audio: silence, the speech, half a second of silence, all over the room's noise.

    The stretch of noise and the start of the speech depend on the whole delivery, so another take, voice or loudness
    gets another stretch. The samples are rounded to 16 bits.
    """
    rng = np.random.default_rng(stable_seed(*delivery_key(delivery)))
    lead_samples = int(rng.uniform(*_LEAD_SECONDS) * RATE)
    offset = int(rng.integers(RATE * _LOOP_SECONDS))
    speech_db = SPEECH_DB + (6.0 if delivery.loudness == "loud" else 0.0)
    gain = 10 ** ((speech_db - speech_level_db(speech)) / 20)
    samples = np.pad(speech * np.float32(gain), (lead_samples, int(_TAIL_SECONDS * RATE)))
    noise_db = NOISE_DB[delivery.condition]
    if noise_db is not None:
        noise = room_noise().take(np.arange(offset, offset + samples.size), mode="wrap")
        samples = samples + noise * np.float32(10 ** (noise_db / 20))
    return from_pcm(to_pcm(samples.astype(np.float32)))
