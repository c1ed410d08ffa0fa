"""Wake-word detection: a small model's probability, every 30 ms, that the word has just ended."""

from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from sayagain.extras import require
from sayagain.household.speech.audio import RATE, Audio, to_pcm

__all__ = [
    "FALSE_WAKE_WORD",
    "STEP_MS",
    "WAKE_WORD",
    "MicroWakeWord",
    "WakeName",
    "WakeWord",
    "wake_ms",
    "wake_probability",
]

WakeName = Literal["alexa", "okay_nabu", "hey_jarvis", "hey_mycroft"]
"""The models of pymicro-wakeword."""

WAKE_WORD: WakeName = "alexa"
"""The wake word of the household; its model detects it down to 5 dB signal to noise, with almost no false wakes."""

FALSE_WAKE_WORD: WakeName = "okay_nabu"
"""The model that television wakes, for example with "okay, nobody move"."""

STEP_MS = 30
"""Time from one probability to the next, in milliseconds."""


class WakeWord(Protocol):
    """The protocol of a wake-word model."""

    threshold: float
    """The probability above which the model wakes, as set by its makers."""

    def probabilities(self, audio: Audio) -> npt.NDArray[np.float32]:
        """Return the probability, one for each `STEP_MS`, that the word has just ended."""
        ...


class MicroWakeWord:
    """A model of pymicro-wakeword.

    Raises:
        MissingExtra: pymicro-wakeword is not installed.
    """

    def __init__(self, name: WakeName = WAKE_WORD) -> None:
        micro = require("pymicro_wakeword", "voice")
        models = Path(str(micro.__file__)).parent / "models"
        self._model = micro.MicroWakeWord.from_config(models / f"{name}.json")
        self._features = micro.MicroWakeWordFeatures()
        self.threshold = float(self._model.probability_cutoff)

    def probabilities(self, audio: Audio) -> npt.NDArray[np.float32]:
        """Return the probability, one for each `STEP_MS`, that the word has just ended."""
        # Model and features have a state, which would leak from one recording into the next.
        self._model.reset()
        self._features.reset()
        step_probabilities = [
            float(self._model.process_streaming_prob(features))
            for features in self._features.process_streaming(to_pcm(audio))
        ]
        # The model reads three features of 10 ms at a time and returns 0 for the first two.
        return np.array(step_probabilities[2::3], dtype=np.float32)


def wake_ms(model: WakeWord, audio: Audio, threshold: float | None = None) -> int | None:
    """Return the time at which the model wakes, in milliseconds from the start, or None when it does not.

    `threshold` is the model's own by default.
    """
    steps_above = np.flatnonzero(model.probabilities(audio) > (model.threshold if threshold is None else threshold))
    return min(int(steps_above[0] + 1) * STEP_MS, audio.size * 1000 // RATE) if steps_above.size else None


def wake_probability(model: WakeWord, audio: Audio) -> float:
    """Return the highest probability that the wake word has just ended, with four digits; 0 without audio."""
    return round(float(model.probabilities(audio).max(initial=0)), 4)
