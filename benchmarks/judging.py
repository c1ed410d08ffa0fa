"""The judge of defects against the labels: AUC and F1, beside the best single signal and a supervised ceiling."""

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
        contents: of a release learnt from `train`, without labels.
        judge: learnt from the same log.
        log: to be judged.
        labels: of both, for the comparison and the ceiling alone.
        train: what the supervised ceiling learns from; where it is `log` itself, by folds of callers.
        judgements: what learning made of the turns, where `log` was learnt from: each caller judged by models that
            never saw that caller.
    """
    turns = [turn for session in log for turn in session.turns]
    seen, p = _judged(contents, judge, log)
    flagged = p >= judge.threshold
    if judgements is not None:
        p = np.array([judgements[turn.turn_id].p_defect for turn in turns])
        flagged = np.array([judgements[turn.turn_id].defect for turn in turns])
    keep = np.array([material(turn.understood, labels[turn.turn_id]) for turn in turns])
    wrong = np.array([turn.understood.key != labels[turn.turn_id].key for turn in turns])
    single = _singles(log, turns_empty=np.array([turn.understood.empty for turn in turns]))
    best = max(single, key=lambda name: f1(wrong[keep], single[name][keep] > 0))
    ceiling = _ceiling(contents, judge, seen, log, labels, train)
    return {
        "turns": float(keep.sum()),
        "defective": float(wrong[keep].sum()),
        "auc": auc(wrong[keep], p[keep]),
        "f1": f1(wrong[keep], flagged[keep]),
        "calibration_error": expected_calibration_error(wrong[keep], p[keep]),
        "best_single": best,
        "best_single_f1": f1(wrong[keep], single[best][keep] > 0),
        "best_single_auc": auc(wrong[keep], single[best][keep]),
        "ceiling_auc": auc(wrong[keep], ceiling[keep]),
        "ceiling_f1": f1(wrong[keep], ceiling[keep] >= np.quantile(ceiling[keep], 1 - wrong[keep].mean())),
    }


def auc(wrong: Truths, p: Floats) -> float:
    """Return P(a defect is ranked above a turn in order), ties counting half (Mann and Whitney 1947).

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
    hit = float((wrong & flagged).sum())
    return 2 * hit / float(wrong.sum() + flagged.sum()) if hit else 0.0


def expected_calibration_error(wrong: Truths, p: Floats, bins: int = 10) -> float:
    """Return the mean distance between probability and frequency, over equal bins (Guo et al. 2017)."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    total = 0.0
    for k in range(bins):
        inside = at == k
        if inside.any():
            total += float(inside.mean()) * abs(float(p[inside].mean()) - float(wrong[inside].mean()))
    return total


def _judged(contents: Contents, judge: Judge, log: Sequence[Session]) -> tuple[Floats, Floats]:
    unlabelled = [(session, [None] * len(session.turns)) for session in log]
    batch = stack(unlabelled, lambda *_: contents.knowledge, "read")
    seen = evidence(batch, [detect(session) for session in log], log, judge.kinds)
    return seen, judge.probabilities(batch, seen)


def _singles(log: Sequence[Session], turns_empty: Truths) -> dict[str, Floats]:
    strengths = np.vstack([signal_strengths(session, detect(session)) for session in log])
    found = {name: -strengths[:, column] for column, name in enumerate(SIGNALS)}
    return {**found, "nothing read": turns_empty.astype(np.float64)}


def _ceiling(
    contents: Contents, judge: Judge, seen: Floats, log: Sequence[Session], labels: Labels, train: Sequence[Session]
) -> Floats:
    """Judge by the same numbers, trained on true labels: the upper bound with every turn annotated."""

    def truth(sessions: Sequence[Session]) -> tuple[Floats, Floats]:
        turns = [turn for session in sessions for turn in session.turns]
        wrong = [float(turn.understood.key != labels[turn.turn_id].key) for turn in turns]
        weight = [float(material(turn.understood, labels[turn.turn_id])) for turn in turns]
        return np.array(wrong), np.array(weight)

    if train is not log:
        rows, _ = _judged(contents, judge, train)
        return _fit(rows, *truth(train))(seen)
    y, weights = truth(log)
    folds = np.array([zlib.crc32((s.user_id or s.session_id).encode()) % 5 for s in log for _ in s.turns])
    out = np.zeros(len(y))
    for k in range(5):
        mine = folds == k
        out[mine] = _fit(seen[~mine], y[~mine], weights[~mine])(seen[mine])
    return out


def _fit(rows: Floats, y: Floats, weights: Floats) -> Callable[[Floats], Floats]:
    use = weights > 0
    model = lightgbm.Booster(model_str=fit_booster(rows[use], y[use], weights[use], seed=1))
    return lambda unseen: np.asarray(model.predict(unseen, num_threads=1), np.float64)
