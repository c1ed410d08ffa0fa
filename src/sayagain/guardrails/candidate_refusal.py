"""Why a candidate must not be passed on: the same rules while learning and while deciding."""

from collections.abc import Container, Iterable

from sayagain.guardrails.rules import refuse
from sayagain.guardrails.unasked_acts import unasked_act
from sayagain.rewriting.candidates import Candidate
from sayagain.rewriting.in_context import stated_hypothesis
from sayagain.rewriting.verified import needs_pack
from sayagain.turns import Turn

__all__ = ["refuse_candidate"]


def refuse_candidate(
    turn: Turn,
    leave: Candidate,
    candidate: Candidate,
    *,
    blocked: Iterable[str],
    names: Iterable[str],
    worked: Container[str],
    rewrite_id: str | None = None,
    confirmed: bool = False,
    renaming: bool = False,
) -> str | None:
    """Say why a candidate must not be passed on for a turn, or None when no rule is against it.

    Args:
        turn: under way.
        leave: the candidate that leaves the request as it is.
        candidate: what would be passed on.
        blocked: words, phrases, intents and ids of rewrites that are refused, as for `refuse`.
        names: of the things, rooms and persons that this home knows.
        worked: words, and pairs of words, of requests that work.
        rewrite_id: which rewrite it is.
        confirmed: the user said yes to this very rewrite.
        renaming: the user is asked, or has said yes, about another name than was said.

    >>> from sayagain.turns import Hypothesis
    >>> turn = Turn(turn_id="t", started=0, request="lamp on", language="en")
    >>> leave = Candidate(text="lamp on", hypothesis=Hypothesis(intent="said"), layer="leave")
    >>> turned_round = Candidate(text="lamp off", hypothesis=Hypothesis(intent="off"), layer="table", verified=True)
    >>> refuse_candidate(turn, leave, turned_round, blocked=(), names=(), worked=())
    'it would turn "on" into "off"'
    """
    missing_pack = needs_pack(candidate, turn.language)
    if missing_pack is not None:
        return missing_pack
    stated = leave.hypothesis
    if candidate.in_context or candidate.completed:
        unasked = None if confirmed else unasked_act(turn.heard, candidate.hypothesis, turn.language)
        if unasked is not None:
            return unasked
    if candidate.in_context:
        stated = stated_hypothesis(turn, stated, candidate.hypothesis)
    return refuse(
        turn.heard,
        stated if leave.hypothesis.intent != "said" else None,
        candidate.text,
        candidate.hypothesis,
        blocked,
        rewrite_id=rewrite_id,
        confirmed=confirmed,
        renaming=renaming,
        names=names,
        worked=worked,
        language=turn.language,
    )
