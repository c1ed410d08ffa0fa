"""The checkpoint of a training run, written atomically so that a killed run can resume."""

import os
import pickle
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import Tensor, nn

from sayagain.errors import ModelError

__all__ = ["Epoch", "TrainingState", "load_state", "save_state"]


class Epoch(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one epoch."""

    losses: dict[str, float]
    """Mean of each loss over the steps, by name."""
    metric: float | None
    """The validation metric after the epoch; None without validation."""


class TrainingState(msgspec.Struct, kw_only=True):
    """The progress of a training run."""

    epochs: list[Epoch] = []
    """The finished epochs."""
    step: int = 0
    """Steps taken in the current epoch."""
    sums: dict[str, float] = {}
    """Sum of each loss over those steps, by name."""
    best: int = 0
    """The epoch with the best metric, counted from 1; 0 before the end of the first."""
    best_network: dict[str, Tensor] = {}
    """The weights of the best epoch."""
    done: bool = False
    """Whether the training is over."""


def save_state(
    path: Path, key: str, state: TrainingState, network: nn.Module, optimizer: torch.optim.Optimizer
) -> None:
    """Write a checkpoint to a draft beside `path`, then rename it.

    Args:
        path: path of the checkpoint.
        key: identifies the run.
        state: progress of the run.
        network: the current network.
        optimizer: the optimizer with its state.
    """
    content = {
        "key": key,
        "epochs": [(epoch.losses, epoch.metric) for epoch in state.epochs],
        "step": state.step,
        "sums": state.sums,
        "best": state.best,
        "best_network": state.best_network,
        "done": state.done,
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "random": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as file:
        torch.save(content, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load_state(path: Path, key: str, network: nn.Module, optimizer: torch.optim.Optimizer) -> TrainingState:
    """Restore network, optimizer and random state from a checkpoint, and return its progress.

    Raises:
        ModelError: the file is no checkpoint, or belongs to another run or network.
    """
    try:
        content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        stored_key = content["key"]
    except (OSError, RuntimeError, EOFError, KeyError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(f"{path}: is no checkpoint ({reason}); delete it to begin again") from None
    if stored_key != key:
        raise ModelError(f"{path}: is of another run ({stored_key}; this one: {key}); delete it or name another file")
    try:
        network.load_state_dict(content["network"])
        optimizer.load_state_dict(content["optimizer"])
    except (RuntimeError, ValueError) as error:
        reason = " ".join(str(error).split())[:200]
        raise ModelError(f"{path}: is of another network ({reason}); delete it or name another file") from None
    torch.set_rng_state(content["random"])
    if content["random_cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(content["random_cuda"])
    device = next(network.parameters()).device
    return TrainingState(
        epochs=[Epoch(losses=losses, metric=metric) for losses, metric in content["epochs"]],
        step=content["step"],
        sums=content["sums"],
        best=content["best"],
        best_network={name: tensor.to(device) for name, tensor in content["best_network"].items()},
        done=content["done"],
    )
