"""Cross-fitting: each recording is judged by a network trained on other voices and sentences; Platt scaling."""

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
    """Factor on the logit; 1 changes nothing, less lowers the confidence."""
    shift: float
    """Shift of the logit; 0 changes nothing."""


def out_of_fold(
    examples: Sequence[SoundExample],
    *,
    settings: TrainSettings = SETTINGS,
    keep: Path | None = None,
    progress: Progress | None = None,
) -> Floats:
    """Return the logits of all examples, each by a network trained on other voices and other sentences.

    A hash of the words splits the sentences into two halves; each pair of voice and half has one network.

    Args:
        examples: examples to judge and to train on.
        settings: settings of the training.
        keep: folder that caches the networks, so that a second call does not train them again.
        progress: called after each network.

    Returns:
        Logits that each was misheard, by sound and by both, shape (examples, 2).
    """
    folds = [fold_of(example) for example in examples]
    logits_by_example = np.zeros((len(examples), 2))
    for number, (voice, half) in enumerate(sorted(set(folds)), 1):
        indices = [index for index, fold in enumerate(folds) if fold == (voice, half)]
        training = [
            example for example, fold in zip(examples, folds, strict=True) if fold[0] != voice and fold[1] != half
        ]
        checkpoint = None if keep is None else checkpoint_of(training, keep, settings)
        network = train_sound(training, settings=settings, checkpoint=checkpoint)
        logits = predict_misheard(network, [examples[index] for index in indices])
        held_out = [example for example in training if is_kept_back(example)]
        if held_out:
            # Networks differ in confidence; scaling on their held-out examples makes their logits comparable.
            held_logits = predict_misheard(network, held_out)
            misheard = np.array([example.misheard for example in held_out])
            scalings = [platt(held_logits[:, column], misheard) for column in (0, 1)]
            logits = logits * [scaling.slope for scaling in scalings] + [scaling.shift for scaling in scalings]
        logits_by_example[indices] = logits
        if progress is not None:
            progress("training", number, len(set(folds)))
    return logits_by_example


def fold_of(example: SoundExample) -> tuple[str, int]:
    """Return the fold of an example: its voice and the half of its sentence."""
    return example.voice, zlib.crc32(example.sentence.encode()) % 2


def checkpoint_of(examples: Sequence[SoundExample], folder: Path, settings: TrainSettings = SETTINGS) -> Path:
    """Return the path of a checkpoint, which depends on examples, settings and code."""
    folder.mkdir(parents=True, exist_ok=True)
    key = hashlib.blake2b(msgspec.json.encode(settings), digest_size=8)
    for part in (SoundNetwork, train_sound):
        # Hash the whole source file: any changed line may change the network.
        key.update(Path(inspect.getfile(part)).read_bytes())
    for example in examples:
        key.update(repr((example.misheard, example.confidence, example.sentence, example.voice)).encode())
        key.update(np.ascontiguousarray(example.mel).tobytes())
    return folder / f"{key.hexdigest()}.checkpoint"


def platt(logits: Floats, wrong: npt.NDArray[np.bool_]) -> Platt:
    """Return the slope and shift that minimise the cross-entropy.

    Source: Platt 1999.

    >>> round(platt(np.array([4.0, 4.0, -4.0, -4.0]), np.array([True, False, False, True])).slope, 2)  # tells nothing
    0.0
    """

    def loss(parameters: Floats) -> float:
        scaled = parameters[0] * logits + parameters[1]
        # Slight regularisation keeps the slope finite if the classes are separable.
        return float(np.mean(np.logaddexp(0, np.where(wrong, -scaled, scaled))) + 1e-4 * (parameters[0] - 1) ** 2)

    slope, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    return Platt(float(slope), float(shift))
