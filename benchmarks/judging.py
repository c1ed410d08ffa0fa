"""Quality of the judge of defects by true labels: AUC and F1, with the best single signal and a supervised ceiling."""

import zlib
from collections.abc import Callable, Mapping, Sequence

import lightgbm
import numpy as np
import numpy.typing as npt

from benchmarks.dstc2 import Labels, material
from sayagain.feedback import detect
from sayagain.labels import SIGNALS, Judgement, signal_strengths
from sayagain.learning.batch import stack
from sayagain.learning.judge import Judge, evidence
from sayagain.releases.contents import Contents
from sayagain.rewriting.rank import fit_booster
from sayagain.turns import Session

__all__ = ["Figures", "auc", "expected_calibration_error", "f1", "judge_figures"]

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Figures = dict[str, float | str]


def judge_figures(
    contents: Contents,
    judge: Judge,
    log: Sequence[Session],
    labels: Labels,
    train: Sequence[Session],
    judgements: Mapping[str, Judgement] | None = None,
) -> Figures:
    """Judge every turn of `log` and compare with the labels on material turns.

    Args:
        contents: contents of a release learnt from `train` without labels.
        judge: judge learnt from the same log.
        log: sessions to judge.
        labels: labels of both logs, for the comparison and the ceiling alone.
        train: training sessions of the supervised ceiling; if this is `log` itself, it uses folds of callers.
        judgements: cross-fitted judgements from learning on `log`, by turn id; None judges with `judge`.
    """
    turns = [turn for session in log for turn in session.turns]
    rows, p = _judge(contents, judge, log)
    flagged = p >= judge.threshold
    if judgements is not None:
        p = np.array([judgements[turn.turn_id].p_defect for turn in turns])
        flagged = np.array([judgements[turn.turn_id].defect for turn in turns])
    is_material = np.array([material(turn.understood, labels[turn.turn_id]) for turn in turns])
    wrong = np.array([turn.understood.key != labels[turn.turn_id].key for turn in turns])
    signal_scores = _signal_scores(log, turns_empty=np.array([turn.understood.empty for turn in turns]))
    best_signal = max(signal_scores, key=lambda name: f1(wrong[is_material], signal_scores[name][is_material] > 0))
    best_scores = signal_scores[best_signal]
    ceiling = _ceiling(contents, judge, rows, log, labels, train)
    material_ceiling = ceiling[is_material]
    return {
        "turns": float(is_material.sum()),
        "defective": float(wrong[is_material].sum()),
        "auc": auc(wrong[is_material], p[is_material]),
        "f1": f1(wrong[is_material], flagged[is_material]),
        "calibration_error": expected_calibration_error(wrong[is_material], p[is_material]),
        "best_single": best_signal,
        "best_single_f1": f1(wrong[is_material], best_scores[is_material] > 0),
        "best_single_auc": auc(wrong[is_material], best_scores[is_material]),
        "ceiling_auc": auc(wrong[is_material], material_ceiling),
        "ceiling_f1": f1(
            wrong[is_material], material_ceiling >= np.quantile(material_ceiling, 1 - wrong[is_material].mean())
        ),
    }


def auc(wrong: Truths, p: Floats) -> float:
    """Return P(a defect has a higher score than a working turn); ties count half (Mann and Whitney 1947).

    >>> auc(np.array([True, False]), np.array([0.9, 0.1]))
    1.0
    """
    order = np.argsort(p, kind="stable")
    _, counts = np.unique(p[order], return_counts=True)
    ranks = np.repeat(np.cumsum(counts) - (counts - 1) / 2, counts)
    hits = int(wrong.sum())
    misses = len(wrong) - hits
    return float((ranks[wrong[order]].sum() - hits * (hits + 1) / 2) / (hits * misses)) if hits and misses else 0.5


def f1(wrong: Truths, flagged: Truths) -> float:
    """Return 2·precision·recall ÷ (precision + recall) of the flagged turns."""
    hits = float((wrong & flagged).sum())
    return 2 * hits / float(wrong.sum() + flagged.sum()) if hits else 0.0


def expected_calibration_error(wrong: Truths, p: Floats, bins: int = 10) -> float:
    """Return the mean distance between probability and frequency, over equal bins (Guo et al. 2017)."""
    bin_numbers = np.minimum((p * bins).astype(int), bins - 1)
    total = 0.0
    for number in range(bins):
        inside = bin_numbers == number
        if inside.any():
            total += float(inside.mean()) * abs(float(p[inside].mean()) - float(wrong[inside].mean()))
    return total


def _judge(contents: Contents, judge: Judge, log: Sequence[Session]) -> tuple[Floats, Floats]:
    unlabelled = [(session, [None] * len(session.turns)) for session in log]
    batch = stack(unlabelled, lambda *_: contents.knowledge, "read")
    rows = evidence(batch, [detect(session) for session in log], log, judge.kinds)
    return rows, judge.probabilities(batch, rows)


def _signal_scores(log: Sequence[Session], turns_empty: Truths) -> dict[str, Floats]:
    strengths = np.vstack([signal_strengths(session, detect(session)) for session in log])
    scores = {name: -strengths[:, column] for column, name in enumerate(SIGNALS)}
    return {**scores, "nothing read": turns_empty.astype(np.float64)}


def _ceiling(
    contents: Contents, judge: Judge, rows: Floats, log: Sequence[Session], labels: Labels, train: Sequence[Session]
) -> Floats:
    """Return the probabilities of a model of the same features, trained on true labels: an upper bound."""

    def truth(sessions: Sequence[Session]) -> tuple[Floats, Floats]:
        turns = [turn for session in sessions for turn in session.turns]
        wrong = [float(turn.understood.key != labels[turn.turn_id].key) for turn in turns]
        weight = [float(material(turn.understood, labels[turn.turn_id])) for turn in turns]
        return np.array(wrong), np.array(weight)

    if train is not log:
        training_rows, _ = _judge(contents, judge, train)
        return _fit(training_rows, *truth(train))(rows)
    y, weights = truth(log)
    folds = np.array([zlib.crc32((s.user_id or s.session_id).encode()) % 5 for s in log for _ in s.turns])
    probabilities = np.zeros(len(y))
    for number in range(5):
        in_fold = folds == number
        probabilities[in_fold] = _fit(rows[~in_fold], y[~in_fold], weights[~in_fold])(rows[in_fold])
    return probabilities


def _fit(rows: Floats, y: Floats, weights: Floats) -> Callable[[Floats], Floats]:
    counted = weights > 0
    model = lightgbm.Booster(model_str=fit_booster(rows[counted], y[counted], weights[counted], seed=1))
    return lambda unseen_rows: np.asarray(model.predict(unseen_rows, num_threads=1), np.float64)
