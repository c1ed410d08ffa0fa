"""The fields that a log may lack, each with the turn as a log without it would show it.

Training leaves fields out at random, so that the isolator works on what any assistant reports. An explanation leaves
out one field at a time: a field carried the decision if the failure point changes without it.
"""

from collections.abc import Callable, Mapping

import msgspec

from sayagain.turns import Asr, Nlu, Turn

__all__ = ["LOG_FIELDS", "LogField", "without"]

LogField = str
"""The name of a field in `LOG_FIELDS`, as an explanation says it."""


def without(turn: Turn, field: LogField) -> Turn:
    """Return a turn as a log without the field would show it.

    >>> from sayagain.turns import Action
    >>> turn = Turn(turn_id="t", started=0, request="lamp on", actions=(Action(target="light.lamp"),))
    >>> without(turn, "what was done").actions
    ()
    """
    return LOG_FIELDS[field](turn)


def _without_wake(turn: Turn) -> Turn:
    return msgspec.structs.replace(turn, wake=None)


def _without_nbest(turn: Turn) -> Turn:
    asr = turn.asr
    return turn if asr is None else msgspec.structs.replace(turn, asr=msgspec.structs.replace(asr, nbest=()))


def _without_asr_confidence(turn: Turn) -> Turn:
    if turn.asr is None:
        return turn
    nbest = tuple(msgspec.structs.replace(transcript, confidence=None) for transcript in turn.asr.nbest)
    return msgspec.structs.replace(turn, asr=Asr(text=turn.asr.text, nbest=nbest, audio=turn.asr.audio))


def _without_nlu_confidence(turn: Turn) -> Turn:
    if turn.nlu is None:
        return turn
    ranking = tuple(msgspec.structs.replace(hypothesis, confidence=None) for hypothesis in turn.nlu.ranking)
    return msgspec.structs.replace(turn, nlu=msgspec.structs.replace(turn.nlu, confidence=None, ranking=ranking))


def _without_other_hypotheses(turn: Turn) -> Turn:
    if turn.nlu is None:
        return turn
    return msgspec.structs.replace(turn, nlu=msgspec.structs.replace(turn.nlu, ranking=turn.nlu.ranking[:1]))


def _without_hypotheses(turn: Turn) -> Turn:
    nlu = None if turn.nlu is None or not turn.nlu.act_roles else Nlu(act_roles=turn.nlu.act_roles)
    return msgspec.structs.replace(turn, nlu=nlu, resolution=())


def _without_resolution(turn: Turn) -> Turn:
    return msgspec.structs.replace(turn, resolution=())


def _without_error(turn: Turn) -> Turn:
    response = turn.response
    if response is None:
        return turn
    return msgspec.structs.replace(turn, response=msgspec.structs.replace(response, type=None, error_code=None))


def _without_answer(turn: Turn) -> Turn:
    response = turn.response
    if response is None:
        return turn
    return msgspec.structs.replace(turn, response=msgspec.structs.replace(response, text="", acts=()))


def _without_actions(turn: Turn) -> Turn:
    return msgspec.structs.replace(turn, actions=())


def _without_timing(turn: Turn) -> Turn:
    return msgspec.structs.replace(turn, ended=None, speech=None, interrupted=None)


LOG_FIELDS: Mapping[LogField, Callable[[Turn], Turn]] = {
    "the wake word": _without_wake,
    "the other transcripts": _without_nbest,
    "the recogniser's confidence": _without_asr_confidence,
    "the confidence of understanding": _without_nlu_confidence,
    "the other hypotheses": _without_other_hypotheses,
    "what was understood": _without_hypotheses,
    "entity resolution": _without_resolution,
    "the error code": _without_error,
    "the words of the answer": _without_answer,
    "what was done": _without_actions,
    "the timing": _without_timing,
}
"""The fields, by the name that an explanation gives them."""
