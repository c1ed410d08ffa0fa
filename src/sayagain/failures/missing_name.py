"""The name that nothing in the home has, as the assistant reports it."""

from sayagain.feedback import phrases
from sayagain.text import limit_text, normalise
from sayagain.turns import Turn, error_trouble

__all__ = ["missing_name"]

_SHORTEST = 3
"""Least letters of a name that an answer repeats, in a language whose articles and prepositions are not known."""


def missing_name(turn: Turn) -> str:
    """Return the words of a request that no thing was found for, normalised; empty where the log does not tell.

    They stand in the trace of entity resolution. An assistant without a trace, such as Home Assistant, repeats them in
    its answer: the longest run of words that request and answer share.

    >>> from sayagain.turns import Response
    >>> answer = Response(
    ...     text="Sorry, I am not aware of any device called Bad Ride", type="error", error_code="no_valid_targets"
    ... )
    >>> missing_name(Turn(turn_id="t", started=0, request="turn on the bad ride", response=answer))
    'bad ride'
    """
    for slot in turn.resolution:
        if slot.id is None and slot.raw is not None:
            return normalise(limit_text(str(slot.raw)))
    response = turn.response
    # Home Assistant looks for the name before it settles on a meaning, so its log has no hypothesis here.
    if response is None or error_trouble(response.error_code, hypothesis=False) != "not found":
        return ""
    run = _longest_shared_run(normalise(limit_text(turn.heard)).split(), normalise(limit_text(response.text)).split())
    wording = phrases(turn)
    if wording is None:
        return run if len(run) >= _SHORTEST else ""
    return run if set(run.split()) - wording.common else ""


def _longest_shared_run(request: list[str], answer: list[str]) -> str:
    """Return the longest run of words that both have, in letters; of equal ones the last of the request."""
    best = ""
    ending: dict[int, int] = {}
    for place, word in enumerate(request):
        extended = {}
        for other, answer_word in enumerate(answer):
            if answer_word == word:
                extended[other] = ending.get(other - 1, 0) + 1
                run = " ".join(request[place + 1 - extended[other] : place + 1])
                best = run if len(run) >= len(best) else best
        ending = extended
    return best
