"""Rephrase detection: which later request says a failed one again, on labelled and machine-labelled sets.

Labelled by people: SAIF (label 1 or 2) and DSTC2 (the same labelled acts again after a misread turn). Labelled by
machine: the household's truth; dialogues composed by a recipe from SLURP, its recordings, SNIPS, CQR, MuDoCo and SGD.
Written: rephrases without a common content word, alone and recurring in a log. Every set has a half for development
and a sealed half (of dialogues, users, sentences or time); where the folders differ, all of `--train` is for
development and all of XX SAIF, DSTC2, CQR, MuDoCo and SGD were in no training of the detector.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.rephrase_pairs import Pairs, describe
from benchmarks.rephrase_recipe import PairSet
from benchmarks.rephrase_sets import COMPOSED, composed_set, household_set, read_dstc2, read_saif
from benchmarks.rephrase_written import RECIPES, written_alone, written_log
from sayagain.feedback.outcome import trouble
from sayagain.feedback.retries import is_repeat, likeness
from sayagain.labels.rephrase.detector import RephraseDetector, open_detector
from sayagain.labels.rephrase.pair_features import CONTEXT_FEATURES, PAIR_FEATURES
from sayagain.learning.judge import best_threshold
from sayagain.learning.log_rephrases import is_sure
from sayagain.turns import Turn

__all__ = ["run"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Figures = dict[str, Any]

SEEDS, HOMES = (301, 302), 20
"""Homes that no training has seen."""

BOOSTED = {
    "objective": "binary",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "deterministic": True,
    "num_threads": 1,
    "verbose": -1,
    "seed": 1,
}
"""Settings of the models that are trained on a set's own labels."""
ROUNDS, FOLDS = 120, 5
TAUGHT = ("boosted_pairs_taught",)
"""Baselines that are trained on the labels of the set."""
MACHINE = ("slurp", "slurp_asr", "snips_asr")
"""Sets of whose halves for development the pairwise baseline is trained, as the detector was."""


