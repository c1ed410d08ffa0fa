"""Resynthesis of the recordings: the audio of recorded outcomes, of which the package ships only the transcripts.

Voices and rooms give the same samples every time, so neither storage nor another recognition is necessary.
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

# The voices festival hts and flite slt were made from the speech of one person.
_VOICE_OWNERS: dict[str, str] = {"hts": "slt"}
_WORKERS = 2
_CHUNK = 256


def is_misheard(outcome: SpeechOutcome) -> bool:
    """Return whether the best transcript differs from the words said, with numbers compared as words.

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
        outcomes: outcomes of people's requests.
        mels: their log-mel features, as made by `resynthesise`.
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
    """Return the log-mel features of the microphone's audio of each outcome, each of shape (frames, 40).

    Args:
        outcomes: outcomes of people's requests; television speech was recorded differently.
        cache_folder: folder in which the features of the same outcomes are cached; None for no cache.
        progress: called after every few hundred outcomes.

    Raises:
        MissingExtra: the engine of a voice is not on the path.
    """
    deliveries = [outcome.delivery for outcome in outcomes]
    path = None if cache_folder is None else cache_folder / f"{_cache_key(deliveries)}.npz"
    if path is not None and path.exists():
        with np.load(path) as cache:
            return np.split(cache["mel"], np.cumsum(cache["frames"])[:-1])
    # Deliveries that differ only in their room follow each other, so that their speech is synthesised once.
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
    # 16-bit floats take half the space; the rounding, a thousandth of 60 dB, is inaudible.
    return log_mel(say(delivery)).astype(np.float16)


def _cache_key(deliveries: Sequence[Delivery]) -> str:
    # The features of a probe are part of the key, so that a change of the features invalidates the cache.
    probe = log_mel(np.sin(np.arange(RATE // 4, dtype=np.float32) ** 1.5)).round(2)
    return hashlib.blake2b(repr(deliveries).encode() + probe.tobytes(), digest_size=8).hexdigest()
