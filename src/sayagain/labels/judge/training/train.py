"""Training of a dialogue network: several heads at once, each on the labels that exist."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch

from sayagain.labels.judge.training.examples import JudgeExample, collate_sessions, judge_losses
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.models import Array, Categories, Progress
from sayagain.models.training import TrainSettings, train

__all__ = ["SETTINGS", "forget_fields", "predict", "train_network"]

SETTINGS = TrainSettings(epochs=12, batch=32, rate=1e-3, warm_up=0.15, decay=0.05, patience=None, seed=1)
"""Default settings."""

# Code of unknown values; see `sayagain.models.Categories`.
_UNKNOWN = 1


def train_network(
    examples: Sequence[JudgeExample],
    heads: Mapping[str, int],
    known: Categories,
    *,
    online: bool = False,
    settings: TrainSettings = SETTINGS,
    validate: Callable[[DialogueNetwork], float] | None = None,
    begin: DialogueNetwork | None = None,
    forgetting: float = 0.15,
    progress: Progress | None = None,
    checkpoint: Path | None = None,
) -> DialogueNetwork:
    """Train a dialogue network.

    Args:
        examples: dialogues with labels.
        heads: number of classes of each head, by name.
        known: known values of the categorical fields.
        online: whether a turn attends to earlier turns only; the examples then have no later numbers.
        settings: settings of the training.
        validate: metric on held-out examples, higher is better, to keep the best epoch; None keeps the last.
        begin: trained network whose weights are copied where names and shapes match.
        forgetting: share of sessions whose fields are partly hidden in a step, for robustness to other assistants.
        progress: called after each step.
        checkpoint: see `sayagain.models.training.train`.
    """
    numbers = np.concatenate([example["numbers"] for example in examples])
    size = examples[0]["requests"].shape[-1]

    def build() -> DialogueNetwork:
        network = DialogueNetwork(heads, sizes=known.sizes, numbers=numbers, size=size, online=online)
        if begin is not None:
            _copy_weights(network, begin)
        return network

    def batch(batch_examples: Sequence[JudgeExample]) -> dict[str, Array]:
        return forget_fields(collate_sessions(batch_examples, heads, later=not online), forgetting)

    return train(
        build,
        examples,
        collate=batch,
        loss=judge_losses,
        settings=settings,
        validate=validate,
        progress=progress,
        checkpoint=checkpoint,
    ).network


def forget_fields(batch: dict[str, Array], share: float) -> dict[str, Array]:
    """Hide the categories of some sessions and half of their numbers, as if another assistant had logged them.

    The random draws are torch's, whose state the trainer's checkpoints store.
    """
    hidden = torch.rand(len(batch["codes"])).numpy() < share
    codes, numbers = batch["codes"].copy(), batch["numbers"].copy()
    codes[hidden] = np.minimum(codes[hidden], _UNKNOWN)
    columns = torch.rand(len(numbers), numbers.shape[-1]).numpy() < 0.5
    numbers[np.broadcast_to((hidden[:, None] & columns)[:, None, :], numbers.shape)] = np.nan
    return {**batch, "codes": codes, "numbers": numbers}


def predict(network: DialogueNetwork, examples: Sequence[JudgeExample], *, batch: int = 64) -> list[dict[str, Array]]:
    """Return the probabilities of each head's classes for the turns of each example, shape (turns, classes)."""
    predictions: list[dict[str, Array]] = [{} for _ in examples]
    order = sorted(range(len(examples)), key=lambda index: len(examples[index]["mask"]))
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(order), batch):
            indices = order[start : start + batch]
            padded = collate_sessions([examples[index] for index in indices], {}, later=not network.online)
            outputs = network(**{name: torch.from_numpy(array) for name, array in padded.items()})
            for name, logits in zip(network.outputs, outputs, strict=True):
                p = torch.softmax(logits, -1).numpy()
                for row, index in enumerate(indices):
                    predictions[index][name] = p[row, : len(examples[index]["mask"])]
    return predictions


def _copy_weights(network: DialogueNetwork, trained: DialogueNetwork) -> None:
    """Copy the weights of a trained network where names and shapes match."""
    own_weights = network.state_dict()
    # The scale of the numbers comes from this training's data.
    shared_weights = {
        name: tensor
        for name, tensor in trained.state_dict().items()
        if name in own_weights
        and own_weights[name].shape == tensor.shape
        and name not in {"fields.mean", "fields.spread", "fields.seen"}
    }
    network.load_state_dict({**own_weights, **shared_weights})
