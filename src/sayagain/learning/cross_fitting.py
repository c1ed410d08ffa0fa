"""Cross-fitted decisions: what would have been decided for each logged turn by a ranker that never saw its unit."""

from collections.abc import Callable, Sequence

import numpy as np

from sayagain.labels import Effect, Label, rewrite_effect
from sayagain.learning.batch import Batch
from sayagain.learning.count import Labelled
from sayagain.learning.risk_control import Decided
from sayagain.rewriting.candidates import Candidate, Position
from sayagain.rewriting.choice import Choice, choose
from sayagain.rewriting.lexicon import FOLDS, fold
from sayagain.rewriting.rank import Floats, fit_ranker
from sayagain.turns import Turn

__all__ = ["cross_fitted_decisions"]

ROUNDS = 120
"""Rounds of boosting of each ranker."""


def cross_fitted_decisions(
    labelled: Sequence[Labelled],
    stated: Sequence[Label | None],
    batch: Batch,
    units: Sequence[str],
    *,
    position: Position,
    refuse: Callable[[Turn, Candidate, Candidate], str | None],
    seed: int,
) -> list[Decided]:
    """Decide on every turn that was left as it was.

    Args:
        labelled: the sessions with their labels, as refined by the judge.
        stated: the labels before that, turn by turn: what speaks against a rewrite must not hang on a judge that saw
            the same candidates.
        batch: the candidates of their turns, in order; what they look up is known without the turn's own unit.
        units: of each turn.
        position: what is known when a decision is made.
        refuse: says of a turn, what leaves it and what would be passed on why the latter must not be, or None.
        seed: of the boosting.
    """
    probabilities = _out_of_fold(batch, units, seed)
    acting = {
        turn.understood.key
        for session, _ in labelled
        for turn in session.turns
        if any(action.ok for action in turn.actions)
    }
    turns = [(turn, label) for session, labels in labelled for turn, label in zip(session.turns, labels, strict=True)]
    ends = [*batch.starts[1:], len(batch.rows)]
    decided = []
    for at, ((turn, refined), label) in enumerate(zip(turns, stated, strict=True)):
        if turn.applied_rewrite is not None and turn.applied_rewrite.layer != "leave":
            # The log shows how the rewritten words went, not how these words go alone.
            continue
        candidates = batch.candidates[at]

        def refused(candidate: Candidate, turn: Turn = turn, leave: Candidate = candidates[0]) -> str | None:
            return refuse(turn, leave, candidate)

        choice = choose(turn.heard, candidates, list(probabilities[batch.starts[at] : ends[at]]), position, refused)
        if choice.candidate is None:
            continue
        effect = _effect(turn, label, choice)
        if label is not None and refined is not None and refined.probability < label.probability:
            # The request that it was said again as failed, too.
            doubted = effect.win * (1 - refined.probability / label.probability)
            effect = Effect(win=effect.win - doubted, loss=effect.loss, wrong=effect.wrong + doubted)
        if choice.candidate.reading.key in acting:
            # Something else would be done in the world than was meant, which is as bad as spoiling a request.
            effect = Effect(win=effect.win, loss=effect.loss + effect.wrong)
        decided.append(
            Decided(
                unit=units[at],
                change=choice.change,
                probability=choice.probability,
                effect=effect,
                admitted=turn.complained,
            )
        )
    return decided


def _effect(turn: Turn, label: Label | None, choice: Choice) -> Effect:
    """Return what the rewrite would have done: by what followed where that is clear, else by the ranker."""
    assert choice.candidate is not None
    if label is not None and label.verified:
        told = rewrite_effect(turn, label, 1.0, choice.candidate.text, choice.candidate.reading)
        total = sum(told)
        return Effect(*(part / total for part in told)) if total else told
    # What the assistant itself could not do cannot be spoiled.
    leave = 0.0 if turn.complained else choice.leave
    other = max(1 - choice.right - choice.leave, 0.0)
    total = choice.right + leave + other
    return Effect(win=choice.right / total, loss=leave / total, wrong=other / total)


def _out_of_fold(batch: Batch, units: Sequence[str], seed: int) -> Floats:
    """Return P(right) of each candidate, shape (candidates,), by a ranker that did not see the turn's fold of units."""
    probabilities = np.zeros(len(batch.rows))
    counts = np.diff([*batch.starts, len(batch.rows)])
    folds = np.array([fold(unit) for unit in units])
    of_row = np.repeat(folds, counts)
    for k in range(FOLDS):
        mine = folds == k
        if not mine.any():
            continue
        ranker = fit_ranker(batch.rows, batch.y, np.where(of_row == k, 0.0, batch.weights), seed=seed, rounds=ROUNDS)
        starts = np.concatenate([[0], np.cumsum(counts[mine])[:-1]])
        probabilities[of_row == k] = ranker.probabilities(batch.rows[of_row == k], list(starts))
    return probabilities
