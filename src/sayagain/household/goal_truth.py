"""True goals of a household's log, and whether each was reached, for training and evaluation."""

from collections.abc import Sequence
from itertools import pairwise

from sayagain.household.reactions import REPLY_REACTIONS
from sayagain.household.truth import Truth
from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.turns import Session, Turn, sessions

__all__ = ["goal_truth"]

_SAME_GOAL_REACTIONS = frozenset({"repeat", "rephrase", "correct", "undo", "give up", "teach", "thank", "again"})
"""Reactions after which the next turn belongs to the same goal."""


def goal_truth(turns: Sequence[Turn], truths: Sequence[Truth]) -> list[SessionTargets]:
    """Cut a log into sessions and return the true goals of each.

    A person who repeats, rephrases, corrects or replies pursues the same goal; moving on begins another. Whether a goal
    was reached is None where no person requested anything.

    Args:
        turns: the turns of a replay.
        truths: the truths of the turns, in the same order.
    """
    truth_by_turn = {truth.turn_id: truth for truth in truths}
    return [
        _session_truth(session, [truth_by_turn[turn.turn_id] for turn in session.turns]) for session in sessions(turns)
    ]


def _session_truth(session: Session, truths: Sequence[Truth]) -> SessionTargets:
    starts = [True, *(previous.reaction not in _SAME_GOAL_REACTIONS for previous, _ in pairwise(truths))]
    reached: list[bool | None] = [None] * len(truths)
    goal_starts = [index for index, is_start in enumerate(starts) if is_start]
    for first, end in zip(goal_starts, [*goal_starts[1:], len(truths)], strict=True):
        goal_requests = [
            truth for truth in truths[first:end] if truth.person is not None and truth.kind not in REPLY_REACTIONS
        ]
        if goal_requests:
            reached[first:end] = [not goal_requests[-1].defect] * (end - first)
    return SessionTargets(
        session=session,
        defect=tuple(truth.defect for truth in truths),
        start=tuple(starts),
        reached=tuple(reached),
        last=(*starts[1:], True),
    )
