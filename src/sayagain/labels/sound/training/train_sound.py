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

    An eighth of the sentences is held out for early stopping. Examples are weighed so that every voice fails equally
    often: who is hard to understand in general would be learnt first, and says nothing of a voice that comes new.

    Args:
        examples: some of each outcome.
        begin: a network to go on from, which stays as it is; a new one when not given.
        settings: how.
        checkpoint: a file, for going on when killed; see `train`.
        progress: told after each step.

    Raises:
        InputError: there are no examples.
    """
    heft = _weights(examples)
    kept = [is_kept_back(example) for example in examples]
    held = [at for at, out in enumerate(kept) if out]
    # A fifth of the examples is given without their confidence, so that the network knows sounds without one.
    training = [
        {**_item(example, forget=at % 5 == 0), "weight": np.asarray(heft[at], np.float32)}
        for at, example in enumerate(examples)
        if not kept[at]
    ]
    done = train(
        lambda: SoundNetwork() if begin is None else copy.deepcopy(begin),
        training,
        collate=lambda items: pad(items, {**AXES, "label": ("batch",), "weight": ("batch",)}),
        loss=_loss,
        settings=settings,
        validate=lambda network: -_surprise(network, [examples[at] for at in held], heft[held]) if held else 0.0,
        checkpoint=checkpoint,
        progress=progress,
    )
    return done.network


def is_kept_back(example: SoundExample) -> bool:
    """Return whether an example is held out for early stopping; independent of other choices by sentence."""
    return zlib.crc32(f"kept back: {example.sentence}".encode()) % _KEPT_BACK == 0


def predict_misheard(network: nn.Module, examples: Sequence[SoundExample]) -> npt.NDArray[np.float64]:
    """Return the logits that each example was misheard, by sound and by both, shape (examples, 2)."""
    out = np.zeros((len(examples), 2))
    order = sorted(range(len(examples)), key=lambda at: len(examples[at].mel))
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            batch = pad([_item(examples[at]) for at in chosen], AXES)
            given = network(**{name: torch.from_numpy(each) for name, each in batch.items()})
            out[chosen] = np.stack([(each[:, 1] - each[:, 0]).numpy() for each in given], -1)
    return out


def _item(example: SoundExample, *, forget: bool = False) -> dict[str, Array]:
    item = as_input(example.mel, None if forget else example.confidence)
    return {**item, "label": np.asarray(example.misheard, np.int64)}


def _loss(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    label, weights = batch.pop("label"), batch.pop("weight")
    sound, both = network(**batch)
    return {
        "sound": cross_entropy(sound, label, weights=weights),
        "both": cross_entropy(both, label, weights=weights),
    }


def _weights(examples: Sequence[SoundExample]) -> npt.NDArray[np.float64]:
    """Return the weight of each example, such that every voice has the same weighted rate of failures."""
    wrong = np.array([example.misheard for example in examples])
    voices = np.array([example.voice for example in examples])
    out = np.ones(len(examples))
    for voice in set(voices.tolist()):
        mine = voices == voice
        for which in (wrong, ~wrong):
            out[mine & which] = which.mean() / max(which[mine].mean(), 1e-9)
    return out


def _surprise(network: nn.Module, examples: Sequence[SoundExample], weights: npt.NDArray[np.float64]) -> float:
    """Return the mean loss of both outputs, in nats."""
    logits = predict_misheard(network, examples)
    wrong = np.array([example.misheard for example in examples])[:, None]
    losses = np.logaddexp(0, np.where(wrong, -logits, logits)).mean(1)
    return float(np.average(losses, weights=weights))
