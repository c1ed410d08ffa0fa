"""The value of pretraining: the judge of USS trained on 5%, 20% and all of the labels, with and without it.

Both start from the same seed and see the same labels equally often; one is first trained on all dialogues, without
labels, to detect swapped responses and moved turns (`sayagain.labels.judge.training.pretrain`).
"""

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.annotators import compare
from benchmarks.judging import auc
from benchmarks.uss import SETS, Rated
from benchmarks.uss_examples import WEIGHTS, dissatisfied, examples_of, heads_of, split
from sayagain.labels.judge.training.examples import JudgeExample
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.labels.judge.training.pretrain import PRETRAINED, corrupt
from sayagain.labels.judge.training.train import SETTINGS, predict, train_network
from sayagain.labels.judge.turn_fields import categories
from sayagain.models import Categories

__all__ = ["run"]

SHARES = {5: 40, 20: 15, 100: 5}
"""Percentage of the dialogues that keep their ratings, and the epochs: more for fewer dialogues."""

SEEDS = (1, 2)
"""Draws of dialogues for each share; the figures are means over the draws."""

EPOCHS = 4
"""Epochs of pretraining, over one corrupted copy of every dialogue."""


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON."""
    training, tested = split(train, test, SETS)
    heads, acts = heads_of(training)
    known = Categories.of(record for dialogue in training for record in categories(dialogue.session))
    examples, test_examples = examples_of(training, heads, acts, known), examples_of(tested, heads, acts, known)
    long_examples = [example for example in examples if len(example["mask"]) > 1]
    pretrained = {seed: _pretrain(long_examples, known, seed) for seed in SEEDS}
    sets = " ".join(f"{name:>7}" for name in SETS)
    print(f"{'labels':>6} {'dialogues':>9} {'pretrained':<10} {sets} {'mean AUC':>9}")
    figures: dict[str, dict[str, float]] = {}
    for share, epochs in SHARES.items():
        aucs: dict[str, list[list[float]]] = {"no": [], "yes": []}
        for seed in SEEDS:
            labelled = [
                example
                for dialogue, example in zip(training, examples, strict=True)
                if _percentile(dialogue, seed) < share
            ]
            settings = msgspec.structs.replace(SETTINGS, epochs=epochs, weights=WEIGHTS, seed=seed)
            for way, begin in (("no", None), ("yes", pretrained[seed])):
                network = train_network(labelled, heads, known, settings=settings, begin=begin)
                predictions = predict(network, test_examples)
                aucs[way].append(_aucs(tested, [dissatisfied(prediction) for prediction in predictions]))
        for way, rows in aucs.items():
            mean = np.mean(rows, axis=0)
            cells = " ".join(f"{value:>7.3f}" for value in mean)
            print(f"{share:>5}% {len(labelled):>9} {way:<10} {cells} {mean.mean():>9.3f}")
        figures[str(share)] = {name: float(np.mean(aucs[way])) for name, way in (("without", "no"), ("with", "yes"))}
    return {"pretraining": {"uss": figures}}


def _pretrain(examples: Sequence[JudgeExample], known: Categories, seed: int) -> DialogueNetwork:
    settings = msgspec.structs.replace(SETTINGS, epochs=EPOCHS, seed=seed)
    return train_network(corrupt(examples, seed=seed), PRETRAINED, known, settings=settings, forgetting=0.0)


def _percentile(dialogue: Rated, seed: int) -> int:
    return zlib.crc32(f"{seed} {dialogue.session.session_id}".encode()) % 100


def _aucs(rated: Sequence[Rated], p: Sequence[np.ndarray[Any, np.dtype[np.float64]]]) -> list[float]:
    aucs = []
    for name in SETS:
        indices = [index for index, dialogue in enumerate(rated) if dialogue.domain == name]
        compared = compare([rated[index].ratings for index in indices], [p[index] for index in indices])
        aucs.append(auc(compared.truth, compared.p))
    return aucs
