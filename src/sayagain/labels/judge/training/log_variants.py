"""Data augmentation: sessions as another assistant would log them, so that judges depend on no phrase or field."""

from collections.abc import Mapping

import msgspec
import numpy as np

from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.turns import Nlu, Session, Turn

__all__ = ["LACKING", "log_variant", "session_variant"]

_DONE = ("Done", "OK", "Alright", "Sure", "Yes", "Okay, done.", "")
_SORRY = ("Sorry", "I did not get that", "I don't know that one", "That did not work", "Can you say that again?", "")

LACKING: Mapping[str, float] = {
    "words": 0.5,  # responses state only success or failure, or are empty
    "names": 0.5,  # intents have unknown names and no domain
    "outcome": 0.4,  # only the words of the response show the outcome
    "actions": 0.4,
    "readings": 0.4,  # one hypothesis, without a confidence
    "understanding": 0.2,  # an agent that reports no intent
    "recognition": 0.4,
    "playing": 0.3,  # the times of the spoken response, and barge-in
}
"""Fields that other assistants lack or log in another way, with the share of sessions to change."""


def log_variant(targets: SessionTargets, *, seed: int) -> SessionTargets:
    """Return a session as another assistant would have logged it, in one style; the targets stay the same.

    Args:
        targets: session with its targets.
        seed: seed of the style.

    >>> from sayagain.turns import Response
    >>> turn = Turn(turn_id="t", started=0, request="lamp on", response=Response(text="Turned on the lamp"))
    >>> targets = SessionTargets(
    ...     session=Session(session_id="s", turns=(turn,)),
    ...     defect=(False,),
    ...     start=(True,),
    ...     reached=(True,),
    ...     last=(True,),
    ... )
    >>> {log_variant(targets, seed=seed).session.turns[0].request for seed in range(9)}
    {'lamp on'}
    """
    return msgspec.structs.replace(targets, session=session_variant(targets.session, seed=seed))


def session_variant(session: Session, *, seed: int) -> Session:
    """Return a session as another assistant would have logged it, in one style.

    Args:
        session: the session.
        seed: seed of the style.
    """
    rng = np.random.default_rng(seed)
    lacking = {name for name, share in LACKING.items() if rng.random() < share}
    style = int(rng.integers(len(_DONE)))
    return Session(session_id=session.session_id, turns=tuple(_turn(turn, lacking, style) for turn in session.turns))


def _turn(turn: Turn, lacking: set[str], style: int) -> Turn:
    response = turn.response
    if response is not None and "words" in lacking:
        words = _SORRY if turn.failed else _DONE
        response = msgspec.structs.replace(response, text=words[style % len(words)])
    if response is not None and "outcome" in lacking:
        response = msgspec.structs.replace(response, type=None, error_code=None)
    playing = "playing" in lacking
    return msgspec.structs.replace(
        turn,
        response=response,
        actions=() if "actions" in lacking else turn.actions,
        asr=None if "recognition" in lacking else turn.asr,
        nlu=None if turn.nlu is None or "understanding" in lacking else _nlu(turn.nlu, lacking),
        speech=None if playing else turn.speech,
        interrupted=None if playing else turn.interrupted,
    )


def _nlu(nlu: Nlu, lacking: set[str]) -> Nlu:
    if "names" in lacking:
        ranking = tuple(
            msgspec.structs.replace(hypothesis, intent=hypothesis.intent[::-1], domain=None)
            for hypothesis in nlu.ranking
        )
        intent = None if nlu.intent is None else nlu.intent[::-1]
        nlu = msgspec.structs.replace(nlu, intent=intent, domain=None, ranking=ranking)
    if "readings" in lacking:
        ranking = tuple(msgspec.structs.replace(hypothesis, confidence=None) for hypothesis in nlu.ranking[:1])
        nlu = msgspec.structs.replace(nlu, confidence=None, ranking=ranking)
    return nlu
