"""The set `coffee_speech`: people's commands to a coffee machine, recognised clean and with a kitchen's noise.

The set has slots but no reference transcripts. A clip counts as failed if the words of one of its slots are not in the
transcript, with numbers compared as words: an order without its roast is another order.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from sayagain.errors import InputError
from sayagain.extras import require
from sayagain.household.speech.audio import RATE, Audio
from sayagain.household.speech.recognise import recogniser
from sayagain.household.speech.rooms import speech_level_db, stable_seed
from sayagain.household.speech.score import in_words
from sayagain.household.speech.transcript import Transcript, tidy

__all__ = ["CONDITIONS", "Clip", "clips", "slots_heard"]

CONDITIONS: dict[str, float | None] = {"clean": None, "15 dB": 15.0, "5 dB": 5.0}
"""Signal-to-noise ratio of voice and kitchen, in decibels; None for the original recording."""

# Two spellings of one word, which any NLU of orders accepts.
_SPELLINGS = {"iced": "ice", "oz": "ounce", "ounces": "ounce"}


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """One command in one condition."""

    name: str
    """Name of the file."""
    condition: str
    """A key of `CONDITIONS`."""
    audio: Audio
    """Samples with the noise of the condition."""
    transcript: Transcript
    """Output of the recogniser."""
    failed: bool
    """Whether a slot is missing from the transcript."""

    @property
    def confidence(self) -> float | None:
        """Confidence of the recogniser; None if it recognised nothing."""
        return self.transcript.nbest[0][1] if self.transcript.nbest else None


def clips(folder: Path, keep: Path) -> list[Clip]:
    """Return every command of the set in every condition.

    Args:
        folder: folder with `labels.json`, `audio/` and `noise/kitchen.flac`.
        keep: folder that caches the transcripts.

    Raises:
        InputError: the folder has another layout.
        MissingExtra: the extra `voice` is not installed.
    """
    try:
        labels: dict[str, dict[str, Any]] = json.loads((folder / "labels.json").read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / 'labels.json'}: cannot be read ({error})") from None
    noise = _read_audio(folder / "noise" / "kitchen.flac")
    names = sorted(labels)
    recordings = {name: _read_audio(folder / "audio" / name) for name in names}
    keys = [(name, condition) for condition in CONDITIONS for name in names]
    audios = [_add_noise(recordings[name], noise, CONDITIONS[condition], name) for name, condition in keys]
    key = stable_seed("whisper-tiny", keys, [float(np.abs(audio).sum()) for audio in audios])
    transcripts = _recognise(audios, keep / f"coffee-{key:x}.json")
    return [
        Clip(
            name=name,
            condition=condition,
            audio=audio,
            transcript=transcript,
            failed=not slots_heard(labels[name]["slots"], transcript.best),
        )
        for (name, condition), audio, transcript in zip(keys, audios, transcripts, strict=True)
    ]


def slots_heard(slots: dict[str, str], heard: str) -> bool:
    """Return whether the transcript contains the words of every slot, as one phrase each.

    >>> slots_heard({"size": "twelve ounce", "coffeeDrink": "iced mocha"}, "make me a 12 oz ice mocha")
    True
    >>> slots_heard({"roast": "light roast"}, "a light rose coffee")
    False
    """
    text = f" {_unify_spelling(heard)} "
    return all(f" {_unify_spelling(words)} " in text for words in slots.values())


def _unify_spelling(text: str) -> str:
    return " ".join(_SPELLINGS.get(word, word) for word in in_words(tidy(text)))


def _read_audio(path: Path) -> Audio:
    if not path.is_file():
        raise InputError(f"{path}: no such file; expected the layout of the published set, as FLAC")
    decode = require("faster_whisper", "voice").decode_audio
    return np.asarray(decode(str(path), sampling_rate=RATE), np.float32)


def _add_noise(speech: Audio, noise: Audio, above_db: float | None, name: str) -> Audio:
    if above_db is None:
        return speech
    start = int(np.random.default_rng(stable_seed("kitchen", name)).integers(noise.size))
    stretch = noise.take(np.arange(start, start + speech.size), mode="wrap")
    level = 10 * np.log10(np.mean(np.square(stretch, dtype=np.float64)) + 1e-12)
    return (speech + stretch * np.float32(10 ** ((speech_level_db(speech) - above_db - level) / 20))).astype(np.float32)


def _recognise(audios: Sequence[Audio], path: Path) -> list[Transcript]:
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=list[Transcript])
    transcripts = recogniser("whisper-tiny", threads=os.cpu_count() or 1).recognise(audios)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(msgspec.json.encode(transcripts))
    draft.replace(path)
    return transcripts
