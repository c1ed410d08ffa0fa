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
"""Folder of the shipped model."""

AXES: MappingProxyType[str, Shape] = MappingProxyType(
    {"mel": ("batch", "frames", BANDS), "mask": ("batch", "frames"), "confidence": ("batch",), "told": ("batch",)}
)
"""Axes of the network's inputs."""


class SoundJudge:
    """Predicts from audio whether recognition failed; any number of threads may share it.

    Args:
        model: a model from `scripts/train_sound.py`.
    """

    def __init__(self, model: Model) -> None:
        self._model = model

    @classmethod
    def open(cls, folder: Path | str = SHIPPED) -> Self:
        """Open the shipped model or another one.

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
            confidence: mean token probability of a Whisper recogniser, in [0, 1]; None for any other recogniser,
                because its confidence has another meaning.
        """
        return float(self.misheard_all([log_mel(audio)], [confidence])[0])

    def misheard_all(
        self, mels: Sequence[npt.NDArray[np.floating]], confidences: Sequence[float | None] | None = None
    ) -> npt.NDArray[np.float64]:
        """Return P(recognition failed) of many sounds, shape (sounds,).

        Args:
            mels: outputs of `log_mel`.
            confidences: confidence of the recogniser for each sound; for None the sound alone decides.
        """
        known_confidences = [None] * len(mels) if confidences is None else confidences
        items = [as_input(mel, confidence) for mel, confidence in zip(mels, known_confidences, strict=True)]
        outputs = self._model.run_all(items)
        logits = [
            output["sound" if confidence is None else "both"]
            for output, confidence in zip(outputs, known_confidences, strict=True)
        ]
        return np.array([1 / (1 + np.exp(float(logit_pair[0] - logit_pair[1]))) for logit_pair in logits])


def as_input(mel: npt.NDArray[np.floating], confidence: float | None) -> dict[str, Array]:
    """Return the network's inputs for a sound and a confidence."""
    return {
        "mel": np.asarray(mel, np.float32),
        "mask": np.ones(len(mel), np.bool_),
        "confidence": np.asarray(0.5 if confidence is None else confidence, np.float32),
        "told": np.asarray(confidence is not None),
    }
