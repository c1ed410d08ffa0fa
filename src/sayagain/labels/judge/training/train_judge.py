"""Training of the session judges: heads for defect, goal start and goal reached; calibration, thresholds, export."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import nn

from sayagain.labels.judge.calibration import temperature
from sayagain.labels.judge.dialogue import Dialogue, dialogue_shapes, dialogues
from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.labels.judge.training.examples import JudgeExample, hard, judge_example, soft
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.labels.judge.training.train import predict
from sayagain.labels.judge.turn_fields import categories, judge_fields
from sayagain.models import Array, Card, Categories, Encoder, ModelManifest, Shape
from sayagain.models.training import Export, export

__all__ = [
    "HEADS",
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
"""Rarer categories count as unknown, so that training includes unknown values."""


def known_categories(targets: Sequence[SessionTargets]) -> Categories:
    """Collect the values of the categorical fields."""
    return Categories.of((fields for target in targets for fields in categories(target.session)), at_least=_RARE)


def judge_examples(
    targets: Sequence[SessionTargets], encoder: Encoder, known: Categories, *, online: bool = False
) -> list[JudgeExample]:
    """Return the training examples of sessions.

    Args:
        targets: sessions with their targets.
        encoder: encoder of the texts.
        known: known values of the categorical fields.
        online: whether to leave out the numbers that depend on later turns.
    """
    arrays = dialogues([target.session for target in targets], encoder, known, fields=judge_fields(later=not online))
    return [_example(target, dialogue) for target, dialogue in zip(targets, arrays, strict=True)]


def _example(target: SessionTargets, dialogue: Dialogue) -> JudgeExample:
    # The first turn of a session always starts a goal, so it is no training example.
    starts = [None, *target.start[1:]]
    labels = {
        "defect": soft(target.defect),
        "start": hard([None if flag is None else int(flag) for flag in starts], 2),
        "reached": hard([None if flag is None else int(flag) for flag in target.reached], 2),
    }
    weights = {"reached": np.where(np.array(target.last), 1.0, _ON_THE_WAY).astype(np.float32)}
    if target.weights is not None:
        weights["defect"] = np.array(target.weights, np.float32)
    return judge_example(dialogue, labels, HEADS, weights)


def scores(network: DialogueNetwork, examples: Sequence[JudgeExample], head: str) -> list[Array]:
    """Return P(yes) of a head for each turn of each example."""
    return [probabilities[head][:, 1] for probabilities in predict(network, examples)]


def calibrate(network: DialogueNetwork, examples: Sequence[JudgeExample]) -> dict[str, float]:
    """Calibrate each head by temperature scaling (Guo et al. 2017), in place.

    Args:
        network: network trained on other examples.
        examples: examples to calibrate on.

    Returns:
        The temperature of each head by name: above 1 if the head was overconfident.
    """
    probabilities = predict(network, examples)
    temperatures = {}
    for name in network.outputs:
        p = np.concatenate([turn_probabilities[name] for turn_probabilities in probabilities])
        label = np.concatenate([example[f"label {name}"] for example in examples])
        labelled = label.sum(-1) > 0
        temperatures[name] = (
            temperature(np.log(np.maximum(p[labelled], 1e-9)), label[labelled].argmax(-1)) if labelled.any() else 1.0
        )
        output_layer = network.heads[name].layers[-1]
        assert isinstance(output_layer, nn.Linear)
        with torch.no_grad():
            output_layer.weight /= temperatures[name]
            output_layer.bias /= temperatures[name]
    return temperatures


def best_threshold(network: DialogueNetwork, examples: Sequence[JudgeExample], head: str) -> float:
    """Return the threshold with the best F1 on these examples; 0.5 without positive labels."""
    p = np.concatenate(scores(network, examples, head))
    label = np.concatenate([example[f"label {head}"] for example in examples])
    labelled = label.sum(-1) > 0
    positive = label[labelled][:, 1] > 0.5
    if not positive.any():
        return 0.5
    order = np.argsort(-p[labelled], kind="stable")
    f1 = 2 * np.cumsum(positive[order]) / (np.arange(1, len(order) + 1) + positive.sum())
    return float(p[labelled][order][int(np.argmax(f1))])


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
        network: trained and calibrated network.
        folder: folder of the judge.
        examples: a few examples of different lengths, to compare the export on.
        known: known values of the categorical fields.
        encoder: encoder of the embeddings.
        metrics: metrics for the manifest; `threshold_defect` and `threshold_start` are used at run time.
        data: the training data, in words.
        card: the model card.
        seed: seed of the training.

    Raises:
        ModelError: the export differs from the network.
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
    export_examples = [{name: example[name][None] for name in inputs} for example in examples]
    return export(network, folder, export_examples, manifest, card)
