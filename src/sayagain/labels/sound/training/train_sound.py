"""Teaching the sound network: lessons in, a network out; and what a network says of many sounds."""

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
"""How it is taught where nothing else is asked."""

_KEPT_BACK = 8
_BATCH = 64


def train_sound(
    lessons: Sequence[SoundExample],
    *,
    begin: nn.Module | None = None,
    settings: TrainSettings = SETTINGS,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> nn.Module:
    """Return a network that was taught.

    An eighth of the sentences is kept back to tell when to stop. Lessons are weighed so that every voice fails equally
    often: who is hard to understand in general would be learnt first, and says nothing of a voice that comes new.

    Args:
        lessons: some of each outcome.
        begin: a network to go on from, which stays as it is; a new one when not given.
        settings: how.
        checkpoint: a file, for going on when killed; see `train`.
        progress: told after each step.

    Raises:
        InputError: there are no lessons.
    """
    heft = _weights(lessons)
    kept = [is_kept_back(lesson) for lesson in lessons]
    held = [at for at, out in enumerate(kept) if out]
    # An odd share of lessons is given without their confidence, so that the network knows sounds without one.
    taught = [
        {**_item(lesson, forget=at % 5 == 0), "weight": np.asarray(heft[at], np.float32)}
        for at, lesson in enumerate(lessons)
        if not kept[at]
    ]
    done = train(
        lambda: SoundNetwork() if begin is None else copy.deepcopy(begin),
        taught,
        collate=lambda items: pad(items, {**AXES, "label": ("batch",), "weight": ("batch",)}),
        loss=_loss,
        settings=settings,
        validate=lambda network: -_surprise(network, [lessons[at] for at in held], heft[held]) if held else 0.0,
        checkpoint=checkpoint,
        progress=progress,
    )
    return done.network


def is_kept_back(lesson: SoundExample) -> bool:
    """Whether a lesson is of the eighth that tells when to stop; independent of other choices by sentence."""
    return zlib.crc32(f"kept back: {lesson.sentence}".encode()) % _KEPT_BACK == 0


def predict_misheard(network: nn.Module, lessons: Sequence[SoundExample]) -> npt.NDArray[np.float64]:
    """Return logits that each was misheard, by sound and by both, shape (lessons, 2)."""
    out = np.zeros((len(lessons), 2))
    order = sorted(range(len(lessons)), key=lambda at: len(lessons[at].mel))
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            batch = pad([_item(lessons[at]) for at in chosen], AXES)
            given = network(**{name: torch.from_numpy(each) for name, each in batch.items()})
            out[chosen] = np.stack([(each[:, 1] - each[:, 0]).numpy() for each in given], -1)
    return out


def _item(lesson: SoundExample, *, forget: bool = False) -> dict[str, Array]:
    item = as_input(lesson.mel, None if forget else lesson.confidence)
    return {**item, "label": np.asarray(lesson.misheard, np.int64)}


def _loss(network: nn.Module, batch: Batch) -> dict[str, Tensor]:
    label, weights = batch.pop("label"), batch.pop("weight")
    sound, both = network(**batch)
    return {
        "sound": cross_entropy(sound, label, weights=weights),
        "both": cross_entropy(both, label, weights=weights),
    }


def _weights(lessons: Sequence[SoundExample]) -> npt.NDArray[np.float64]:
    """Return how much each lesson counts, so that each voice is misheard as often as all are."""
    wrong = np.array([lesson.misheard for lesson in lessons])
    voices = np.array([lesson.voice for lesson in lessons])
    out = np.ones(len(lessons))
    for voice in set(voices.tolist()):
        mine = voices == voice
        for which in (wrong, ~wrong):
            out[mine & which] = which.mean() / max(which[mine].mean(), 1e-9)
    return out


def _surprise(network: nn.Module, lessons: Sequence[SoundExample], weights: npt.NDArray[np.float64]) -> float:
    """Return the mean loss of both outputs, in nats."""
    logits = predict_misheard(network, lessons)
    wrong = np.array([lesson.misheard for lesson in lessons])[:, None]
    losses = np.logaddexp(0, np.where(wrong, -logits, logits)).mean(1)
    return float(np.average(losses, weights=weights))
