"""The explanation of a failure point: which fields of the log carried the decision, by leaving each out in turn."""

from collections.abc import Callable, Iterator

import msgspec

from sayagain.failures.agent_stage import isolate_agent_stage
from sayagain.failures.failure_point import FailurePoint, Isolation
from sayagain.failures.isolator import FailureIsolator
from sayagain.failures.log_fields import LOG_FIELDS, without
from sayagain.failures.log_knowledge import SessionKnowledge, heard_words
from sayagain.failures.settle import settle
from sayagain.labels import Judgement
from sayagain.text import limit_text
from sayagain.turns import Session, Turn, trace_steps

__all__ = [
    "LATER_TURNS",
    "REST_OF_LOG",
    "STAGES",
    "TRACE",
    "FailureExplanation",
    "carrying_fields",
    "explain_failure",
]

STAGES: dict[FailurePoint, str] = {
    "correct": "It broke nowhere: it went well, or nobody could have done what was asked",
    "false_wake": "It broke at the wake word: nobody spoke to the assistant",
    "asr": "It broke at recognition: the words were misheard",
    "nlu": "It broke at understanding: the words were heard, their meaning was missed",
    "entity_resolution": "It broke at entity resolution: the thing that was meant was not found, or taken for another",
    "result": "It broke at execution: the request was understood, and carrying it out failed",
    "retrieval": "It broke at retrieval: what the answer needed was not found",
    "tool_choice": "It broke at the choice of the tool: another tool was needed",
    "tool_arguments": "It broke at the arguments: the right tool was called with wrong ones",
    "tool_result": "It broke at the tool: it was called rightly, and failed",
    "answer": "It broke at the answer: the steps before it went well",
}
"""What each failure point means, in plain words."""

LATER_TURNS, REST_OF_LOG, TRACE = "what followed", "the rest of the log", "the trace"

_MOST_FIELDS = 2
"""Most fields that an explanation names."""

_LEAST_DROP = 0.05
"""Least drop in probability at which a field is named although the decision stays without it."""


class FailureExplanation(msgspec.Struct, frozen=True, kw_only=True):
    """The failure point of a turn with the fields that carried the decision."""

    isolation: Isolation
    """The failure point."""
    carriers: tuple[str, ...]
    """The fields without which the decision changes, the weightiest first; else the one that matters most, if any."""
    sentences: tuple[str, ...]
    """Where the turn broke, and what shows it, in plain words."""


def explain_failure(
    isolator: FailureIsolator,
    session: Session,
    index: int,
    knowledge: SessionKnowledge,
    judgement: Judgement | None = None,
    *,
    believed: bool = True,
) -> FailureExplanation:
    """Explain the failure point of one turn.

    Args:
        isolator: the isolator.
        session: the session of the turn.
        index: its position in it.
        knowledge: what the rest of the log tells.
        judgement: what learning made of the turn, see `settle`.
        believed: whether the isolator's opinion on whether turns fail counts in this log, see `agrees`.
    """
    isolation = settle(isolator.isolate_session(session, knowledge)[index], judgement, believed=believed)
    if trace_steps(session.turns[index]):
        return _explain_agent(isolate_agent_stage(isolation, session, index), session.turns[index])
    carriers = carrying_fields(isolator, session, index, knowledge, judgement, believed=believed)
    probability = isolation.probabilities[isolation.stage]
    sentences = [f"{STAGES[isolation.stage]} ({probability:.0%} sure)."]
    if carriers:
        shown = " and ".join(_detail(name, session, index, knowledge) for name in carriers)
        sentences.append(f"What shows it: {shown}.")
    return FailureExplanation(isolation=isolation, carriers=carriers, sentences=tuple(sentences))


def _explain_agent(isolation: Isolation, turn: Turn) -> FailureExplanation:
    """Explain the stage of an LLM agent by the step of its trace that shows it."""
    sentences = [f"{STAGES[isolation.stage]} ({isolation.probabilities[isolation.stage]:.0%} sure)."]
    failed = next((step for step in trace_steps(turn) if step.error is not None or step.found == 0), None)
    if isolation.stage != "correct" and failed is not None:
        outcome = "found nothing" if failed.error is None else f"answered “{limit_text(failed.error)}”"
        sentences.append(f"What shows it: the trace ({failed.name} {outcome}).")
    return FailureExplanation(isolation=isolation, carriers=(TRACE,), sentences=tuple(sentences))


