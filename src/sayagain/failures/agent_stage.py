"""The stage at which an LLM agent failed, by the steps of its trace: told apart as replay would, by what worked next.

A step that failed and was made good later in the turn is no failure. The user's next try that worked is the
counterfactual: the first step in which it differs is the one that was wrong.
"""

import re
from collections.abc import Sequence

from sayagain.failures.failure_point import AGENT_STAGES, FailurePoint, Isolation
from sayagain.feedback import trouble
from sayagain.text import letter_similarity, limit_text
from sayagain.turns import Session, TraceStep, Turn, silence, trace_steps

__all__ = ["isolate_agent_stage"]

_WRONG_ARGUMENTS = re.compile(
    r"\b(?:4(?:00|22)|invalid|validation|argument|parameter|schema|missing|required|type ?error|value ?error|json)",
    re.IGNORECASE,
)
"""Errors with which a tool refuses its arguments."""
_NO_SUCH_TOOL = re.compile(r"\b(?:(?:unknown|no such|undefined) (?:tool|function)|tool not found)", re.IGNORECASE)

_PRIOR = 1.0
_STATED, _COMPARED = 12.0, 8.0
"""Weights of what the trace states, and of the comparison with the try that worked, against `_PRIOR` for each stage."""

_COMPARISONS: tuple[tuple[str, FailurePoint, FailurePoint], ...] = (
    ("retrieval", "retrieval", "retrieval"),
    ("tool", "tool_choice", "tool_arguments"),
)
"""Kinds of steps, with the stage that failed where other ones worked, and where other arguments did."""

_REACH, _WINDOW, _ALIKE = 3, 120_000, 0.35
"""Later turns that may be another try, the longest silence before one in milliseconds, and its least similarity."""


def isolate_agent_stage(isolation: Isolation, session: Session, index: int) -> Isolation:
    """Return the failure point among the stages of an LLM agent; of a turn without a trace, the isolation as it is.

    Whether the turn failed stays as it was said; the trace says where.

    Args:
        isolation: the failure point among the stages of an assistant.
        session: the session of the turn.
        index: its position in it.

    >>> steps = [{"kind": "tool", "name": "light", "error": "503 unavailable"}]
    >>> turn = Turn(turn_id="t", started=0, request="lamp on", raw={"steps": steps})
    >>> failed = Isolation(turn_id="t", stage="result", probabilities={"correct": 0.1, "result": 0.9})
    >>> isolate_agent_stage(failed, Session(session_id="s", turns=(turn,)), 0).stage
    'tool_result'
    """
    turn = session.turns[index]
    steps = trace_steps(turn)
    if not steps:
        return isolation
    weights = dict.fromkeys(AGENT_STAGES, _PRIOR)
    for sign, sign_weight in (_stated(turn, steps), _compared(steps, _working_steps(session.turns, index))):
        if sign is not None:
            weights[sign] += sign_weight
    total = sum(weights.values())
    probabilities: dict[FailurePoint, float] = {
        "correct": 1 - isolation.p_defect,
        **{stage: isolation.p_defect * weight / total for stage, weight in weights.items()},
    }
    stage = "correct" if isolation.stage == "correct" else max(AGENT_STAGES, key=lambda name: weights[name])
    return Isolation(turn_id=isolation.turn_id, stage=stage, probabilities=probabilities)


def _stated(turn: Turn, steps: Sequence[TraceStep]) -> tuple[FailurePoint | None, float]:
    """Return the first step that failed and was not made good, and how much that weighs."""
    for place, step in enumerate(steps):
        is_made_good = any(
            later.name == step.name and later.error is None and later.found != 0 for later in steps[place + 1 :]
        )
        if is_made_good or (step.error is None and step.found != 0):
            continue
        if step.kind == "retrieval" or step.error is None:
            # A tool that finds nothing may be right; only a search is made to find something.
            return ("retrieval", _STATED) if step.kind == "retrieval" else (None, 0.0)
        if _NO_SUCH_TOOL.search(step.error):
            return "tool_choice", _STATED
        return ("tool_arguments" if _WRONG_ARGUMENTS.search(step.error) else "tool_result"), _STATED
    return ("answer", _STATED) if trouble(turn) is not None and turn.trouble != "not done" else (None, 0.0)


def _compared(steps: Sequence[TraceStep], working: Sequence[TraceStep] | None) -> tuple[FailurePoint | None, float]:
    """Return the first stage in which the steps differ from those that worked; the answer where none does."""
    if working is None:
        return None, 0.0
    for kind, stage_of_names, stage_of_arguments in _COMPARISONS:
        own, other = ([step for step in part if step.kind == kind] for part in (steps, working))
        if [step.name for step in own] != [step.name for step in other]:
            return stage_of_names, _COMPARED
        if [step.arguments for step in own] != [step.arguments for step in other]:
            return stage_of_arguments, _COMPARED
    if any(step.error is not None for step in steps):
        return "tool_result", _COMPARED
    return "answer", _COMPARED


def _working_steps(turns: Sequence[Turn], index: int) -> tuple[TraceStep, ...] | None:
    """Return the steps of the next try that worked; None if there is none with a trace."""
    previous, heard = turns[index], limit_text(turns[index].heard)
    for turn in turns[index + 1 : index + 1 + _REACH]:
        if silence(previous, turn) > _WINDOW:
            return None
        previous = turn
        if letter_similarity(heard, limit_text(turn.heard)) >= _ALIKE and trouble(turn) is None:
            return trace_steps(turn) or None
    return None
