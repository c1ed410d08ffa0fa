"""Cross-fitted decisions: the decision on each logged turn by a ranker trained without the turn's unit."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from sayagain.labels import Effect, Label, rewrite_effect
from sayagain.learning.batch import Batch
from sayagain.learning.count import Labelled
from sayagain.learning.label_reliability import stated_error
from sayagain.learning.risk_control import Decided
from sayagain.rewriting.candidates import Candidate, Position
from sayagain.rewriting.change import QUESTION
from sayagain.rewriting.choice import choose, may_ask
from sayagain.rewriting.lexicon import FOLDS, fold
from sayagain.rewriting.rank import Floats, fit_ranker
from sayagain.turns import Turn

__all__ = ["Refuse", "cross_fitted_decisions"]


class Refuse(Protocol):
    """The guardrails: says why a candidate must not be passed on, or None."""

    def __call__(self, turn: Turn, leave: Candidate, candidate: Candidate, *, confirmed: bool) -> str | None:
        """Judge a candidate for a turn; `confirmed` if the user said yes to it."""


ROUNDS = 120
"""Rounds of boosting of each ranker."""


def cross_fitted_decisions(
    labelled: Sequence[Labelled],
    stated: Sequence[Label | None],
    batch: Batch,
    units: Sequence[str],
    *,
    reliability: Mapping[str, float],
    position: Position,
    refuse: Refuse,
    seed: int,
) -> list[Decided]:
    """Decide on every turn that was left as it was.

    Args:
        labelled: the sessions with their labels, as refined by the judge.
        stated: the labels before that, turn by turn: what speaks against a rewrite must not hang on a judge that saw
            the same candidates.
        batch: the candidates of their turns, in order; what they look up is known without the turn's own unit.
        units: of each turn.
        reliability: the probability that a label is right, by its sign.
        position: what is known when a decision is made.
        refuse: the guardrails.
        seed: of the boosting.
    """
    probabilities = _out_of_fold_probabilities(batch, units, seed)
    acting_keys = {
        turn.understood.key
        for session, _ in labelled
        for turn in session.turns
        if any(action.ok for action in turn.actions)
    }
    turns = [(turn, label) for session, labels in labelled for turn, label in zip(session.turns, labels, strict=True)]
    ends = [*batch.starts[1:], len(batch.rows)]
    ranker_error = stated_error(stated)
    decisions = []
    for at, ((turn, refined), label) in enumerate(zip(turns, stated, strict=True)):
        if turn.applied_rewrite is not None and turn.applied_rewrite.layer != "leave":
            # The log shows the outcome of the rewritten words, not of the words as heard.
            continue
        candidates = batch.candidates[at]

        def refuse_candidate(candidate: Candidate, turn: Turn = turn, leave: Candidate = candidates[0]) -> str | None:
            return refuse(turn, leave, candidate, confirmed=False)

        choice = choose(
            turn.heard, candidates, list(probabilities[batch.starts[at] : ends[at]]), position, refuse_candidate
        )
        options = []
        if choice.candidate is not None:
            options.append((choice.candidate, choice.change, choice.probability, choice.right))
        asked = choice.refused_candidate
        if (
            asked is not None
            and may_ask(asked, position)
            and refuse(turn, candidates[0], asked, confirmed=True) is None
        ):
            options.append((asked, QUESTION, choice.refused_probability, choice.refused_right))
        for candidate, change, probability, right in options:
            meant = batch.meant[at] if candidate.in_context else None
            if meant is not None:
                effect = _effect_in_context(turn, candidate, meant)
            else:
                effect = _effect(turn, label, candidate, right=right, leave=choice.leave)
            if meant is None and label is not None and refined is not None and refined.probability < label.probability:
                # The request that it was said again as failed, too.
                doubted_win = effect.win * (1 - refined.probability / label.probability)
                effect = Effect(win=effect.win - doubted_win, loss=effect.loss, wrong=effect.wrong + doubted_win)
            if candidate.hypothesis.key in acting_keys or change == QUESTION:
                # The assistant would act on something that was not meant, which is as bad as spoiling a request; or the
                # user would be asked about it in vain.
                effect = Effect(win=effect.win, loss=effect.loss + effect.wrong)
            decisions.append(
                Decided(
                    unit=units[at],
                    change=change,
                    probability=probability,
                    effect=effect,
                    admitted=turn.complained,
                    label_error=0.0 if meant is not None else _label_error(label, reliability, ranker_error),
                )
            )
    return decisions


def _effect(turn: Turn, label: Label | None, candidate: Candidate, *, right: float, leave: float) -> Effect:
    """Return the effect of passing on a candidate: by the verified label where there is one, else by the ranker."""
    if label is not None and label.verified:
        effect = rewrite_effect(turn, label, 1.0, candidate.text, candidate.hypothesis)
        total = sum(effect)
        return Effect(*(part / total for part in effect)) if total else effect
    # A rewrite cannot spoil a request that the assistant itself could not serve: it stays wrong. Who gave up is no
    # reason to leave such requests out of the count: of those that were not said again, fewer can be helped.
    loss = 0.0 if turn.complained else leave
    total = max(right + leave, 1.0)
    return Effect(win=right / total, loss=loss / total, wrong=max(total - right - loss, 0.0) / total)


def _label_error(label: Label | None, reliability: Mapping[str, float], ranker_error: float) -> float:
    """Return how often what an effect rests on is wrong: a verified label, or a ranker that all labels taught."""
    return 1 - reliability[label.provenance] if label is not None and label.verified else ranker_error


def _effect_in_context(turn: Turn, candidate: Candidate, meant: Mapping[str, float]) -> Effect:
    """Return the effect of a candidate that the situation speaks for, by what followed and by the situation."""
    right, done = meant.get(candidate.hypothesis.key, 0.0), meant.get(turn.understood.key, 0.0)
    if candidate.hypothesis.key == turn.understood.key:
        return Effect()
    return Effect(win=right, loss=0.0 if turn.complained else done, wrong=max(1 - right - done, 0.0))


def _out_of_fold_probabilities(batch: Batch, units: Sequence[str], seed: int) -> Floats:
    """Return P(right) of each candidate, shape (candidates,), by a ranker that did not see the turn's fold of units."""
    probabilities = np.zeros(len(batch.rows))
    counts = np.diff([*batch.starts, len(batch.rows)])
    folds = np.array([fold(unit) for unit in units])
    row_folds = np.repeat(folds, counts)
    for k in range(FOLDS):
        in_fold = folds == k
        if not in_fold.any():
            continue
        ranker = fit_ranker(batch.rows, batch.y, np.where(row_folds == k, 0.0, batch.weights), seed=seed, rounds=ROUNDS)
        starts = np.concatenate([[0], np.cumsum(counts[in_fold])[:-1]])
        probabilities[row_folds == k] = ranker.probabilities(batch.rows[row_folds == k], list(starts))
    return probabilities
