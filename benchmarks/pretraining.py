"""How many labels pretraining saves: the judge of USS trained on 5%, 20% and all of the dialogues, with and without it.

Both begin from the same seed and see the same labels as often; one was first trained, on all dialogues and without any
label, which responses were swapped in and which turns changed places (`sayagain.labels.judge.training.pretrain`).
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
"""Percent of the dialogues that keep their ratings, and how often they are then seen: fewer, oftener."""

SEEDS = (1, 2)
"""Draws of dialogues for each share; the figures are means over the draws."""

EPOCHS = 4
"""Of pretraining, each over one corrupted copy of every dialogue."""


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON."""
    training, tested = split(train, test, SETS)
    heads, acts = heads_of(training)
    known = Categories.of(each for one in training for each in categories(one.session))
    examples, asked = examples_of(training, heads, acts, known), examples_of(tested, heads, acts, known)
    many = [each for each in examples if len(each["mask"]) > 1]
    before = {seed: _pretrained(many, known, seed) for seed in SEEDS}
    sets = " ".join(f"{name:>7}" for name in SETS)
    print(f"{'labels':>6} {'dialogues':>9} {'pretrained':<10} {sets} {'mean AUC':>9}")
    found: dict[str, dict[str, float]] = {}
    for share, epochs in SHARES.items():
        sums: dict[str, list[list[float]]] = {"no": [], "yes": []}
        for seed in SEEDS:
            some = [each for one, each in zip(training, examples, strict=True) if _place(one, seed) < share]
            settings = msgspec.structs.replace(SETTINGS, epochs=epochs, weights=WEIGHTS, seed=seed)
            for way, begin in (("no", None), ("yes", before[seed])):
                network = train_network(some, heads, known, settings=settings, begin=begin)
                said = predict(network, asked)
                sums[way].append(_aucs(tested, [dissatisfied(each) for each in said]))
        for way, rows in sums.items():
            mean = np.mean(rows, axis=0)
            figures = " ".join(f"{each:>7.3f}" for each in mean)
            print(f"{share:>5}% {len(some):>9} {way:<10} {figures} {mean.mean():>9.3f}")
        found[str(share)] = {name: float(np.mean(sums[way])) for name, way in (("without", "no"), ("with", "yes"))}
    return {"pretraining": {"uss": found}}


def _pretrained(examples: Sequence[JudgeExample], known: Categories, seed: int) -> DialogueNetwork:
    settings = msgspec.structs.replace(SETTINGS, epochs=EPOCHS, seed=seed)
    return train_network(corrupt(examples, seed=seed), PRETRAINED, known, settings=settings, forgetting=0.0)


def _place(one: Rated, seed: int) -> int:
    return zlib.crc32(f"{seed} {one.session.session_id}".encode()) % 100


def _aucs(rated: Sequence[Rated], p: Sequence[np.ndarray[Any, np.dtype[np.float64]]]) -> list[float]:
    found = []
    for name in SETS:
        mine = [at for at, one in enumerate(rated) if one.domain == name]
        compared = compare([rated[at].ratings for at in mine], [p[at] for at in mine])
        found.append(auc(compared.truth, compared.p))
    return found
