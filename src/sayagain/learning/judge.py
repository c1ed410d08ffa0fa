"""The judge of defects: the probability that a turn failed. It uses the next turns and needs no annotations.

It averages two opinions. The first is the ranker's: 1 - P(the hypothesis is right), from the turn and its history. The
second comes from a model that also uses the next turns and every signal of feedback. Its training targets are first
opinions, each formed without the turn's own fitting unit, so the next turns correct the noise of the first opinion.
It needs no confidences. In a log too small for models, the weak labels themselves are the opinion.
"""

from collections.abc import Sequence

import lightgbm
import msgspec
import numpy as np

from sayagain.feedback import Signal
from sayagain.labels import BEST_OF_OTHERS, SIGNALS, next_turn_features, signal_strengths
from sayagain.learning.batch import Batch
from sayagain.rewriting.lexicon import FOLDS, fold
from sayagain.rewriting.rank import Floats, Ranker, fit_booster, fit_ranker
from sayagain.turns import Session

__all__ = ["UNLIKELY", "Judge", "best_threshold", "evidence", "learn_judge"]

ROUNDS = 120
"""Boosting rounds of each cross-fitted model."""

RIGHT = 0.8
"""P(right) of a turn with a non-empty hypothesis and no other evidence."""


class Judge(msgspec.Struct, frozen=True, kw_only=True):
    """A judge, as text that a release can hold."""

    ranker: tuple[str, str]
    """The models of the first opinion, in LightGBM's text format."""
    model: str
    """The model that sees what followed; empty when there was too little to learn from."""
    threshold: float
    """From it on a turn is called a defect: the threshold of the largest expected F1 on the log learnt from."""
    kinds: tuple[str, ...] = SIGNALS
    """The kinds of signals that it was trained on; `evidence` for another log is made of the same."""

    def probabilities(self, batch: Batch, seen: Floats) -> Floats:
        """Return P(defect) of each turn.

        Args:
            batch: every turn, as the assistant read it.
            seen: as made by `evidence`, shape (turns, columns).
        """
        return self.second(_ranker_opinions(Ranker(*self.ranker), batch), seen)

    def second(self, first: Floats, seen: Floats) -> Floats:
        """Return the mean of the first opinion, shape (turns,), and the second."""
        if not self.model or not len(first):
            return first
        second: Floats = np.asarray(lightgbm.Booster(model_str=self.model).predict(seen, num_threads=1), np.float64)
        return (first + second) / 2


def evidence(
    batch: Batch, signals: Sequence[Sequence[Signal]], sessions: Sequence[Session], kinds: Sequence[str] = SIGNALS
) -> Floats:
    """Return one row a turn: the features of what was read, what followed, and every signal of feedback.

    Args:
        batch: every turn of `sessions`, in order, as the assistant read it.
        signals: of each session.
        sessions: of the log.
        kinds: of signals, a column each; others are not looked at.
    """
    turn_evidence: list[Floats] = []
    hypotheses = batch.hypotheses
    at = 0
    for session, session_signals in zip(sessions, signals, strict=True):
        strengths = signal_strengths(session, session_signals, kinds)
        for place in range(len(session.turns)):
            rows = next_turn_features(session, place, hypotheses[at])
            best_of_others = rows[1:, BEST_OF_OTHERS].max(axis=0) if len(rows) > 1 else np.zeros(len(BEST_OF_OTHERS))
            turn_evidence.append(np.concatenate([rows[0], best_of_others, strengths[place]]))
            at += 1
    return np.hstack([batch.rows[batch.starts], np.array(turn_evidence)])


def learn_judge(batch: Batch, units: Sequence[str], seen: Floats, *, seed: int) -> tuple[Judge, Floats]:
    """Learn to judge, and judge the turns learnt from, each by models that did not see its fitting unit.

    Args:
        batch: every turn, as the assistant read it.
        units: the fitting unit of each turn.
        seen: as made by `evidence`.
        seed: of the boosting.

    Returns:
        The judge, and P(defect) of each turn.
    """
    first = _cross_fitted_opinions(batch, units, seed)
    ranker = fit_ranker(batch.rows, batch.y, batch.weights, seed=seed, rounds=ROUNDS).texts
    if len(first) < FOLDS * 40:
        return Judge(ranker=ranker, model="", threshold=0.5), first
    model = fit_booster(seen, first, np.ones(len(first)), seed=seed, rounds=150)
    judge = Judge(ranker=ranker, model=model, threshold=0.5)
    mean_opinion = judge.second(first, seen)
    return msgspec.structs.replace(judge, threshold=best_threshold(mean_opinion)), mean_opinion


UNLIKELY = 0.3
"""Lower limit of the threshold: a turn below this probability never counts as a defect."""


def best_threshold(p: Floats) -> float:
    """Return the threshold with the largest expected F1, taking the probabilities at their word.

    With the k likeliest turns flagged, E[F1] is about 2·Σ(p of the flagged) ÷ (k + Σ p); no label is needed. It is
    never below `UNLIKELY`: in a log without defects the least unlikely turn is none either.

    >>> best_threshold(np.array([0.9, 0.9, 0.1, 0.1, 0.1]))
    0.9
    """
    ordered = np.sort(p)[::-1]
    expected = 2 * np.cumsum(ordered) / (np.arange(1, len(p) + 1) + p.sum())
    return max(float(ordered[int(np.argmax(expected))]), UNLIKELY)


def _ranker_opinions(ranker: Ranker, batch: Batch) -> Floats:
    """Return 1 - P(the hypothesis is right) of each turn."""
    if not batch.starts:
        return np.zeros(0)
    if not any(ranker.texts):
        return _label_opinions(batch)
    p = ranker.probabilities(batch.rows, batch.starts, table=False)
    return 1 - p[batch.starts]


def _label_opinions(batch: Batch) -> Floats:
    """Return P(defect) by the weak labels alone, for a log too small for models."""
    default_right = np.where([hypotheses[0].empty for hypotheses in batch.hypotheses], 1 - RIGHT, RIGHT)
    y, weight = batch.y[batch.starts], batch.weights[batch.starts]
    p_defect: Floats = 1 - (weight * y + (1 - weight) * default_right)
    return p_defect


def _cross_fitted_opinions(batch: Batch, units: Sequence[str], seed: int) -> Floats:
    counts = np.diff([*batch.starts, len(batch.rows)])
    folds = np.array([fold(unit) for unit in units])
    row_folds = np.repeat(folds, counts)
    first = np.zeros(len(batch.starts))
    for k in range(FOLDS):
        in_fold = folds == k
        if not in_fold.any():
            continue
        ranker = fit_ranker(batch.rows, batch.y, np.where(row_folds == k, 0.0, batch.weights), seed=seed, rounds=ROUNDS)
        if not any(ranker.texts):
            first[in_fold] = _label_opinions(batch)[in_fold]
            continue
        part = np.flatnonzero(row_folds == k)
        starts = np.concatenate([[0], np.cumsum(counts[in_fold])[:-1]])
        p = ranker.probabilities(batch.rows[part], list(starts), table=False)
        first[in_fold] = 1 - p[starts]
    return first
