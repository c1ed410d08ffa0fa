"""Judge every turn of a log: by the judge learnt from the log, the shipped judge, or both combined."""

from collections.abc import Sequence

import msgspec
import numpy as np

from sayagain.feedback import Signal
from sayagain.labels import Judgement, signal_kinds
from sayagain.labels.weak_labels import RELIABILITY
from sayagain.learning.adapt import adapt_judge
from sayagain.learning.batch import stack
from sayagain.learning.count import Counted, Labelled
from sayagain.learning.judge import Judge, best_threshold, evidence, learn_judge
from sayagain.learning.settings import LearnSettings
from sayagain.learning.shipped_judge import compare, judge_agreement
from sayagain.learning.shipped_models import ShippedModels
from sayagain.rewriting.lexicon import fold
from sayagain.turns import Goal, Nlu, Session, Turn, fitting_unit, goals

__all__ = ["LogJudgements", "judge_log"]

RATED = 0.97
"""P(defect) of a turn with a bad rating; a turn with a good rating has 1 - `RATED`."""


class LogJudgements(msgspec.Struct, frozen=True, kw_only=True):
    """The judgements of a log."""

    judge: Judge | None
    """The judge learnt from the log; None where there is no log."""
    judgements: list[Judgement]
    """The judgement of each turn, by the chosen judge."""
    goals: list[list[Goal]]
    """The goals of each session."""
    judging: dict[str, float | None]
    """Figures on the choice of the judge, as in the manifest."""


def judge_log(
    log: Sequence[Session],
    signals: Sequence[Sequence[Signal]],
    counted: Counted,
    labelled: Sequence[Labelled],
    settings: LearnSettings,
    models: ShippedModels,
) -> LogJudgements:
    """Judge every turn of a log and divide its sessions into goals.

    Args:
        log: the sessions to judge.
        signals: of each session.
        counted: the counts that candidates look up.
        labelled: the same sessions with their weak labels.
        settings: of the learning run.
        models: of the learning run.
    """
    # The judge looks back, so it knows the assistant's hypothesis of a turn in every position.
    labelled_hypotheses = [
        (msgspec.structs.replace(s, turns=tuple(map(_with_hypothesis, s.turns))), labels) for s, labels in labelled
    ]
    batch = stack(labelled_hypotheses, counted.view, "read", others=counted.others)
    units = [fitting_unit(session) for session in log for _ in session.turns]
    if not units:
        return LogJudgements(judge=None, judgements=[], goals=[], judging={})
    # This judge is trained on the log at hand, so it also uses the signals of added detectors.
    kinds = signal_kinds(signals)
    evidence_rows = evidence(batch, signals, log, kinds)
    judge, p = learn_judge(batch, units, evidence_rows, seed=settings.seed)
    turns = [turn for session in log for turn in session.turns]
    labels = [label for _, session_labels in labelled for label in session_labels]
    # An error that the assistant itself states counts, however little the rest of the log tells.
    lower_bounds, upper_bounds = _stated_defects(turns)
    p = np.clip(p, lower_bounds, upper_bounds)
    judge = msgspec.structs.replace(judge, threshold=best_threshold(p), kinds=kinds)
    threshold = judge.threshold
    session_goals = [goals(session, gap=settings.goal_gap) for session in log]
    judging: dict[str, float | None] = {}
    shipped = models.judge if settings.shipped_judge else None
    if shipped is not None:
        opinions = models.opinions(shipped, log)
        shipped_p = np.clip(
            [opinion.p_defect for session_opinions in opinions for opinion in session_opinions],
            lower_bounds,
            upper_bounds,
        )
        # With a single fitting unit, the learnt judge was trained on the turns that it would be compared on.
        comparable = bool(judge.model) and len({fold(unit) for unit in units}) > 1
        uses_shipped, judging = compare(shipped, log, labels, shipped_p, p if comparable else None)
        learnt_agreement = judging["agreement_learnt"]
        if not uses_shipped and learnt_agreement is not None:
            adapted_p = np.clip(
                adapt_judge(shipped_p, p, evidence_rows, units, seed=settings.seed), lower_bounds, upper_bounds
            )
            adapted_agreement = judge_agreement(adapted_p, labels, [turn.understood.key for turn in turns]) or 0.0
            judging |= {
                "agreement_adapted": adapted_agreement,
                "adapted_judge": float(adapted_agreement > learnt_agreement),
            }
            if adapted_agreement > learnt_agreement:
                p, threshold = adapted_p, best_threshold(adapted_p)
        if uses_shipped:
            p, threshold = shipped_p, shipped.threshold
            session_goals = [
                shipped.goals(session, session_opinions)
                for session, session_opinions in zip(log, opinions, strict=True)
            ]
    judgements = [
        Judgement(
            turn_id=turn.turn_id,
            p_defect=float(probability),
            defect=bool(probability >= threshold),
            label=label,
            trouble=turn.trouble,
        )
        for turn, probability, label in zip(turns, p, labels, strict=True)
    ]
    return LogJudgements(judge=judge, judgements=judgements, goals=session_goals, judging=judging)


def _stated_defects(turns: Sequence[Turn]) -> tuple[list[float], list[float]]:
    """Return the lower and upper bounds of P(defect) of each turn, by ratings and stated errors.

    A user's rating is the strongest evidence; an error that the assistant itself states comes second.
    """
    lower_bounds, upper_bounds = [], []
    for turn in turns:
        ratings = [report.value for report in turn.feedback if report.value is not None]
        rating = sum(ratings) / len(ratings) if ratings else None
        lower_bound = RELIABILITY["error"][0] if turn.complained else 0.0
        if rating is not None:
            lower_bound = max(lower_bound, RATED) if rating < 0.5 else 0.0
        lower_bounds.append(lower_bound)
        upper_bounds.append(1 - RATED if rating is not None and rating > 0.5 else 1.0)
    return lower_bounds, upper_bounds


def _with_hypothesis(turn: Turn) -> Turn:
    return turn if turn.hypotheses else msgspec.structs.replace(turn, nlu=Nlu(ranking=(turn.understood,)))
