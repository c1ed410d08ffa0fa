"""The session judge: starts of goals (SGD), goals reached (DSTC2, Frames), and both with defects in the household.

One network is trained on the labels of all sets at once (`trained`); another without labels of the public sets, on the
truth about simulated homes and on weak targets from the users' feedback (`feedback`). The shipped judge, trained on the
household's recordings alone, is measured without further training (`shipped`), also on logs of the same homes as other
assistants would write them (`elsewhere`). The household's test homes have another seed than any training homes.
Thresholds are set on training sessions alone.
"""

import time
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.annotators import best_threshold
from benchmarks.bootstrap import quantile_interval, resampled_sums
from benchmarks.goal_data import SOURCES, read_household, read_targets
from benchmarks.judging import auc, expected_calibration_error, f1
from benchmarks.vectors import encoder
from sayagain.household.inventory import SEED
from sayagain.labels.judge.calibration import calibration
from sayagain.labels.judge.session_judge import Opinion, open_judge
from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.labels.judge.training.feedback_targets import feedback_targets
from sayagain.labels.judge.training.log_variants import log_variant
from sayagain.labels.judge.training.network import DialogueNetwork
from sayagain.labels.judge.training.train import SETTINGS, predict, train_network
from sayagain.labels.judge.training.train_judge import HEADS, judge_examples, known_categories
from sayagain.models import Categories
from sayagain.turns import goals as cut_by_domain

__all__ = ["run"]

TRAINING = msgspec.structs.replace(SETTINGS, epochs=6)

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Predict = Callable[[Sequence[SessionTargets]], list[dict[str, Floats]]]
"""Returns P(yes) of each head for each turn of sessions."""

_PARTS = 10


