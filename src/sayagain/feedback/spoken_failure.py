"""Failures that an assistant only speaks of: a log of words and replies, without error codes, says so in the reply."""

import msgspec

from sayagain.feedback.phrase_lists import phrases, said
from sayagain.turns import Turn

__all__ = ["state_failure"]

SPOKEN_WITHIN = 100
"""Characters of a response in which it says that it did not understand; later ones belong to an answer."""


def state_failure(turn: Turn) -> Turn:
    """Return a turn whose response is an error if its words say that the assistant did not understand.

    Only where nothing else tells how the turn went: no hypothesis, no action, no type of response. An assistant that
    says that it tried and failed understood the words, and its turn is left as it is.

    >>> from sayagain.turns import Response
    >>> sorry = Response(text="Sorry, I didn't understand that.")
    >>> state_failure(Turn(turn_id="t", started=0, request="lamp of", response=sorry)).trouble
    'not understood'
    """
    response = turn.response
    if response is None or response.type is not None or response.error_code is not None or response.acts:
        return turn
    if turn.nlu is not None or turn.actions:
        return turn
    wordings = phrases(turn)
    if wordings is None or wordings.misunderstood.search(said(response.text[:SPOKEN_WITHIN])) is None:
        return turn
    return msgspec.structs.replace(turn, response=msgspec.structs.replace(response, type="error"))
