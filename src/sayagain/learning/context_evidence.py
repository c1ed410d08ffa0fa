"""Context of a log: examples of requests in their situations, and the ambiguous requests among them.

What is looked up for a fold of units while learning comes from the other folds.
"""

from collections.abc import Mapping, Sequence

import msgspec

from sayagain.context import (
    AmbiguousRequest,
    ContextExample,
    Habits,
    Interpretation,
    add_habit,
    context_example,
    find_ambiguous_requests,
    given_share,
    placed_hypothesis,
    situation_name,
)
from sayagain.rewriting.candidates import Position
from sayagain.rewriting.lexicon import FOLDS, fold
from sayagain.turns import Session, Turn, fitting_unit

__all__ = ["ContextEvidence", "count_habits", "find_context", "outcome_in_context"]


class ContextEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """The context of a log."""

    examples: dict[str, ContextExample]
    """By turn id, of turns that have a context."""
    requests: dict[str, AmbiguousRequest]
    """Ambiguous requests by name, from the whole log."""
    crossed: list[dict[str, AmbiguousRequest]]
    """The same by fold, without the units of the fold."""


def find_context(
    log: Sequence[Session],
    p_defect: Mapping[str, float],
    units: Mapping[str, str],
    *,
    min_users: int,
    position: Position,
) -> ContextEvidence:
    """Find the ambiguous requests of a log.

    Args:
        log: judged sessions.
        p_defect: P(the turn went wrong) by turn id.
        units: from a fitting unit to its privacy unit.
        min_users: privacy units that must stand behind what others are given.
        position: what is known when a decision is made.
    """
    parsed = position != "heard"
    examples = {}
    for session in log:
        for place, turn in enumerate(session.turns):
            example = context_example(session.turns, place, p_defect, unit=fitting_unit(session), parsed=parsed)
            if example is not None:
                examples[turn.turn_id] = example
    ordered = [examples[turn_id] for turn_id in sorted(examples)]
    requests = find_ambiguous_requests(ordered, units, min_users=min_users)
    ambiguous = [example for example in ordered if example.request in requests]
    crossed = [
        find_ambiguous_requests([e for e in ambiguous if fold(e.unit) != k], units, min_users=min_users)
        for k in range(FOLDS)
    ]
    return ContextEvidence(examples=examples, requests=requests, crossed=crossed)


def count_habits(
    habits: Habits, session: Session, evidence: ContextEvidence, requests: Mapping[str, AmbiguousRequest]
) -> None:
    """Count what one user meant by ambiguous requests in one session.

    Args:
        habits: the user's; changed.
        session: the session.
        evidence: of the log.
        requests: the ambiguous requests, by name, whose situations are counted.
    """
    for turn in session.turns:
        example = evidence.examples.get(turn.turn_id)
        request = requests.get(example.request) if example is not None else None
        if example is not None and request is not None:
            add_habit(
                habits,
                situation_name(request.name, request.tree.find(example.conditions).path, example.done.key),
                p_defect=example.p_defect,
                average=request.average,
                at=example.at,
                retry=example.retry.key if example.retry is not None else None,
                share=example.share,
            )


def outcome_in_context(
    turn: Turn, example: ContextExample, request: AmbiguousRequest, interpretation: Interpretation
) -> dict[str, float]:
    """Return P(meant) by key of one logged turn, by what followed it and by what is meant in such situations.

    Args:
        turn: the turn.
        example: what followed it.
        request: what was learnt of the request without the turn's unit.
        interpretation: what it means in its situation, likewise.
    """
    leaf = interpretation.leaf
    wrong = given_share(example.p_defect, 1 - leaf.meant.get(example.done.key, 0.0), request.average)
    done_key = turn.understood.key
    others = {key: share for key, share in interpretation.shares.items() if key != done_key}
    total = max(sum(others.values()), 1e-9)
    meant = {key: wrong * (1 - example.share) * share / total for key, share in others.items()}
    meant[done_key] = 1 - wrong
    if example.retry is not None:
        for key, hypothesis in interpretation.hypotheses.items():
            if key != done_key and placed_hypothesis(hypothesis, turn).key == example.retry.key:
                meant[key] = meant.get(key, 0.0) + wrong * example.share
    return meant