class Parts(msgspec.Struct, frozen=True):
    """Sessions of one source for training, tuning and testing."""

    training: list[SessionTargets]
    tune: list[SessionTargets]
    test: list[SessionTargets]


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON."""
    sources = {name: _split(name, train, test) for name in SOURCES if _has_data(name, train, test)}
    household_sessions = read_household(seed=SEED + 101, homes=60, weeks=1)
    sources["household"] = Parts(
        [targets for targets in household_sessions if _part(targets) != 0],
        [targets for targets in household_sessions if _part(targets) == 0],
        read_household(seed=SEED, homes=40, weeks=1),
    )
    trained = _train_judge([targets for parts in sources.values() for targets in parts.training])
    unlabelled = [targets for name, parts in sources.items() if name != "household" for targets in parts.training]
    by_feedback = _train_judge(
        [*sources["household"].training, *(feedback_targets(targets.session) for targets in unlabelled)]
    )
    print(f"{'source, what':<28} {'judge':<10} {'turns':>6} {'yes':>6} {'AUC':>6} {'F1 [90%]':<22} {'accuracy':>8}")
    figures: dict[str, Any] = {}
    for name, parts in sources.items():
        figures[name] = {}
        for way, judge in (("trained", trained), ("feedback", by_feedback), ("shipped", _judge_shipped)):
            figures[name][way] = _measure(name, way, parts, judge)
        figures[name] |= figures[name]["trained"]
        _baselines(name, parts, figures[name])
    elsewhere = Parts(*(_log_variants(part) for part in msgspec.structs.astuple(sources["household"])))
    figures["elsewhere"] = {"shipped": _measure("elsewhere", "shipped", elsewhere, _judge_shipped)}
    figures["household"]["accuracy"] = figures["household"]["failure_accuracy"]
    return {"goals": figures}


def _log_variants(sessions: Sequence[SessionTargets]) -> list[SessionTargets]:
    """Return the sessions as other assistants would have logged them, each in its own style."""
    return [
        log_variant(targets, seed=zlib.crc32(f"measured {targets.session.session_id}".encode())) for targets in sessions
    ]


def _has_data(name: str, train: Path, test: Path) -> bool:
    missing_folders = [folder for folder in (train, test) if not (folder / name).is_dir()]
    if missing_folders:
        print(f"{name}: left out, {missing_folders[0]} has no {name}/")
    return not missing_folders


def _split(name: str, train: Path, test: Path) -> Parts:
    all_targets = read_targets(name, train)
    if train.resolve() != test.resolve():
        return Parts(
            [targets for targets in all_targets if _part(targets) != 0],
            [targets for targets in all_targets if _part(targets) == 0],
            read_targets(name, test),
        )
    return Parts(
        [targets for targets in all_targets if _part(targets) > 3],
        [targets for targets in all_targets if _part(targets) == 0],
        [targets for targets in all_targets if _part(targets) in {1, 2, 3}],
    )


def _part(targets: SessionTargets) -> int:
    # By user where the set has users, so that no user is in two parts.
    return zlib.crc32((targets.session.user_id or targets.session.session_id).encode()) % _PARTS


def _train_judge(sessions: Sequence[SessionTargets]) -> Predict:
    known_values: Categories = known_categories(sessions)
    examples = judge_examples(sessions, encoder(), known_values)
    began = time.perf_counter()
    network: DialogueNetwork = train_network(examples, HEADS, known_values, settings=TRAINING)
    print(f"trained on {len(sessions)} sessions in {time.perf_counter() - began:.0f} s")

    def predict_heads(sessions_to_judge: Sequence[SessionTargets]) -> list[dict[str, Floats]]:
        predictions = predict(network, judge_examples(sessions_to_judge, encoder(), known_values))
        return [{name: prediction[name][:, 1].astype(np.float64) for name in HEADS} for prediction in predictions]

    return predict_heads


def _judge_shipped(sessions: Sequence[SessionTargets]) -> list[dict[str, Floats]]:
    judge = open_judge("offline", encoder=encoder(), threads=2)

    def row(opinions: Sequence[Opinion]) -> dict[str, Floats]:
        return {
            "defect": np.array([opinion.p_defect for opinion in opinions]),
            "start": np.array([opinion.p_start for opinion in opinions]),
            "reached": np.array([opinion.p_reached for opinion in opinions]),
        }

    return [row(opinions) for opinions in judge.judge([targets.session for targets in sessions])]


class _Rows(msgspec.Struct, frozen=True):
    """True labels and predictions, one row each."""

    session: npt.NDArray[np.int64]
    truth: Truths
    p: Floats


def _rows(sessions: Sequence[SessionTargets], opinions: Sequence[dict[str, Floats]], figure: str) -> _Rows:
    """Collect defects, starts of goals (without the first turn of a session), or goals that were NOT reached."""
    rows: list[tuple[int, bool, float]] = []
    for number, (targets, p) in enumerate(zip(sessions, opinions, strict=True)):
        for index in range(len(targets.session.turns)):
            if figure == "defect" and targets.defect[index] is not None:
                rows.append((number, bool(targets.defect[index]), float(p["defect"][index])))
            if figure == "start" and index and targets.start[index] is not None:
                rows.append((number, bool(targets.start[index]), float(p["start"][index])))
            if figure == "failure" and targets.last[index] and targets.reached[index] is not None:
                rows.append((number, not targets.reached[index], 1 - float(p["reached"][index])))
    session, truth, probabilities = (
        (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
    )
    return _Rows(session.astype(np.int64), truth.astype(bool), probabilities.astype(np.float64))


def _measure(name: str, way: str, parts: Parts, judge: Predict) -> dict[str, float]:
    """Measure all heads that the source has labels for, with the best threshold of the tuning sessions."""
    figures: dict[str, float] = {}
    # Few sessions fail, so if the judge was not trained on these sessions, they tune the threshold too.
    tuning_sessions = parts.tune if way == "trained" else [*parts.training[:1500], *parts.tune]
    tuned, tested = judge(tuning_sessions), judge(parts.test)
    for figure in ("defect", "start", "failure"):
        on_tune, on_test = _rows(tuning_sessions, tuned, figure), _rows(parts.test, tested, figure)
        if not on_test.truth.any() or not on_tune.truth.any():
            continue
        threshold = best_threshold(on_tune.truth, on_tune.p)
        low, high = _interval(on_test, on_test.p >= threshold)
        calibrate = calibration(on_tune.p, on_tune.truth, [name] * len(on_tune.p))
        figures |= {
            f"{figure}_auc": auc(on_test.truth, on_test.p),
            f"{figure}_f1": f1(on_test.truth, on_test.p >= threshold),
            f"{figure}_accuracy": float(((on_test.p >= threshold) == on_test.truth).mean()),
            f"{figure}_calibration_error": expected_calibration_error(on_test.truth, on_test.p),
            f"{figure}_calibrated_error": expected_calibration_error(
                on_test.truth, calibrate(on_test.p, [name] * len(on_test.p))
            ),
        }
        print(
            f"{name + ' ' + figure:<28} {way:<10} {len(on_test.p):>6} {on_test.truth.sum():>6} "
            f"{figures[f'{figure}_auc']:>6.3f} {figures[f'{figure}_f1']:.3f} [{low:.3f}, {high:.3f}]{'':<5} "
            f"{figures[f'{figure}_accuracy']:>7.3f}  calibration error {figures[f'{figure}_calibration_error']:.3f}, "
            f"calibrated on its own {figures[f'{figure}_calibrated_error']:.3f}"
        )
    short = {"start_f1": "boundary_f1", "failure_auc": "auc", "failure_f1": "f1"}
    return {**figures, **{new: figures[old] for old, new in short.items() if old in figures}}


def _baselines(name: str, parts: Parts, figures: dict[str, Any]) -> None:
    """Print the baselines: the length of a session as a score, and rules for starts of goals and defects."""

    def length_scores(sessions: Sequence[SessionTargets]) -> list[dict[str, Floats]]:
        return [{"reached": -np.full(len(targets.last), len(targets.last), np.float64)} for targets in sessions]

    if name in {"dstc2", "frames"}:
        tuned = _rows([*parts.training, *parts.tune], length_scores([*parts.training, *parts.tune]), "failure")
        tested = _rows(parts.test, length_scores(parts.test), "failure")
        threshold = best_threshold(tuned.truth, tuned.p)
        figures["length_auc"] = auc(tested.truth, tested.p)
        figures["length_f1"] = f1(tested.truth, tested.p >= threshold)
        print(
            f"{name + ' failure':<28} {'length':<10} {len(tested.p):>6} {tested.truth.sum():>6} "
            f"{figures['length_auc']:>6.3f} {figures['length_f1']:.3f}"
        )
    if name == "household":
        rule_starts = []
        for targets in parts.test:
            begins = {goal.turns[0].turn_id for goal in cut_by_domain(targets.session)}
            rule_starts.append({"start": np.array([float(turn.turn_id in begins) for turn in targets.session.turns])})
        rows = _rows(parts.test, rule_starts, "start")
        figures["rule_boundary_f1"] = f1(rows.truth, rows.p > 0.5)
        complaints = [
            {"defect": np.array([float(turn.failed) for turn in targets.session.turns])} for targets in parts.test
        ]
        complaint_rows = _rows(parts.test, complaints, "defect")
        figures["complaint_f1"] = f1(complaint_rows.truth, complaint_rows.p > 0.5)
        print(f"household start, cut by gap and domain: F1 {figures['rule_boundary_f1']:.3f}")
        print(f"household defect, where the assistant says that it could not: F1 {figures['complaint_f1']:.3f}")


def _interval(rows: _Rows, flagged: Truths, draws: int = 500) -> tuple[float, float]:
    """Return the 90% bootstrap interval of F1 over sessions."""
    count = int(rows.session.max()) + 1
    counts = np.stack(
        [np.bincount(rows.session, values, count) for values in (rows.truth, flagged, flagged & rows.truth)], 1
    )
    truth, ours, hits = resampled_sums(counts, draws).T
    return quantile_interval(2 * hits / np.maximum(truth + ours, 1))
