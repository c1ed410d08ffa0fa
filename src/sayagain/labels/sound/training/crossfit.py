"""Cross-fitting: each recording is judged by a network that saw neither its voice nor its sentence; Platt scaling."""

import hashlib
import inspect
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from sayagain.labels.sound.sound_example import SoundExample
from sayagain.labels.sound.training.network import SoundNetwork
from sayagain.labels.sound.training.train_sound import SETTINGS, is_kept_back, predict_misheard, train_sound
from sayagain.models import Progress
from sayagain.models.training import TrainSettings

__all__ = ["Platt", "checkpoint_of", "fold_of", "out_of_fold", "platt"]

Floats = npt.NDArray[np.float64]


class Platt(msgspec.Struct, frozen=True):
    """Platt scaling: slope · logit + shift is a calibrated logit."""

    slope: float
    """1 changes nothing; less makes all less sure."""
    shift: float
    """0 changes nothing."""


def out_of_fold(
    examples: Sequence[SoundExample],
    *,
    settings: TrainSettings = SETTINGS,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> Floats:
    """Return the logits of all examples, each by a network trained on other voices and other sentences.

    Sentences fall into two halves by their words; for each voice and half there is one network.

    Args:
        examples: to judge and to train on.
        settings: of the training.
        keep: a folder for the networks, so that a second call does not train them again.
        progress: told after each of the networks.

    Returns:
        Logits that each was misheard, by sound and by both, shape (examples, 2).
    """
    folds = [fold_of(example) for example in examples]
    out = np.zeros((len(examples), 2))
    for number, (voice, half) in enumerate(sorted(set(folds)), 1):
        mine = [at for at, fold in enumerate(folds) if fold == (voice, half)]
        others = [example for example, its in zip(examples, folds, strict=True) if its[0] != voice and its[1] != half]
        checkpoint = None if keep is None else checkpoint_of(others, keep, settings)
        network = train_sound(others, settings=settings, checkpoint=checkpoint)
        logits = predict_misheard(network, [examples[at] for at in mine])
        held = [example for example in others if is_kept_back(example)]
        if held:
            # Networks differ in confidence: their held-out examples bring them to one scale.
            seen, wrong = predict_misheard(network, held), np.array([example.misheard for example in held])
            lines = [platt(seen[:, column], wrong) for column in (0, 1)]
            logits = logits * [line.slope for line in lines] + [line.shift for line in lines]
        out[mine] = logits
        if progress is not None:
            progress("training", number, len(set(folds)))
    return out


def fold_of(example: SoundExample) -> tuple[str, int]:
    """Return the fold of an example: its voice and the half of the sentences that it is in."""
    return example.voice, zlib.crc32(example.sentence.encode()) % 2


def checkpoint_of(examples: Sequence[SoundExample], folder: Path, settings: TrainSettings = SETTINGS) -> Path:
    """Return the checkpoint's path; other examples, settings or code have another path."""
    folder.mkdir(parents=True, exist_ok=True)
    key = hashlib.blake2b(msgspec.json.encode(settings), digest_size=8)
    for part in (SoundNetwork, train_sound):
        # The whole file in which it stands: a changed line anywhere in it may make another network.
        key.update(Path(inspect.getfile(part)).read_bytes())
    for example in examples:
        key.update(repr((example.misheard, example.confidence, example.sentence, example.voice)).encode())
        key.update(np.ascontiguousarray(example.mel).tobytes())
    return folder / f"{key.hexdigest()}.checkpoint"


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
