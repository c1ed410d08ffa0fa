"""The stage that failed first: false wake, ASR, NLU, entity resolution or result; or correct.

Household: the shipped isolator, in homes that it was not trained on. DSTC2 and SLURP have other stages and fields, so a
model of the same evidence is trained on one half (callers, sentences) and tested on the other; on DSTC2 the shipped
isolator is also printed, as it is and beside the judge that learning makes of the log. Baselines on the same halves:
the commonest class, boosting over thirteen plain features of the turn, and the words of the request. Everything was
chosen within the first half.
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks import failure_points_dstc2, failure_points_household, failure_points_slurp
from benchmarks.failure_points_homeassistant import measure_homeassistant
from benchmarks.failure_points_household import WAYS
from benchmarks.failure_scores import (
    Floats,
    StageSet,
    boosted,
    cross_fitted,
    half_of,
    majority,
    print_scores,
    scores,
    words_only,
)
from sayagain.failures.evidence import EVIDENCE_FIELDS
from sayagain.failures.isolator import SHIPPED
from sayagain.failures.tree_model import open_trees

__all__ = ["run"]

_PLAIN = (
    *("request_words", "response_words", "asr_confidence_rank", "asr_margin_rank", "asr_readings"),
    *(
        "nlu_confidence_rank",
        "nlu_margin_rank",
        "nlu_readings",
        "slots",
        "nothing_read",
        "complained",
        "actions_failed",
        "gap_before",
    ),
)
"""The thirteen plain features of the baseline."""

Fit = Callable[[StageSet], Callable[[StageSet], Floats]]
Figures = dict[str, Any]


def run(train: Path, test: Path) -> Figures:
    """Run the benchmark and print its table; return the figures for JSON."""
    print(f"{'set, what':<52} {'accuracy':>8} {'macro-F1':>8} {'ECE':>6}  F1 by class")
    figures = {"household": _household()}
    for name, measure in (("dstc2", _dstc2), ("slurp", _slurp)):
        missing = [folder for folder in (train, test) if not (folder / name).is_dir()]
        if missing:
            print(f"{name}: left out, {missing[0]} has no {name}/")
        else:
            figures[name] = measure(train, test)
    real = measure_homeassistant()
    if real is None:
        print("homeassistant: left out, SAYAGAIN_HOMEASSISTANT_URL and SAYAGAIN_HOMEASSISTANT_TOKEN are not set")
    else:
        figures["homeassistant"] = real
    return {"failure_points": figures}


def _household() -> Figures:
    logs = failure_points_household.simulate()
    middle = len(logs) // 2
    parts = logs[:middle], logs[middle:]
    figures: Figures = {}
    for name, way in WAYS.items():
        began = time.process_time()
        (first_half, p_first), (sealed_half, p_sealed) = (
            failure_points_household.stage_set(part, way) for part in parts
        )
        speed = (len(first_half.classes) + len(sealed_half.classes)) / (time.process_time() - began)
        dev, sealed = scores(first_half, p_first), scores(sealed_half, p_sealed)
        print_scores(f"household, {name}, first half", dev)
        print_scores(f"household, {name}, sealed", sealed)
        print(f"household, {name}: {speed:,.0f} turns a second of processor time")
        figures[name] = {**sealed, "first_half": dev, "turns_per_second": speed}
        if name in ("full", "homeassistant"):
            figures[name]["baselines"] = _baselines(f"household, {name}", first_half, sealed_half)
    return {**figures.pop("full"), **figures}


def _dstc2(train: Path, test: Path) -> Figures:
    def halves(**options: bool) -> tuple[StageSet, StageSet]:
        return _halves(train, test, lambda folder: failure_points_dstc2.read_stage_set(folder, **options))

    whole = halves()
    figures = _measure("dstc2", *whole, boosted())
    figures["no_confidence"] = _sealed("dstc2, no_confidence", *halves(confidences=False), boosted())
    figures["no_later"] = _sealed("dstc2, no_later", *halves(later=False), boosted())
    figures["baselines"] = _baselines("dstc2", *whole)
    figures["shipped"] = scores(whole[1], _shipped(whole[1]))
    print_scores("dstc2, shipped isolator, sealed", figures["shipped"])
    for part, folder, data in (("first half", train, whole[0]), ("sealed", test, whole[1])):
        settled = scores(*failure_points_dstc2.settled_probabilities(folder, set(data.groups)))
        print_scores(f"dstc2, shipped isolator after learning, {part}", settled)
        figures[f"after_learning_{part.replace(' ', '_')}"] = settled
    return figures


def _shipped(data: StageSet) -> Floats:
    """Return the shipped isolator's probabilities of the classes of a set, which sum to 1."""
    model = open_trees(SHIPPED)
    chosen = model.probabilities(data.rows)[:, [model.classes.index(name) for name in data.names]]
    probabilities: Floats = chosen / chosen.sum(axis=1, keepdims=True)
    return probabilities


def _slurp(train: Path, test: Path) -> Figures:
    first, sealed = _halves(train, test, failure_points_slurp.read_stage_set)
    columns = failure_points_slurp.COLUMNS
    fit_options: dict[str, Any] = {"rounds": 90, "leaves": 7, "rate": 0.05}
    figures = _measure("slurp", first, sealed, boosted(**fit_options))
    # These logs report no confidence.
    figures["no_confidence"] = {name: figures[name] for name in ("accuracy", "macro_f1", "ece")}
    alone = [place for place, name in enumerate(columns) if name not in failure_points_slurp.OTHER_RECORDINGS]
    figures["no_later"] = _sealed("slurp, no other recordings", first, sealed, boosted(columns=alone, **fit_options))
    own = [columns.index(name) for name in failure_points_slurp.OWN]
    figures["baselines"] = _baselines("slurp", first, sealed, own)
    return figures


def _halves(train: Path, test: Path, read: Callable[[Path], StageSet]) -> tuple[StageSet, StageSet]:
    """Return the half to train and choose on and the sealed half; where the folders differ, each is whole."""
    data = read(train)
    if train.resolve() != test.resolve():
        return data, read(test)
    sealed = half_of(data.groups)
    return data.part(~sealed), data.part(sealed)


def _measure(name: str, first: StageSet, sealed: StageSet, fit: Fit) -> Figures:
    dev = scores(first, cross_fitted(first, fit))
    print_scores(f"{name}, first half", dev)
    return {**_sealed(name, first, sealed, fit), "first_half": dev}


def _sealed(name: str, first: StageSet, sealed: StageSet, fit: Fit) -> Figures:
    figures = scores(sealed, fit(first)(sealed))
    print_scores(f"{name}, sealed", figures)
    return figures


def _baselines(name: str, first: StageSet, sealed: StageSet, plain: Sequence[int] | None = None) -> Figures:
    columns = plain if plain is not None else [EVIDENCE_FIELDS.index(field) for field in _PLAIN]
    predictions = {
        "majority": majority(sealed, first),
        "boosting": boosted(columns=columns)(first)(sealed),
        "words": words_only(first)(sealed),
    }
    figures = {}
    for baseline, probabilities in predictions.items():
        figures[baseline] = scores(sealed, probabilities)
        print_scores(f"{name}, baseline {baseline}, sealed", figures[baseline])
    return figures
