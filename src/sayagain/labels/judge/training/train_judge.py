"""Training of the session judges: heads for defect, goal start and goal reached; calibration, thresholds, export."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from torch import nn

from sayagain.labels.judge.calibration import temperature
from sayagain.labels.judge.dialogue import Dialogue, dialogue_shapes, dialogues
from sayagain.labels.judge.training.examples import JudgeExample, hard, judge_example, soft
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.labels.judge.training.train import predict
from sayagain.labels.judge.turn_fields import categories, judge_fields
from sayagain.models import Array, Card, Categories, Encoder, ModelManifest, Shape
from sayagain.models.training import Export, export
from sayagain.turns import Session

__all__ = [
    "HEADS",
    "SessionTargets",
    "best_threshold",
    "calibrate",
    "judge_examples",
    "known_categories",
    "scores",
    "write_judge",
]

HEADS = {"defect": 2, "start": 2, "reached": 2}
"""The heads of a judge with their numbers of classes; the second class is yes."""

_ON_THE_WAY = 0.3
"""Weight of a turn for the head `reached`, unless it is the last turn of its goal."""

_RARE = 20
"""Categories that occur less often count as unknown, so that the network learns the unknown too."""


class SessionTargets(msgspec.Struct, frozen=True, kw_only=True):
    """A session with the training targets of its turns; None where a target is unknown."""

    session: Session
    """At most `LONGEST` turns."""
    defect: tuple[float | None, ...]
    """The probability that each turn was answered wrongly; of a truth, 0 or 1."""
    start: tuple[bool | None, ...]
    """Whether another goal begins with it."""
    reached: tuple[bool | None, ...]
    """Whether its goal was reached in the end."""
    last: tuple[bool, ...]
    """Whether it is the last turn of its goal."""
    weights: tuple[float, ...] | None = None
    """Weight of each turn's `defect`, 1 for a true label; None stands for all 1."""


def known_categories(targets: Sequence[SessionTargets]) -> Categories:
    """Collect the values of the categorical fields."""
    return Categories.of((each for one in targets for each in categories(one.session)), at_least=_RARE)


def judge_examples(
    targets: Sequence[SessionTargets], encoder: Encoder, known: Categories, *, online: bool = False
) -> list[JudgeExample]:
    """Return the training examples of sessions.

    Args:
        targets: sessions with their targets.
        encoder: makes vectors of words.
        known: the values of the categorical fields.
        online: whether the later turns are hidden.
    """
    arrays = dialogues([one.session for one in targets], encoder, known, fields=judge_fields(later=not online))
    return [_example(one, each) for one, each in zip(targets, arrays, strict=True)]


def _example(one: SessionTargets, dialogue: Dialogue) -> JudgeExample:
    # The first turn of a session always starts a goal; there is nothing to learn from it.
    starts = [None, *one.start[1:]]
    labels = {
        "defect": soft(one.defect),
        "start": hard([None if each is None else int(each) for each in starts], 2),
        "reached": hard([None if each is None else int(each) for each in one.reached], 2),
    }
    weights = {"reached": np.where(np.array(one.last), 1.0, _ON_THE_WAY).astype(np.float32)}
    if one.weights is not None:
        weights["defect"] = np.array(one.weights, np.float32)
    return judge_example(dialogue, labels, HEADS, weights)


def scores(network: DialogueNetwork, examples: Sequence[JudgeExample], head: str) -> list[Array]:
    """Return P(yes) of a head for each turn of each example."""
    return [each[head][:, 1] for each in predict(network, examples)]


def calibrate(network: DialogueNetwork, examples: Sequence[JudgeExample]) -> dict[str, float]:
    """Calibrate each head by temperature scaling (Guo et al. 2017), in place.

    Args:
        network: trained on other examples.
        examples: to calibrate on.

    Returns:
        The temperature of each head by name: above 1 where the head was overconfident.
    """
    probabilities = predict(network, examples)
    temperatures = {}
    for name in network.outputs:
        p = np.concatenate([each[name] for each in probabilities])
        label = np.concatenate([each[f"label {name}"] for each in examples])
        there = label.sum(-1) > 0
        temperatures[name] = (
            temperature(np.log(np.maximum(p[there], 1e-9)), label[there].argmax(-1)) if there.any() else 1.0
        )
        last = network.heads[name].layers[-1]
        assert isinstance(last, nn.Linear)
        with torch.no_grad():
            last.weight /= temperatures[name]
            last.bias /= temperatures[name]
    return temperatures


def best_threshold(network: DialogueNetwork, examples: Sequence[JudgeExample], head: str) -> float:
    """Return the threshold with the best F1 on these examples; 0.5 where none has labels."""
    p = np.concatenate(scores(network, examples, head))
    label = np.concatenate([each[f"label {head}"] for each in examples])
    there = label.sum(-1) > 0
    yes = label[there][:, 1] > 0.5
    if not yes.any():
        return 0.5
    order = np.argsort(-p[there], kind="stable")
    f1 = 2 * np.cumsum(yes[order]) / (np.arange(1, len(order) + 1) + yes.sum())
    return float(p[there][order][int(np.argmax(f1))])


def write_judge(
    network: DialogueNetwork,
    folder: Path,
    examples: Sequence[JudgeExample],
    known: Categories,
    encoder: Encoder,
    *,
    metrics: Mapping[str, float],
    data: str,
    card: Card,
    seed: int,
) -> Export:
    """Export a judge that `sayagain.labels.open_judge` runs.

    Args:
        network: trained and calibrated.
        folder: where it will be.
        examples: a few of different lengths; the export is compared with the network on them.
        known: the values of the categorical fields.
        encoder: whose vectors it takes.
        metrics: how well it does; `threshold_defect` and `threshold_start` are used at run time.
        data: the training data, in words.
        card: what people should know.
        seed: of its training.

    Raises:
        ModelError: the export would answer differently.
    """
    inputs = dialogue_shapes(encoder.size, later=not network.online)
    outputs: dict[str, Shape] = {name: ("batch", "turns", HEADS[name]) for name in network.outputs}
    manifest = ModelManifest(
        name=f"judge of sessions, {'online' if network.online else 'offline'}",
        files={},
        inputs=inputs,
        outputs=outputs,
        encoder=encoder.digest,
        labels=dict.fromkeys(network.outputs, ("no", "yes")),
        fields={"numbers": judge_fields(later=not network.online)},
        categories=known.values,
        metrics=dict(metrics),
        seed=seed,
        data=data,
    )
    export_examples = [{name: each[name][None] for name in inputs} for each in examples]
    return export(network, folder, export_examples, manifest, card)