class _Half(NamedTuple):
    pairs: Pairs
    part: Truths

    @property
    def truth(self) -> Truths:
        return self.pairs.labels[self.part]

    def of(self, values: Floats) -> Floats:
        return values[self.part]


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark, print its tables and return the figures for JSON; absent sets are left out."""
    detector = open_detector()
    if detector.encoder is None:
        print("rephrase: the extra models is not installed, so nothing is compared by meaning")
    sets: dict[str, Pairs] = {}
    saif_kinds: list[int] = []
    for name, read in _readers(train, test, saif_kinds).items():
        dialogues = read()
        if dialogues:
            sets[name] = describe(dialogues, detector.encoder)
        else:
            print(f"rephrase: {name} is left out, its folder is absent")
    machine = [sets[name] for name in MACHINE if name in sets]
    pairwise = _pairwise(machine) if machine else None
    print(f"{'':<14}{'pairs':>7}{'again':>7}  F1 (precision, recall) of the detector; F1 of baselines; both halves")
    figures = {name: _measure(name, pairs, detector, pairwise) for name, pairs in sets.items()}
    if "saif" in sets:
        figures["saif"] |= _saif_kinds(sets["saif"], np.array(saif_kinds), detector)
    figures["written_log"] = _measure_log(detector)
    return {"rephrase": figures}


def _readers(train: Path, test: Path, kinds: list[int]) -> dict[str, Callable[[], list[PairSet]]]:
    folders = (train,) if train.resolve() == test.resolve() else (train, test)

    def both(read: Callable[[Path], list[PairSet]]) -> list[PairSet]:
        """Read the halves of one folder; of two, all of the first is for development and all of the second sealed."""
        read_sets = [read(folder) for folder in folders]
        if len(read_sets) == 1:
            return read_sets[0]
        return [dialogue._replace(half=half) for half, dialogues in enumerate(read_sets) for dialogue in dialogues]

    def saif(folder: Path) -> list[PairSet]:
        if not (folder / "saif" / "pairs.csv").exists():
            return []
        dialogues, labels = read_saif(folder)
        kinds.extend(labels)
        return dialogues

    def dstc2(folder: Path) -> list[PairSet]:
        return read_dstc2(folder) if (folder / "dstc2").is_dir() else []

    return {
        "saif": lambda: both(saif),
        "dstc2": lambda: both(dstc2),
        "household": lambda: household_set(SEEDS, HOMES),
        **{name: partial(both, partial(composed_set, name)) for name in COMPOSED},
        "written": lambda: [pair for recipe in RECIPES for half in (0, 1) for pair in written_alone(recipe, half)],
    }


def _measure(name: str, pairs: Pairs, detector: RephraseDetector, pairwise: lightgbm.Booster | None) -> Figures:
    halves = [_Half(pairs, pairs.halves == half) for half in (0, 1)]
    opinion = 1 / (1 + np.exp(-detector.log_odds(pairs.rows)))
    column = dict(zip(CONTEXT_FEATURES, pairs.rows.T, strict=True))
    failed = np.array([trouble(source) is not None for source, _ in pairs.turns])
    scores: dict[str, Floats] = {
        "edit_distance": column["letters"],
        "failed_and_overlap": np.where(failed, column["content_alike"], -1.0),
        "present_rule": np.array([_present_rule(*turns) for turns in pairs.turns]),
        "boosted_pairs_taught": _taught(pairs, PAIR_FEATURES),
        "taught": _taught(pairs, CONTEXT_FEATURES, opinion),
    }
    if not np.isnan(column["meaning"]).all():
        scores["cosine"] = np.nan_to_num(column["meaning"], nan=-1.0)
    if pairwise is not None:
        scores["pairwise"] = np.asarray(pairwise.predict(pairs.rows[:, _columns(PAIR_FEATURES)], num_threads=1))
    dev, sealed = (_figures(half.truth, half.of(opinion) >= best_threshold(half.of(opinion))) for half in halves)
    thresholds = {key: _labelled_threshold(halves[0].truth, halves[0].of(score)) for key, score in scores.items()}
    others = [
        {key: _figures(half.truth, half.of(score) >= thresholds[key]) for key, score in scores.items()}
        for half in halves
    ]
    taught = [half_figures.pop("taught") for half_figures in others]
    dev_text, sealed_text = (f"{f['f1']:.3f} ({f['precision']:.2f}, {f['recall']:.2f})" for f in (dev, sealed))
    print(
        f"{name:<14}{len(pairs.labels):>7}{pairs.labels.sum():>7}  {dev_text} / {sealed_text}, "
        f"taught on its labels {taught[1]['f1']:.3f}"
    )
    for key in others[0]:
        print(f"{'':<28}  {key} {others[0][key]['f1']:.3f} / {others[1][key]['f1']:.3f}")
    untaught = max(figures["f1"] for key, figures in others[1].items() if key not in TAUGHT)
    return {
        **sealed,
        "dev": dev,
        "taught": taught[1],
        "lead_over_untaught": sealed["f1"] / max(untaught, 1e-9) - 1,
        "baselines": others[1],
        "baselines_dev": others[0],
    }


def _present_rule(source: Turn, target: Turn) -> float:
    """Return whether a request failed and letters, sounds or shared words say it again, as the signals do."""
    if trouble(source) is None:
        return 0.0
    return float(is_repeat(source, target) or likeness(source, target) is not None)


def _pairwise(machine: Sequence[Pairs]) -> lightgbm.Booster:
    """Train on the features of the two turns alone, on the machine-labelled halves for development."""
    rows = np.vstack([pairs.rows[pairs.halves == 0] for pairs in machine])[:, _columns(PAIR_FEATURES)]
    labels = np.concatenate([pairs.labels[pairs.halves == 0] for pairs in machine])
    return lightgbm.train(BOOSTED, lightgbm.Dataset(rows, labels), ROUNDS)


def _taught(pairs: Pairs, names: Sequence[str], opinion: Floats | None = None) -> Floats:
    """Return probabilities by a model that is trained on the labels of the half for development.

    The half itself is predicted in folds of dialogues, so that a threshold can be set on it.
    """
    rows = pairs.rows[:, _columns(names)]
    if opinion is not None:
        rows = np.column_stack([rows, opinion])
    dev = pairs.halves == 0
    dialogues = np.array([number for number, _ in pairs.sources])
    out = np.zeros(len(rows))
    for fold in range(FOLDS):
        held_out = dev & (dialogues % FOLDS == fold)
        out[held_out] = _predict(rows[dev & ~held_out], pairs.labels[dev & ~held_out], rows[held_out])
    out[~dev] = _predict(rows[dev], pairs.labels[dev], rows[~dev])
    return out


def _predict(rows: Floats, labels: Truths, others: Floats) -> Floats:
    if not len(others) or len(set(labels.tolist())) < 2:
        return np.zeros(len(others))
    model = lightgbm.train(BOOSTED, lightgbm.Dataset(rows, labels), ROUNDS)
    return np.asarray(model.predict(others, num_threads=1), np.float64)


def _saif_kinds(pairs: Pairs, kinds: npt.NDArray[np.int64], detector: RephraseDetector) -> Figures:
    """Tell new requests, users' corrections and recognition's apart, taught on the half for development."""
    opinion = 1 / (1 + np.exp(-detector.log_odds(pairs.rows)))
    rows = np.column_stack([pairs.rows, opinion])
    dev = pairs.halves == 0
    settings = {**BOOSTED, "objective": "multiclass", "num_class": 3}
    model = lightgbm.train(settings, lightgbm.Dataset(rows[dev], kinds[dev]), ROUNDS)
    predicted = np.asarray(model.predict(rows[~dev], num_threads=1)).argmax(axis=1)
    truth = kinds[~dev]
    f1 = [_figures(truth == kind, predicted == kind)["f1"] for kind in range(3)]
    accuracy = float((predicted == truth).mean())
    print(f"{'':<14}three-way, taught: accuracy {accuracy:.3f}, F1 {', '.join(f'{value:.3f}' for value in f1)}")
    return {"three_way": {"accuracy": accuracy, "macro_f1": float(np.mean(f1))}}


def _measure_log(detector: RephraseDetector) -> Figures:
    """Find the written rephrases in the log in which they recur, with the lift of each pair."""
    figures = []
    for half in (0, 1):
        right = found = possible = 0
        for recipe in RECIPES:
            log, truth = written_log(recipe, half)
            possible += sum(target is not None for target in truth.values())
            sure = [rephrase for rephrase in detector.rephrases(log) if is_sure(rephrase)]
            found += len(sure)
            right += sum(truth.get(rephrase.turn_id) == rephrase.target_id for rephrase in sure)
        precision, recall = right / max(found, 1), right / max(possible, 1)
        f1 = 2 * precision * recall / max(precision + recall, 1e-9)
        figures.append({"f1": f1, "precision": precision, "recall": recall, "rephrases": possible})
        print(f"written_log, half {half}: precision {precision:.3f}, recall {recall:.3f} of {possible} rephrases")
    return {**figures[1], "dev": figures[0]}


def _columns(names: Sequence[str]) -> list[int]:
    return [CONTEXT_FEATURES.index(name) for name in names]


def _labelled_threshold(truth: Truths, score: Floats) -> float:
    """Return the threshold with the best F1."""
    if not truth.any():
        return float("inf")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(score) + 1) + truth.sum())
    # A threshold takes in all pairs of one score.
    last = np.r_[np.diff(score[order]) != 0, True]
    return float(score[order][np.flatnonzero(last)[np.argmax(f1[last])]])


def _figures(truth: Truths, predicted: Truths) -> dict[str, float]:
    hits = int((truth & predicted).sum())
    precision, recall = hits / max(int(predicted.sum()), 1), hits / max(int(truth.sum()), 1)
    return {
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        "precision": precision,
        "recall": recall,
        "accuracy": float((truth == predicted).mean()),
    }
