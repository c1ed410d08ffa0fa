"""User satisfaction on USS: the judge compared with a single annotator on the same turns and by the same measure.

The judge is trained on the distribution of ratings of all four sets at once, with the user's act as an auxiliary task.
It is an offline judge, which sees the later turns of a dialogue. It is an ensemble of five times a network, boosted
trees and a linear model of words, each trained without one fifth of the dialogues; thresholds are set on the
predictions for that fifth, and the five are averaged on the test dialogues.
"""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.annotators import Compared, ahead_threshold, best_threshold, compare
from benchmarks.bootstrap import quantile_interval, resampled_sums
from benchmarks.judging import auc, f1
from benchmarks.uss import SETS, Rated
from benchmarks.uss_examples import examples_of, heads_of, split, three_classes
from benchmarks.uss_judge import FOLDS, mean, train_judges
from benchmarks.uss_words import Counts
from benchmarks.vectors import encoder
from sayagain.labels.judge.session_judge import open_judge
from sayagain.labels.judge.turn_fields import categories
from sayagain.models import Array, Categories

__all__ = ["run"]

PUBLISHED = {"MWOZ": 0.581, "SGD": 0.648, "ReDial": 0.660}
"""Three-class accuracy of ASAP (Ye et al., ACL 2023), on other splits of the same sets."""

Floats = npt.NDArray[np.float64]


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON."""
    sets = [name for name in SETS if _has_data(train, name) and _has_data(test, name)]
    training, tested = split(train, test, sets)
    heads, acts = heads_of(training)
    known_values = Categories.of(category for dialogue in training for category in categories(dialogue.session))
    examples = examples_of(training, heads, acts, known_values)
    began = time.perf_counter()
    counts = Counts(training, examples)
    judges, held_out_predictions = train_judges(training, examples, counts(training, examples), heads, known_values)
    training_seconds = time.perf_counter() - began
    began = time.perf_counter()
    examples_to_judge = examples_of(tested, heads, acts, known_values)
    words = counts(tested, examples_to_judge)
    reading_seconds = time.perf_counter() - began
    began = time.perf_counter()
    predictions = mean([judge(examples_to_judge, words) for judge in judges])
    judging_seconds = time.perf_counter() - began
    turns = sum(len(dialogue.ratings) for dialogue in tested)
    turns_per_second = turns / (reading_seconds + judging_seconds)
    print(
        f"trained on {len(training)} dialogues, tested on {len(tested)} ({turns} turns); training {FOLDS} judges took "
        f"{training_seconds:.0f} s; together they judge {turns / judging_seconds:,.0f} turns/s, "
        f"{turns_per_second:,.0f} with reading the words"
    )
    print(_HEAD)
    figures = {}
    for name in sets:
        training_indices = [index for index, dialogue in enumerate(training) if dialogue.domain == name]
        test_indices = [index for index, dialogue in enumerate(tested) if dialogue.domain == name]
        figures[name] = _figures(
            name,
            _Predictions(
                [training[index] for index in training_indices],
                [held_out_predictions[index] for index in training_indices],
            ),
            _Predictions([tested[index] for index in test_indices], [predictions[index] for index in test_indices]),
            3600 * turns / (reading_seconds + judging_seconds),
        )
    print("three classes against the mean of the other annotators of the same turns:")
    for name in sets:
        figures[name] |= _three_class_figures(
            name, [(dialogue, p) for dialogue, p in zip(tested, predictions, strict=True) if dialogue.domain == name]
        )
    print("the judge that the package ships, trained on simulated homes alone, about the response before each rating:")
    for name in sets:
        figures[name] |= _zero_shot(
            name, *([dialogue for dialogue in part if dialogue.domain == name] for part in (training, tested))
        )
    return {"satisfaction": figures}


def _zero_shot(name: str, training: Sequence[Rated], tested: Sequence[Rated]) -> dict[str, float | None]:
    """Measure the shipped judge, with a threshold set on the training dialogues."""
    judge = open_judge("offline", encoder=encoder(), threads=2)

    def compared(rated: Sequence[Rated]) -> Compared:
        opinions_by_dialogue = judge.judge([dialogue.session for dialogue in rated])
        # The rating of a line is about the response before it.
        p = [np.array([0.0, *(opinion.p_defect for opinion in opinions[:-1])]) for opinions in opinions_by_dialogue]
        return compare([dialogue.ratings for dialogue in rated], p)

    on_tune, on_test = compared(training), compared(tested)
    test_auc = auc(on_test.truth, on_test.p)
    flagged = on_test.p >= ahead_threshold(on_tune)
    figures = {"shipped_auc": test_auc, "shipped_f1": f1(on_test.truth, flagged)}
    print(f"{name:<7} AUC {figures['shipped_auc']:.3f}, F1 {figures['shipped_f1']:.3f}")
    return dict(figures)


def _three_class_figures(
    name: str, predictions: Sequence[tuple[Rated, Mapping[str, Array]]]
) -> dict[str, float | None]:
    """Measure judge and single annotators alike, on the three classes of the other annotators' mean."""
    rows = [
        (three_classes(ratings[:index] + ratings[index + 1 :]), int(p.argmax()), three_classes([rating]))
        for dialogue, prediction in predictions
        for ratings, p in zip(dialogue.ratings, prediction["class"], strict=True)
        for index, rating in enumerate(ratings)
        if len(ratings) > 1
    ]
    truth, ours, person = (np.array(column) for column in zip(*rows, strict=True))
    figures = {
        "accuracy3_others": float((ours == truth).mean()),
        "human_accuracy3_others": float((person == truth).mean()),
    }
    print(f"{name:<7} judge {figures['accuracy3_others']:.3f}, person {figures['human_accuracy3_others']:.3f}")
    return dict(figures)


