"""Training of the sound network, and its predictions for many recordings."""

import copy
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from sayagain.labels.sound.sound_example import SoundExample
from sayagain.labels.sound.sound_judge import AXES, as_input
from sayagain.labels.sound.training.network import SoundNetwork
from sayagain.models import Array, Progress, pad
from sayagain.models.training import Batch, TrainSettings, cross_entropy, train

__all__ = ["SETTINGS", "is_kept_back", "predict_misheard", "train_sound"]

SETTINGS = TrainSettings(epochs=6, batch=32, rate=2e-3)
"""Default settings."""

_KEPT_BACK = 8
_BATCH = 64


def train_sound(
    examples: Sequence[SoundExample],
    *,
    begin: nn.Module | None = None,
    settings: TrainSettings = SETTINGS,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> nn.Module:
    """Train a sound network.

    An eighth of the sentences is held out for early stopping. Weights give every voice the same rate of failures:
    otherwise the network would first learn which voices are hard to understand, which does not generalise to new ones.

    Args:
        examples: examples of both outcomes.
        begin: a trained network to start from, which stays unchanged; None starts from a new one.
        settings: settings of the training.
        checkpoint: a file to resume from; see `train`.
        progress: called after each step.

    Raises:
        InputError: there are no examples.
    """
    weights = _weights(examples)
    held_out = [is_kept_back(example) for example in examples]
    held_indices = [index for index, is_held_out in enumerate(held_out) if is_held_out]
    # A fifth of the examples loses its confidence, so that the network learns to judge without one.
    training = [
        {**_item(example, drop_confidence=index % 5 == 0), "weight": np.asarray(weights[index], np.float32)}
        for index, example in enumerate(examples)
        if not held_out[index]
    ]
    return train(
        lambda: SoundNetwork() if begin is None else copy.deepcopy(begin),
        training,
        collate=lambda items: pad(items, {**AXES, "label": ("batch",), "weight": ("batch",)}),
        loss=_loss,
        settings=settings,
        validate=lambda network: (
            -_mean_loss(network, [examples[index] for index in held_indices], weights[held_indices])
            if held_indices
            else 0.0
        ),
        checkpoint=checkpoint,
        progress=progress,
    ).network


def is_kept_back(example: SoundExample) -> bool:
    """Return whether an example is held out for early stopping; independent of other choices by sentence."""
    return zlib.crc32(f"kept back: {example.sentence}".encode()) % _KEPT_BACK == 0


def predict_misheard(network: nn.Module, examples: Sequence[SoundExample]) -> npt.NDArray[np.float64]:
    """Return the logits that each example was misheard, by sound and by both, shape (examples, 2)."""
    logits = np.zeros((len(examples), 2))
    order = sorted(range(len(examples)), key=lambda index: len(examples[index].mel))
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            indices = order[start : start + _BATCH]
            batch = pad([_item(examples[index]) for index in indices], AXES)
            outputs = network(**{name: torch.from_numpy(array) for name, array in batch.items()})
            logits[indices] = np.stack([(output[:, 1] - output[:, 0]).numpy() for output in outputs], -1)
    return logits


def _item(example: SoundExample, *, drop_confidence: bool = False) -> dict[str, Array]:
    item = as_input(example.mel, None if drop_confidence else example.confidence)
    return {**item, "label": np.asarray(example.misheard, np.int64)}


def _loss(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    label, weights = batch.pop("label"), batch.pop("weight")
    sound, both = network(**batch)
    return {
        "sound": cross_entropy(sound, label, weights=weights),
        "both": cross_entropy(both, label, weights=weights),
    }


def _weights(examples: Sequence[SoundExample]) -> npt.NDArray[np.float64]:
    """Return the weight of each example that gives every voice the same weighted rate of failures."""
    misheard = np.array([example.misheard for example in examples])
    voices = np.array([example.voice for example in examples])
    weights = np.ones(len(examples))
    for voice in set(voices.tolist()):
        of_voice = voices == voice
        for outcome in (misheard, ~misheard):
            weights[of_voice & outcome] = outcome.mean() / max(outcome[of_voice].mean(), 1e-9)
    return weights


def _mean_loss(network: nn.Module, examples: Sequence[SoundExample], weights: npt.NDArray[np.float64]) -> float:
    """Return the mean loss of both outputs, in nats."""
    logits = predict_misheard(network, examples)
    misheard = np.array([example.misheard for example in examples])[:, None]
    losses = np.logaddexp(0, np.where(misheard, -logits, logits)).mean(1)
    return float(np.average(losses, weights=weights))
