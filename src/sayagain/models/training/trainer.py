"""The trainer: AdamW with warm-up and decay, several weighted losses, early stopping and resumption.

On the CPU, the same seed, data and machine give the same weights, even if a killed run resumes from its checkpoint. On
CUDA, sums may differ in the last digits.
"""

import contextlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Generic, TypeVar

import msgspec
import numpy as np
import torch
from torch import Tensor, nn

from sayagain.errors import InputError, ModelError
from sayagain.models.onnx_session import Array
from sayagain.models.progress import Progress
from sayagain.models.training.training_state import Epoch, TrainingState, load_state, save_state

__all__ = ["Batch", "TrainSettings", "Trained", "train"]

Item = TypeVar("Item")
Network = TypeVar("Network")
"""Type of the trained network, a `torch.nn.Module`."""
Batch = dict[str, Tensor]
"""Tensors by name, the first axis the batch."""

Positive = Annotated[int, msgspec.Meta(gt=0)]


class TrainSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a training."""

    epochs: Positive = 10
    """Most epochs."""
    batch: Positive = 32
    """Items of a batch."""
    rate: Annotated[float, msgspec.Meta(gt=0)] = 1e-3
    """Peak learning rate; 2e-5 to 1e-4 if an encoder is trained too."""
    warm_up: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1
    """Share of all steps for the linear warm-up; after it the rate decays linearly to 0."""
    decay: Annotated[float, msgspec.Meta(ge=0)] = 0.01
    """Weight decay, of matrices alone."""
    clip: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    """Greatest norm of the gradient; a larger one is clipped."""
    patience: Positive | None = 3
    """Epochs without a better metric before early stopping; None never stops early."""
    weights: dict[str, float] = {}
    """Weight of each loss, by name; 1 by default."""
    seed: int = 1
    """Seed of the initial weights, the order of the data and dropout."""
    device: str = "cpu"
    """The device, as torch names it: `cpu`, `cuda`, `cuda:1`."""
    threads: Positive = 1
    """CPU threads; heads over embeddings train fastest on one, an encoder on all."""
    checkpoint_every: Positive | None = None
    """Steps between checkpoints within an epoch; None saves only after each epoch."""


class Trained(msgspec.Struct, Generic[Network], frozen=True, kw_only=True):
    """The result of a training."""

    network: Network
    """The network with the weights of the best epoch."""
    epochs: tuple[Epoch, ...]
    """The results of each epoch."""
    best: int
    """The best epoch, counted from 1."""

    @property
    def metric(self) -> float | None:
        """The validation metric of the best epoch; None without validation."""
        return self.epochs[self.best - 1].metric


def train(
    build: Callable[[], Network],
    data: Sequence[Item],
    *,
    collate: Callable[[Sequence[Item]], Mapping[str, Tensor | Array]],
    loss: Callable[[Network, Batch], Mapping[str, Tensor]],
    settings: TrainSettings,
    validate: Callable[[Network], float] | None = None,
    checkpoint: Path | None = None,
    progress: Progress | None = None,
) -> Trained[Network]:
    """Train a network.

    Args:
        build: builds the network with initial weights from the seed, or returns a trained one to continue.
        data: items of any type.
        collate: makes a batch of items; see `sayagain.models.pad`.
        loss: computes the losses of a batch, by name; training minimises their sum, weighted by the settings.
        settings: settings of the training.
        validate: the validation metric, higher is better, computed after each epoch on held-out data.
        checkpoint: file written after each epoch and every `checkpoint_every` steps. If it exists, training resumes
            from it; if its training is over, that result is returned. It checks settings, network and number of items;
            the caller must pass the same items.
        progress: called after each step.

    Raises:
        InputError: there is no data.
        ModelError: the checkpoint belongs to another run, or a loss is not finite.
    """
    if not data:
        raise InputError("there is nothing to train on: the data is empty")
    with _isolated_rng(settings):
        run = _Run(build(), len(data), settings, checkpoint)
        while not run.state.done:
            _train_epoch(run, data, collate, loss, progress)
            _finish_epoch(run, validate)
        run.network.load_state_dict(run.state.best_network)
        run.network.eval()
    return Trained(network=run.network, epochs=tuple(run.state.epochs), best=run.state.best)


class _Run:
    """A training in progress: network, optimiser, epochs so far and checkpoint."""

    def __init__(self, network: nn.Module, items: int, settings: TrainSettings, checkpoint: Path | None) -> None:
        self.network = network.to(settings.device)
        self.settings = settings
        self.checkpoint = checkpoint
        self.steps = math.ceil(items / settings.batch)
        self.optimizer = _optimizer(self.network, settings)
        self.state = TrainingState()
        self.key = f"{items} items, {msgspec.json.encode(settings, order='sorted').decode()}"
        if checkpoint is not None and checkpoint.exists():
            self.state = load_state(checkpoint, self.key, self.network, self.optimizer)

    def save(self) -> None:
        if self.checkpoint is not None:
            save_state(self.checkpoint, self.key, self.state, self.network, self.optimizer)


def _train_epoch(
    run: _Run,
    data: Sequence[Item],
    collate: Callable[[Sequence[Item]], Mapping[str, Tensor | Array]],
    loss: Callable[[nn.Module, Batch], Mapping[str, Tensor]],
    progress: Progress | None,
) -> None:
    """Take the remaining steps of the current epoch."""
    settings, state = run.settings, run.state
    done_before = len(state.epochs) * run.steps
    # The order depends on seed and epoch alone, so a checkpoint need not store it.
    shuffle = torch.Generator().manual_seed(settings.seed * 1_000_003 + len(state.epochs))
    order = torch.randperm(len(data), generator=shuffle).tolist()
    run.network.train()
    for step in range(state.step, run.steps):
        items = [data[index] for index in order[step * settings.batch : (step + 1) * settings.batch]]
        losses = loss(run.network, _tensors(collate(items), settings.device))
        total = torch.stack([settings.weights.get(name, 1.0) * value for name, value in losses.items()]).sum()
        if not math.isfinite(total.item()):
            raise ModelError(
                f"step {done_before + step + 1}: the loss is {total.item()}; lower the rate or look for NaN in the data"
            )
        for group in run.optimizer.param_groups:
            group["lr"] = settings.rate * _rate_factor(
                done_before + step, settings.epochs * run.steps, settings.warm_up
            )
        run.optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(run.network.parameters(), settings.clip)
        run.optimizer.step()
        state.step = step + 1
        for name, value in losses.items():
            state.sums[name] = state.sums.get(name, 0.0) + float(value.detach())
        if settings.checkpoint_every and state.step % settings.checkpoint_every == 0 and state.step < run.steps:
            run.save()
        if progress is not None:
            progress("training", done_before + state.step, settings.epochs * run.steps)


def _finish_epoch(run: _Run, validate: Callable[[nn.Module], float] | None) -> None:
    """Finish an epoch: compute its metric, keep the best weights, decide on early stopping."""
    state, settings = run.state, run.settings
    metric: float | None = None
    if validate is not None:
        run.network.eval()
        with torch.inference_mode():
            metric = float(validate(run.network))
    state.epochs.append(Epoch(losses={name: value / run.steps for name, value in state.sums.items()}, metric=metric))
    best_metric = state.epochs[state.best - 1].metric if state.best else None
    # NaN is never better, and any number is better than NaN.
    if metric is None or best_metric is None or metric > best_metric or math.isnan(best_metric):
        state.best = len(state.epochs)
        state.best_network = {name: tensor.detach().clone() for name, tensor in run.network.state_dict().items()}
    epochs_since_best = len(state.epochs) - state.best
    out_of_patience = settings.patience is not None and epochs_since_best >= settings.patience
    state.done = len(state.epochs) == settings.epochs or out_of_patience
    state.step, state.sums = 0, {}
    run.save()


def _optimizer(network: nn.Module, settings: TrainSettings) -> torch.optim.Optimizer:
    trainable = [parameter for parameter in network.parameters() if parameter.requires_grad]
    groups = [
        {"params": [parameter for parameter in trainable if parameter.ndim > 1], "weight_decay": settings.decay},
        {"params": [parameter for parameter in trainable if parameter.ndim <= 1], "weight_decay": 0.0},
    ]
    return torch.optim.AdamW([group for group in groups if group["params"]], lr=settings.rate)


def _rate_factor(step: int, steps: int, warm_up: float) -> float:
    """Return the share of the peak learning rate at a step: linear warm-up, then linear decay to 0."""
    warm_up_steps = math.ceil(steps * warm_up)
    if step < warm_up_steps:
        return (step + 1) / warm_up_steps
    return (steps - step) / max(steps - warm_up_steps, 1)


def _tensors(batch: Mapping[str, Tensor | Array], device: str) -> Batch:
    tensors: Batch = {}
    for name, array in batch.items():
        tensor = torch.from_numpy(np.ascontiguousarray(array)) if isinstance(array, np.ndarray) else array
        tensors[name] = tensor.to(device, torch.float32 if tensor.dtype == torch.float64 else tensor.dtype)
    return tensors


@contextlib.contextmanager
def _isolated_rng(settings: TrainSettings) -> Iterator[None]:
    """Seed torch for this run and restore its random state afterwards."""
    cuda = torch.device(settings.device).type == "cuda"
    was_deterministic, threads = torch.are_deterministic_algorithms_enabled(), torch.get_num_threads()
    with torch.random.fork_rng(devices=range(torch.cuda.device_count()) if cuda else []):
        torch.manual_seed(settings.seed)
        torch.set_num_threads(settings.threads)
        if not cuda:
            torch.use_deterministic_algorithms(True)
        try:
            yield
        finally:
            torch.use_deterministic_algorithms(was_deterministic)
            torch.set_num_threads(threads)