class _Predictions(msgspec.Struct, frozen=True):
    """Dialogues with the judge's predictions."""

    rated: list[Rated]
    p: list[Mapping[str, Array]]

    def compared(self) -> Compared:
        """Return the comparison with the annotators."""
        return compare(
            [dialogue.ratings for dialogue in self.rated],
            [np.asarray(prediction["low"], np.float64) for prediction in self.p],
        )


def _has_data(folder: Path, name: str) -> bool:
    exists = (folder / "uss" / f"{name}.txt").is_file()
    if not exists:
        print(f"{name}: left out, {folder}/uss has no {name}.txt")
    return exists


_HEAD = (
    f"{'set':<7} {'turns':>5} {'F1 [90%]':<19} {'person':>6} {'ahead in':>8} {'accuracy':>8} {'person':>6} {'AUC':>5} "
    f"{'F1 mean<3':>9} {'3-class':>7} {'published':>9} {'labels/h':>8} {'precision':>9} {'person':>6}"
)


def _figures(name: str, tuned: _Predictions, tested: _Predictions, turns_per_hour: float) -> dict[str, float | None]:
    on_tune, on_test = tuned.compared(), tested.compared()
    threshold = ahead_threshold(on_tune)
    sure = _sure_threshold(on_tune)
    flagged, labelled = on_test.p >= threshold, on_test.p >= sure
    low, high, ahead = _bootstrap(on_test, threshold)
    class_pairs = [
        (three_classes(r), int(c.argmax()))
        for dialogue, p in _turns(tested)
        for r, c in zip(dialogue.ratings, p["class"], strict=True)
    ]
    right = [truth == predicted for truth, predicted in class_pairs if truth is not None]
    is_low, p_low = _low_means(tested)
    tuned_is_low, tuned_p_low = _low_means(tuned)
    all_p = np.concatenate([prediction["low"] for prediction in tested.p])
    figures = {
        "f1": f1(on_test.truth, flagged),
        "f1_low": low,
        "f1_high": high,
        "accuracy": float((flagged == on_test.truth).mean()),
        "human_f1": f1(on_test.truth, on_test.person),
        "human_accuracy": float((on_test.person == on_test.truth).mean()),
        "ahead": ahead,
        "auc": auc(on_test.truth, on_test.p),
        "f1_mean_below_3": f1(is_low, p_low >= best_threshold(tuned_is_low, tuned_p_low)),
        "accuracy3": float(np.mean(right)),
        "labels_per_hour": turns_per_hour * float((all_p >= sure).mean()),
        "label_precision": float(on_test.truth[labelled].mean()) if labelled.any() else None,
        "human_precision": float(on_test.truth[on_test.person].mean()),
    }
    precision = figures["label_precision"]
    print(
        f"{name:<7} {len(all_p):>5} {figures['f1']:.3f} [{low:.3f}, {high:.3f}]{'':<2} {figures['human_f1']:>5.3f} "
        f"{ahead:>8.0%} {figures['accuracy']:>8.3f} {figures['human_accuracy']:>6.3f} {figures['auc']:>5.3f} "
        f"{figures['f1_mean_below_3']:>9.3f} {figures['accuracy3']:>7.3f} {PUBLISHED.get(name, float('nan')):>9.3f} "
        f"{figures['labels_per_hour']:>8,.0f} {float('nan') if precision is None else precision:>9.3f} "
        f"{figures['human_precision']:>6.3f}"
    )
    return figures


def _turns(predicted: _Predictions) -> list[tuple[Rated, Mapping[str, Array]]]:
    return list(zip(predicted.rated, predicted.p, strict=True))


def _low_means(predicted: _Predictions) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Return whether the mean rating of each rated turn is below 3, and the judge's probability."""
    rows = [
        (three_classes(ratings) == 0, p)
        for dialogue, prediction in _turns(predicted)
        for ratings, p in zip(dialogue.ratings, prediction["low"], strict=True)
        if ratings
    ]
    return np.array([truth for truth, _ in rows]), np.array([p for _, p in rows])


def _sure_threshold(tuned: Compared) -> float:
    """Return the lowest threshold at which the precision of "dissatisfied" is at least that of single annotators."""
    person_precision = float(tuned.truth[tuned.person].mean())
    order = np.argsort(-tuned.p, kind="stable")
    precision = np.cumsum(tuned.truth[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= person_precision)
    return float(tuned.p[order][enough[-1]]) if len(enough) else float(tuned.p.max())


def _bootstrap(compared: Compared, threshold: float, draws: int = 1000) -> tuple[float, float, float]:
    """Return the 90% bootstrap interval of the judge's F1 over dialogues, and how often it is above the annotators'."""
    count = int(compared.dialogue.max()) + 1
    flagged = compared.p >= threshold

    columns = (compared.truth, flagged, flagged & compared.truth, compared.person, compared.person & compared.truth)
    counts = np.stack([np.bincount(compared.dialogue, flags, count) for flags in columns], 1)
    truth, ours, hits, theirs, their_hits = resampled_sums(counts, draws).T
    judge_f1, person_f1 = 2 * hits / (truth + ours), 2 * their_hits / (truth + theirs)
    return *quantile_interval(judge_f1), float((judge_f1 > person_f1).mean())
