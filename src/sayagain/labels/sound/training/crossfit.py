"""Judging each sound by a network that never met its voice nor its sentence, and calibrating by what that gave."""

import zlib
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from sayagain.labels.sound.lesson import Lesson
from sayagain.labels.sound.training.teach import SETTINGS, judged, teach
from sayagain.models import Progress
from sayagain.models.training import TrainSettings

__all__ = ["Platt", "out_of_fold", "platt"]

Floats = npt.NDArray[np.float64]


class Platt(msgspec.Struct, frozen=True):
    """How a logit becomes one whose probability can be counted on: slope · logit + shift."""

    slope: float
    """1 changes nothing; less makes all less sure."""
    shift: float
    """0 changes nothing."""


def out_of_fold(
    lessons: Sequence[Lesson], *, settings: TrainSettings = SETTINGS, progress: Progress | None = None
) -> Floats:
    """Return logits for all lessons, each by a network taught on other voices and on other sentences.

    Sentences fall into two halves by their words; for each voice and half there is one network.

    Args:
        lessons: to be judged, and taught on.
        settings: how to teach.
        progress: told after each of the networks.

    Returns:
        Logits that each was misheard, by sound and by both, shape (lessons, 2).
    """
    halves = [zlib.crc32(lesson.sentence.encode()) % 2 for lesson in lessons]
    folds = sorted({(lesson.voice, half) for lesson, half in zip(lessons, halves, strict=True)})
    out = np.zeros((len(lessons), 2))
    for number, (voice, half) in enumerate(folds, 1):
        pairs = list(zip(lessons, halves, strict=True))
        mine = [at for at, (lesson, its) in enumerate(pairs) if (lesson.voice, its) == (voice, half)]
        others = [lesson for lesson, its in pairs if lesson.voice != voice and its != half]
        out[mine] = judged(teach(others, settings=settings), [lessons[at] for at in mine])
        if progress is not None:
            progress("teaching", number, len(folds))
    return out


def platt(logits: Floats, wrong: npt.NDArray[np.bool_]) -> Platt:
    """Return the slope and shift under which the logits surprise least.

    Source: Platt 1999.

    >>> round(platt(np.array([4.0, 4.0, -4.0, -4.0]), np.array([True, False, False, True])).slope, 2)  # tells nothing
    0.0
    """

    def surprise(line: Floats) -> float:
        moved = line[0] * logits + line[1]
        # A touch of resistance keeps the slope finite where all can be told apart.
        return float(np.mean(np.logaddexp(0, np.where(wrong, -moved, moved))) + 1e-4 * (line[0] - 1) ** 2)

    slope, shift = minimize(surprise, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return Platt(float(slope), float(shift))
