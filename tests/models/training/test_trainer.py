import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from sayagain.errors import InputError, ModelError
from sayagain.models.training import Mlp, TrainSettings, cross_entropy, train

pytestmark = pytest.mark.train

RNG = np.random.default_rng(1)
ITEMS = [(row, int(row[0] + row[1] > 0)) for row in RNG.normal(size=(60, 4))]


def build():
    return Mlp(4, 2, (8,), dropout=0.3)


def collate(items):
    rows, labels = zip(*items, strict=True)
    return {"rows": np.stack(rows), "labels": np.array(labels)}


def loss(network, batch):
    return {"right": cross_entropy(network(batch["rows"]), batch["labels"])}


def accuracy(network):
    rows, labels = collate(ITEMS).values()
    return float((network(torch.tensor(rows).float()).argmax(-1).numpy() == labels).mean())


def weights(trained):
    return torch.cat([tensor.flatten() for tensor in trained.network.state_dict().values()]).tolist()


def run(items=ITEMS, *, settings=None, network=build, objective=loss, **options):
    settings = settings or TrainSettings(epochs=4, batch=16, rate=0.05)
    return train(network, items, collate=collate, loss=objective, settings=settings, **options)


def test_it_learns():
    trained = run(settings=TrainSettings(epochs=30, batch=16, rate=0.05, patience=None), validate=accuracy)
    assert trained.metric > 0.95
    assert trained.epochs[-1].losses["right"] < trained.epochs[0].losses["right"] / 2
    assert not trained.network.training


def test_same_seed_same_weights_and_another_seed_others():
    torch.manual_seed(123)
    first = weights(run())
    torch.manual_seed(321)
    assert weights(run()) == first
    assert weights(run(settings=TrainSettings(epochs=4, batch=16, rate=0.05, seed=2))) != first


