"""The sound judge: P(recognition failed) from a request's audio. Needs no torch."""

from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt

from sayagain.labels.sound.mel import BANDS, log_mel
from sayagain.models import Array, Model, Shape, open_model

__all__ = ["AXES", "SHIPPED", "SoundJudge", "as_input"]

SHIPPED = Path(__file__).resolve().parent / "shipped"
"""The model that the package ships."""

AXES: MappingProxyType[str, Shape] = MappingProxyType(
    {"mel": ("batch", "frames", BANDS), "mask": ("batch", "frames"), "confidence": ("batch",), "told": ("batch",)}
)
"""What the network takes."""


class SoundJudge:
    """Predicts from audio whether recognition failed; any number of threads may share it.

    Args:
        model: one that `scripts/train_sound.py` made.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    @classmethod
    def open(cls, folder: Path | str = SHIPPED) -> Self:
        """Open the model of the package, or another.

        Raises:
            MissingExtra: the extra `models` is not installed.
            ModelError: there is no model, or one of a newer format.
            CorruptModel: a file is not the one that was written.
        """
        return cls(open_model(folder))

    def misheard(self, audio: npt.NDArray[np.floating], confidence: float | None = None) -> float:
        """Return P(recognition failed), in [0, 1].

        Args:
            audio: samples of one channel at 16 kHz, shape (n,).
            confidence: of the recogniser in its words, in [0, 1], where it is a Whisper's mean probability of a token;
                others mean other things by theirs and should be left out.
        """
        return float(self.misheard_all([log_mel(audio)], [confidence])[0])

    def misheard_all(
        self, mels: Sequence[npt.NDArray[np.floating]], confidences: Sequence[float | None] | None = None
    ) -> npt.NDArray[np.float64]:
        """Return P(recognition failed) of many sounds, shape (sounds,).

        Args:
            mels: as `log_mel` gives them.
            confidences: of the recogniser, None where it told none; the sound alone judges where none is told.
        """
        told = [None] * len(mels) if confidences is None else confidences
        items = [as_input(mel, confidence) for mel, confidence in zip(mels, told, strict=True)]
        found = self._model.run_all(items)
        logits = [each["sound" if confidence is None else "both"] for each, confidence in zip(found, told, strict=True)]
        return np.array([1 / (1 + np.exp(float(each[0] - each[1]))) for each in logits])


def as_input(mel: npt.NDArray[np.floating], confidence: float | None) -> dict[str, Array]:
    """Return a sound and a confidence as the network takes them."""
    return {
        "mel": np.asarray(mel, np.float32),
        "mask": np.ones(len(mel), np.bool_),
        "confidence": np.asarray(0.5 if confidence is None else confidence, np.float32),
        "told": np.asarray(confidence is not None),
    }
