"""Resynthesis of the recordings: the audio of each outcome, of which the package keeps the transcript only.

Voices and rooms give the same samples every time, so the sound need not be stored, and need not be recognised again.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sayagain.household.outcome import Delivery, SpeechOutcome
from sayagain.household.speech.record import say
from sayagain.household.speech.score import in_words
from sayagain.labels.sound import BANDS, RATE, SoundExample, log_mel
from sayagain.models import Progress

__all__ = ["is_misheard", "resynthesise", "sound_examples"]

# The voice of festival was made of the same person's speech as this one of flite.
_VOICE_OWNERS: dict[str, str] = {"hts": "slt"}
_WORKERS = 2
_CHUNK = 256


def is_misheard(outcome: SpeechOutcome) -> bool:
    """Whether the best transcript has other words than were said, numbers compared as words.

    >>> heard = (("play 1984", 0.9),)
    >>> is_misheard(
    ...     SpeechOutcome(
    ...         request="play nineteen eighty four",
    ...         voice="slt",
    ...         condition="clean",
    ...         nbest=heard,
    ...         duration_ms=900,
    ...         asr_ms=99,
    ...     )
    ... )
    False
    """
    return in_words(outcome.request) != in_words(outcome.best)


def sound_examples(outcomes: Sequence[SpeechOutcome], mels: Sequence[npt.NDArray[np.float16]]) -> list[SoundExample]:
    """Return the sound network's training examples, with the person behind each voice.

    Args:
        outcomes: those of people.
        mels: of each, as made by `resynthesise`.
    """
    return [
        SoundExample(
            mel=mel,
            misheard=is_misheard(outcome),
            confidence=outcome.nbest[0][1] if outcome.nbest else None,
            sentence=outcome.request,
            voice=_VOICE_OWNERS.get(outcome.voice, outcome.voice),
        )
        for outcome, mel in zip(outcomes, mels, strict=True)
    ]


def resynthesise(
    outcomes: Sequence[SpeechOutcome], *, cache_folder: Path | None = None, progress: Progress | None = None
) -> list[npt.NDArray[np.float16]]:
    """Return the log-mel features of what the microphone heard of each outcome, each of shape (frames, 40).

    Args:
        outcomes: those of people; a television's were heard another way.
        cache_folder: a folder in which the features are kept, to be read again when the same outcomes are asked for.
        progress: told after each few hundred.

    Raises:
        MissingExtra: when the engine of a voice is not on the path.
    """
    deliveries = [outcome.delivery for outcome in outcomes]
    path = None if cache_folder is None else cache_folder / f"{_cache_key(deliveries)}.npz"
    if path is not None and path.exists():
        with np.load(path) as cache:
            return np.split(cache["mel"], np.cumsum(cache["frames"])[:-1])
    # What differs in its room alone is said once: such deliveries come one after the other.
    order = sorted(
        range(len(deliveries)), key=lambda index: (deliveries[index].request, deliveries[index].voice, index)
    )
    mels: list[npt.NDArray[np.float16]] = [np.zeros((0, BANDS), np.float16)] * len(deliveries)
    with ThreadPoolExecutor(_WORKERS) as pool:
        for start in range(0, len(order), _CHUNK):
            chunk = order[start : start + _CHUNK]
            for index, mel in zip(chunk, pool.map(_mel, [deliveries[index] for index in chunk]), strict=True):
                mels[index] = mel
            if progress is not None:
                progress("making audio", start + len(chunk), len(order))
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial_path = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial_path, mel=np.concatenate(mels), frames=np.array([len(mel) for mel in mels]))
        partial_path.replace(path)
    return mels


def _mel(delivery: Delivery) -> npt.NDArray[np.float16]:
    # Steps of a thousandth of 60 dB: half the room on disk, and nothing that can be heard.
    return log_mel(say(delivery)).astype(np.float16)


def _cache_key(deliveries: Sequence[Delivery]) -> str:
    # With what the features look like: features that were kept do not outlive a change of how they are made.
    probe = log_mel(np.sin(np.arange(RATE // 4, dtype=np.float32) ** 1.5)).round(2)
    return hashlib.blake2b(repr(deliveries).encode() + probe.tobytes(), digest_size=8).hexdigest()