def test_torch_is_left_as_it_was_found():
    torch.manual_seed(5)
    before = (torch.get_rng_state().tolist(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())
    run(settings=TrainSettings(epochs=1, threads=torch.get_num_threads() + 1))
    after = (torch.get_rng_state().tolist(), torch.get_num_threads(), torch.are_deterministic_algorithms_enabled())
    assert after == before


def test_losses_count_by_their_weights_and_weight_0_has_no_effect():
    def two_losses(network, batch):
        logits = network(batch["rows"])
        return {"right": cross_entropy(logits, batch["labels"]), "wrong": cross_entropy(logits, 1 - batch["labels"])}

    settings = TrainSettings(epochs=4, batch=16, rate=0.05, weights={"wrong": 0.0})
    assert weights(run(settings=settings, objective=two_losses)) == pytest.approx(weights(run()), abs=1e-6)
    settings = TrainSettings(epochs=30, batch=16, rate=0.05, weights={"wrong": 3.0})
    assert accuracy(run(settings=settings, objective=two_losses).network) < 0.2


@pytest.mark.parametrize(
    ("metrics", "best", "epochs"),
    [
        ([0.1, 0.5, 0.4, 0.3, 0.9], 2, 4),
        ([0.5, 0.5, 0.5, 0.9, 0.9], 1, 3),
        ([0.1, 0.2, 0.3, 0.4, 0.5], 5, 5),
        ([float("nan"), 0.2, 0.1, float("nan"), 0.9], 2, 4),
    ],
)
def test_it_stops_early_and_keeps_the_best(metrics, best, epochs):
    remaining, weights_by_epoch = iter(metrics), []

    def validate(network):
        weights_by_epoch.append([tensor.tolist() for tensor in network.state_dict().values()])
        return next(remaining)

    trained = run(settings=TrainSettings(epochs=5, batch=16, patience=2), validate=validate)
    assert (trained.best, len(trained.epochs)) == (best, epochs)
    assert [tensor.tolist() for tensor in trained.network.state_dict().values()] == weights_by_epoch[best - 1]


def test_what_is_frozen_stays_as_it_is():
    def build_frozen():
        network = build()
        network.layers[0].requires_grad_(False)
        return network

    torch.manual_seed(1)
    before = build_frozen().layers[0].weight.tolist()
    trained = run(network=build_frozen)
    assert trained.network.layers[0].weight.tolist() == before


def test_progress_counts_the_steps_up_to_all_of_them():
    steps = []
    run(progress=lambda *arguments: steps.append(arguments))
    assert steps == [("training", step, 16) for step in range(1, 17)]


def test_no_data_and_no_number_are_said():
    with pytest.raises(InputError, match="the data is empty"):
        run([])
    with pytest.raises(ModelError, match="step 1: the loss is nan; lower the rate or look for NaN in the data"):
        run([(np.full(4, np.nan), 1)])


def test_a_run_that_is_done_is_not_run_again(tmp_path):
    first = run(checkpoint=tmp_path / "run")
    steps = []
    second = run(checkpoint=tmp_path / "run", progress=lambda *arguments: steps.append(arguments))
    assert weights(second) == weights(first)
    assert second.epochs == first.epochs
    assert steps == []


@pytest.mark.parametrize("other", [{"items": ITEMS[:50]}, {"settings": TrainSettings(epochs=5, batch=16, rate=0.05)}])
def test_a_checkpoint_of_another_run_is_refused(tmp_path, other):
    run(checkpoint=tmp_path / "run")
    with pytest.raises(ModelError, match="is of another run"):
        run(checkpoint=tmp_path / "run", **other)


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    run(checkpoint=tmp_path / "run")
    with pytest.raises(ModelError, match="is of another network"):
        run(checkpoint=tmp_path / "run", network=lambda: Mlp(4, 2, (9,)))


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04"])
def test_a_file_that_is_no_checkpoint_is_refused(tmp_path, content):
    (tmp_path / "run").write_bytes(content)
    with pytest.raises(ModelError, match="is no checkpoint"):
        run(checkpoint=tmp_path / "run")


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import torch
import test_trainer as t
checkpoint, out, at, every = Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
def progress(_label, done, _total):
    if done == at:
        os.kill(os.getpid(), signal.SIGKILL)
settings = t.TrainSettings(epochs=4, batch=8, rate=0.05, checkpoint_every=every)
trained = t.run(settings=settings, checkpoint=checkpoint, progress=progress, validate=t.accuracy)
torch.save([t.weights(trained), [(each.losses, each.metric) for each in trained.epochs]], out)
"""


def killed(tmp_path, name, step, every):
    folder = os.path.dirname(__file__)  # noqa: PTH120  (an argument of the other process)
    command = [
        sys.executable,
        "-W",
        "error",
        "-c",
        KILLED,
        folder,
        tmp_path / name,
        tmp_path / "out",
        str(step),
        str(every),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("step", "every"),
    [
        (3, 2),  # in the first epoch, a step after a checkpoint
        (13, 3),  # in the second, two steps after one
        (9, 5),  # in the second, after the one at the end of the first
        (1, 5),  # before any checkpoint
    ],
)
def test_a_run_that_was_killed_ends_as_if_it_never_was(tmp_path, step, every):
    uninterrupted = run(
        settings=TrainSettings(epochs=4, batch=8, rate=0.05, checkpoint_every=every),
        validate=accuracy,
    )
    assert killed(tmp_path, "run", step, every).returncode == -9
    assert (tmp_path / "run").exists() == (step > 1)
    assert killed(tmp_path, "run", 0, every).stderr == ""
    resumed_weights, resumed_epochs = torch.load(tmp_path / "out", weights_only=True)
    assert resumed_weights == weights(uninterrupted)
    assert resumed_epochs == [(epoch.losses, epoch.metric) for epoch in uninterrupted.epochs]


def test_half_a_checkpoint_of_a_killed_process_does_no_harm(tmp_path):
    (tmp_path / ".run.draft").write_bytes(b"half")
    assert weights(run(checkpoint=tmp_path / "run")) == weights(run())
    assert not (tmp_path / ".run.draft").exists()


class Doubled(nn.Module):
    """A network with a buffer."""

    def __init__(self):
        super().__init__()
        self.inner = build()
        self.register_buffer("seen", torch.zeros(1))

    def forward(self, rows):
        if self.training:
            self.seen += len(rows)
        return self.inner(rows)


def test_numbers_that_are_no_weights_are_kept_too(tmp_path):
    trained = run(network=Doubled, checkpoint=tmp_path / "run")
    assert trained.network.seen.item() == 240
    assert run(network=Doubled, checkpoint=tmp_path / "run").network.seen.item() == 240
