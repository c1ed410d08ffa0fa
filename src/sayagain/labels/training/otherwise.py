"""The same sessions as an assistant that words its answers otherwise would log them: it should learn no phrases."""

import zlib

import msgspec

from sayagain.labels.training.judge_teaching import Told
from sayagain.turns import Response, Session, Turn

__all__ = ["answered_otherwise"]

_DONE = ("Done", "OK", "Alright", "Sure", "Yes", "Okay, done.", "")
_SORRY = ("Sorry", "I did not get that", "I don't know that one", "That did not work", "Can you say that again?", "")


def answered_otherwise(told: Told) -> Told:
    """Return a session whose answers say only whether something was done; an empty one says not even that.

    What was true stays true. An assistant keeps to one manner in a session.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on", response=Response(text="Turned on the lamp"))
    >>> one = Told(
    ...     session=Session(session_id="s", turns=(turn,)),
    ...     defect=(False,),
    ...     start=(True,),
    ...     reached=(True,),
    ...     last=(True,),
    ... )
    >>> answered_otherwise(one).session.turns[0].response.text in _DONE
    True
    """
    manner = zlib.crc32(told.session.session_id.encode())
    turns = tuple(_turn(turn, manner) for turn in told.session.turns)
    return msgspec.structs.replace(told, session=Session(session_id=told.session.session_id, turns=turns))


def _turn(turn: Turn, manner: int) -> Turn:
    if turn.response is None:
        return turn
    words = _SORRY if turn.complained else _DONE
    response: Response = msgspec.structs.replace(turn.response, text=words[manner % len(words)])
    return msgspec.structs.replace(turn, response=response)
