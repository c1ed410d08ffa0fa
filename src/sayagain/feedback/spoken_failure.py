"""Spoken failures: in a log without error codes, only the words of the response state that the assistant failed."""

import msgspec

from sayagain.feedback.phrase_lists import phrases, said
from sayagain.turns import Turn

__all__ = ["state_failure"]

SPOKEN_WITHIN = 100
"""Characters at the beginning of a response in which a misunderstanding is stated; later ones belong to an answer."""


def state_failure(turn: Turn) -> Turn:
    """Mark the response of a turn as an error if its words state that the assistant did not understand.

    The turn is unchanged if anything else tells its outcome: a hypothesis, an action, a type of response. It is also
    unchanged if the assistant states that it tried and failed, because it then understood the words.

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
