"""The commands to a coffee machine, spoken by real people: recognised, clean and in a kitchen's noise, and what failed.

There is no transcript. A clip counts as failed when the words of one of its slots do not stand in what was recognised,
numbers compared as words: an order that is heard without its roast is not the order that was given.
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
"""How far the voice stands above the kitchen, in decibels; None as it was recorded."""

# One sound, two spellings: who understands orders knows both.
_ALIKE = {"iced": "ice", "oz": "ounce", "ounces": "ounce"}


class Clip(msgspec.Struct, frozen=True, kw_only=True):
    """One command, one way of hearing it."""

    name: str
    """Of the file."""
    condition: str
    """Of `CONDITIONS`."""
    audio: Audio
    """As the microphone hears it."""
    transcript: Transcript
    """What was recognised."""
    failed: bool
    """Whether a slot is not in it."""

    @property
    def confidence(self) -> float | None:
        """Of the recogniser."""
        return self.transcript.nbest[0][1] if self.transcript.nbest else None


def clips(folder: Path, keep: Path) -> list[Clip]:
    """Return every command of the set in every condition.

    Args:
        folder: with `labels.json`, `audio/` and `noise/kitchen.flac`.
        keep: a folder for what was recognised, so that it is recognised once.

    Raises:
        InputError: the folder is not laid out like that.
        MissingExtra: the extra `voice` is not installed.
    """
    try:
        labels: dict[str, dict[str, Any]] = json.loads((folder / "labels.json").read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(f"{folder / 'labels.json'}: cannot be read ({error})") from None
    noise = _read(folder / "noise" / "kitchen.flac")
    names = sorted(labels)
    spoken = {name: _read(folder / "audio" / name) for name in names}
    keys = [(name, condition) for condition in CONDITIONS for name in names]
    audios = [_in_kitchen(spoken[name], noise, CONDITIONS[condition], name) for name, condition in keys]
    key = stable_seed("whisper-tiny", keys, [float(np.abs(audio).sum()) for audio in audios])
    heard = _recognised(audios, keep / f"coffee-{key:x}.json")
    return [
        Clip(
            name=name,
            condition=condition,
            audio=audio,
            transcript=transcript,
            failed=not slots_heard(labels[name]["slots"], transcript.best),
        )
        for (name, condition), audio, transcript in zip(keys, audios, heard, strict=True)
    ]


def slots_heard(slots: dict[str, str], heard: str) -> bool:
    """Whether the words of every slot stand in a row in what was heard.

    >>> slots_heard({"size": "twelve ounce", "coffeeDrink": "iced mocha"}, "make me a 12 oz ice mocha")
    True
    >>> slots_heard({"roast": "light roast"}, "a light rose coffee")
    False
    """
    text = f" {_alike(heard)} "
    return all(f" {_alike(words)} " in text for words in slots.values())


def _alike(text: str) -> str:
    return " ".join(_ALIKE.get(word, word) for word in in_words(tidy(text)))


def _read(path: Path) -> Audio:
    if not path.is_file():
        raise InputError(f"{path}: no such file; expected the layout of the published set, as FLAC")
    decode = require("faster_whisper", "voice").decode_audio
    return np.asarray(decode(str(path), sampling_rate=RATE), np.float32)


def _in_kitchen(speech: Audio, noise: Audio, above_db: float | None, name: str) -> Audio:
    if above_db is None:
        return speech
    start = int(np.random.default_rng(stable_seed("kitchen", name)).integers(noise.size))
    stretch = noise.take(np.arange(start, start + speech.size), mode="wrap")
    level = 10 * np.log10(np.mean(np.square(stretch, dtype=np.float64)) + 1e-12)
    return (speech + stretch * np.float32(10 ** ((speech_level_db(speech) - above_db - level) / 20))).astype(np.float32)


def _recognised(audios: Sequence[Audio], path: Path) -> list[Transcript]:
    if path.exists():
        return msgspec.json.decode(path.read_bytes(), type=list[Transcript])
    found = recogniser("whisper-tiny", threads=os.cpu_count() or 1).recognise(audios)
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_suffix(f".{os.getpid()}")
    making.write_bytes(msgspec.json.encode(found))
    making.replace(path)
    return found