def carrying_fields(
    isolator: FailureIsolator,
    session: Session,
    index: int,
    knowledge: SessionKnowledge,
    judgement: Judgement | None = None,
    *,
    believed: bool = True,
) -> tuple[str, ...]:
    """Return the fields without which the failure point of a turn changes, the weightiest first.

    Where it changes without none of them, the field that lowers its probability most is returned, if any does clearly.

    Args:
        isolator: the isolator.
        session: the session of the turn.
        index: its position in it.
        knowledge: what the rest of the log tells.
        judgement: what learning made of the turn; what a field tells of whether it failed then counts for nothing.
        believed: whether the isolator's opinion on whether turns fail counts in this log.
    """
    opinion = isolator.isolate_session(session, knowledge)[index]
    whole = settle(opinion, judgement, believed=believed)
    stage = whole.stage
    if stage == "correct" != opinion.stage:
        # The judge alone says so.
        return ()
    judged = None if stage == "correct" else judgement
    whole = settle(opinion, judged, believed=believed)
    drops = []
    for name, substituted in _substitutions(isolator, session, index, knowledge):
        isolation = settle(substituted, judged, believed=believed)
        drops.append((isolation.stage != stage, whole.probabilities[stage] - isolation.probabilities[stage], name))
    drops.sort(key=lambda drop: (-drop[0], -drop[1], drop[2]))
    flipping = [name for flips, drop, name in drops if flips and drop > 0]
    if flipping:
        return tuple(flipping[:_MOST_FIELDS])
    return tuple(name for _, drop, name in drops[:1] if drop >= _LEAST_DROP)


def _substitutions(
    isolator: FailureIsolator, session: Session, index: int, knowledge: SessionKnowledge
) -> Iterator[tuple[str, Isolation]]:
    """Yield the decision without each field that the turn has."""
    turn = session.turns[index]
    for name in LOG_FIELDS:
        reduced = without(turn, name)
        if reduced != turn:
            turns = (*session.turns[:index], reduced, *session.turns[index + 1 :])
            yield name, isolator.isolate_session(msgspec.structs.replace(session, turns=turns), knowledge)[index]
    yield LATER_TURNS, isolator.isolate_session(session, knowledge, later=False)[index]
    yield REST_OF_LOG, isolator.isolate_session(session, SessionKnowledge.empty())[index]


def _detail(name: str, session: Session, index: int, knowledge: SessionKnowledge) -> str:
    """Return a field with what it says, where that is short and of the same session."""
    turn = session.turns[index]
    detail = _DETAILS[name](turn) if name in _DETAILS else None
    if name == LATER_TURNS and index + 1 < len(session.turns):
        detail = f"“{session.turns[index + 1].heard}” was said next"
    elif name == LATER_TURNS:
        detail = "nothing more was said"
    elif name == REST_OF_LOG:
        detail = _elsewhere(*knowledge.request(heard_words(turn)))
    return f"{name} ({detail})" if detail else name


def _elsewhere(worked: int, failed: int) -> str:
    """Say what became of the same words in the rest of the log."""
    if worked and failed:
        return f"these words worked {worked}× elsewhere and failed {failed}×"
    if worked or failed:
        return f"these words {'worked' if worked else 'failed'} {worked or failed}× elsewhere"
    return "nobody says these words elsewhere"


def _answer(turn: Turn) -> str | None:
    return f"“{turn.response.text}”" if turn.response is not None and turn.response.text else None


def _error(turn: Turn) -> str | None:
    return None if turn.response is None else turn.response.error_code or turn.response.type


def _transcripts(turn: Turn) -> str | None:
    texts = [] if turn.asr is None else [text.text for text in turn.asr.nbest if text.text != turn.heard]
    return f"“{texts[0]}”" if texts else None


def _confidence(turn: Turn) -> str | None:
    return None if turn.asr is None or turn.asr.confidence is None else f"{turn.asr.confidence:.2f}"


def _wake(turn: Turn) -> str | None:
    return None if turn.wake is None or turn.wake.probability is None else f"its model gave {turn.wake.probability:.0%}"


def _understood(turn: Turn) -> str | None:
    return None if turn.hypothesis is None else turn.hypothesis.description


def _actions(turn: Turn) -> str | None:
    return ", ".join(f"{action.target}{'' if action.ok else ' failed'}" for action in turn.actions[:3]) or None


_DETAILS: dict[str, Callable[[Turn], str | None]] = {
    "the error code": _error,
    "the words of the answer": _answer,
    "the other transcripts": _transcripts,
    "the recogniser's confidence": _confidence,
    "the wake word": _wake,
    "what was understood": _understood,
    "what was done": _actions,
}
