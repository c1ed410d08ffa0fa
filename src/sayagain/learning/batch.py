"""Batches: the candidates of many turns as one table of features, with targets from their weak labels."""

from collections.abc import Callable, Container, Sequence

import msgspec
import numpy as np

from sayagain.languages import language_of
from sayagain.learning.context_evidence import ContextEvidence, count_habits, outcome_in_context
from sayagain.learning.count import Labelled
from sayagain.rewriting.candidates import Candidate, Position, gather
from sayagain.rewriting.features import NAMES, features
from sayagain.rewriting.in_context import interpret_request
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.lexicon import fold
from sayagain.rewriting.own import PersonalRequests, add_personal
from sayagain.rewriting.rank import Floats, targets
from sayagain.turns import Hypothesis, Turn, fitting_unit

__all__ = ["Batch", "stack"]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Candidates of many turns, stacked."""

    rows: Floats
    """Features, shape (candidates, columns)."""
    y: Floats
    """P(right) by the label, shape (candidates,)."""
    weights: Floats
    """Training weight of each row, shape (candidates,); 0 for turns without a usable label."""
    starts: list[int]
    """First row of each turn."""
    candidates: list[list[Candidate]]
    """The candidates, turn by turn."""
    meant: Sequence[dict[str, float] | None] = ()
    """P(meant) by key of each ambiguous request, by what followed and by its situation; None for other requests."""

    @property
    def hypotheses(self) -> list[list[Hypothesis]]:
        """The candidates' hypotheses, turn by turn."""
        return [[candidate.hypothesis for candidate in turn_candidates] for turn_candidates in self.candidates]


def stack(
    labelled: Sequence[Labelled],
    view: Callable[[str, str | None], Knowledge],
    position: Position,
    *,
    owns: dict[str, PersonalRequests] | None = None,
    others: Container[str] = (),
    context: ContextEvidence | None = None,
) -> Batch:
    """Describe every candidate of every turn.

    Args:
        labelled: sessions with the labels of their turns.
        view: what may be looked up for a fitting unit in a language, None standing for the one that most turns state;
            while learning, what is known without the unit.
        position: what is known when the decision is made.
        owns: filled with what each user does, session by session: a session looks up what its user did
            before it. Without it nothing personal is looked up.
        others: the languages that are kept apart from the one that most turns state.
        context: what followed requests in their situations; the habits of each user are filled from it likewise.
    """
    rows: list[Floats] = [np.zeros((0, len(NAMES)))]
    y: list[Floats] = [np.zeros(0)]
    weights: list[Floats] = [np.zeros(0)]
    starts: list[int] = []
    gathered: list[list[Candidate]] = []
    meant: list[dict[str, float] | None] = []
    at = 0
    for session, labels in labelled:
        unit = fitting_unit(session)
        knowledge_by_language: dict[str | None, Knowledge] = {}
        if owns is not None:
            user_requests = owns.setdefault(session.user_id or unit, PersonalRequests(uses={}))
        for place, (turn, label) in enumerate(zip(session.turns, labels, strict=True)):
            history = session.turns[:place]
            code = language_of(turn.language)
            other_language = code if code in others else None
            if other_language not in knowledge_by_language:
                knowledge = view(unit, other_language)
                personal = user_requests.in_language(other_language) if owns is not None else knowledge.own
                knowledge_by_language[other_language] = msgspec.structs.replace(knowledge, own=personal)
            knowledge = knowledge_by_language[other_language]
            candidates = gather(turn, history, knowledge, position)
            outcome = _outcome(turn, history, candidates, knowledge, context, position)
            target, weight = targets(turn, candidates, label)
            if outcome is not None:
                target, weight = np.array([outcome.get(c.hypothesis.key, 0.0) for c in candidates]), 1.0
            meant.append(outcome)
            rows.append(features(turn, history, candidates, knowledge, position))
            y.append(target)
            weights.append(np.full(len(target), weight))
            gathered.append(candidates)
            starts.append(at)
            at += len(target)
        if owns is not None:
            add_personal(user_requests, session, labels, others)
            if context is not None:
                count_habits(user_requests.habits, session, context, context.crossed[fold(unit)])
    return Batch(
        rows=np.vstack(rows),
        y=np.concatenate(y),
        weights=np.concatenate(weights),
        starts=starts,
        candidates=gathered,
        meant=meant,
    )


def _outcome(
    turn: Turn,
    history: Sequence[Turn],
    candidates: Sequence[Candidate],
    knowledge: Knowledge,
    context: ContextEvidence | None,
    position: Position,
) -> dict[str, float] | None:
    if not any(candidate.in_context for candidate in candidates):
        return None
    example = context.examples.get(turn.turn_id) if context is not None else None
    request = knowledge.ambiguous(example.request) if example is not None else None
    if example is None or request is None:
        return None
    interpretation = interpret_request(turn, history, knowledge, candidates[0].hypothesis, position != "heard")
    return None if interpretation is None else outcome_in_context(turn, example, request, interpretation)
