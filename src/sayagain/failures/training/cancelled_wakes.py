"""Data augmentation: false wakes that somebody cancels, which simulated people never do."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from sayagain.failures.failure_point import FailurePoint
from sayagain.feedback.abandonment_signal import abandons
from sayagain.turns import Speech, Turn

__all__ = ["cancel_false_wakes"]

SHARE = 0.4
"""Share of the false wakes that are cancelled."""

_PAUSE = 3_000


def cancel_false_wakes(
    turns: Sequence[Turn], truths: Mapping[str, FailurePoint], *, seed: int
) -> tuple[list[Turn], dict[str, FailurePoint]]:
    """Return a log in which somebody says "never mind" after some of its false wakes, with its truth.

    The cancelling turn is one of the log's own, at another time; a log without any stays as it is.

    Args:
        turns: the log.
        truths: the failure point of each turn, by turn id.
        seed: seed of the choice.
    """
    rng = np.random.default_rng(seed)
    cancelling = [turn for turn in turns if abandons(turn) and truths.get(turn.turn_id) == "correct"]
    log, all_truths = list(turns), dict(truths)
    for turn in turns if cancelling else ():
        if truths.get(turn.turn_id) == "false_wake" and rng.random() < SHARE:
            cancel = _after(turn, cancelling[int(rng.integers(len(cancelling)))])
            log.append(cancel)
            all_truths[cancel.turn_id] = "correct"
    return log, all_truths


def _after(turn: Turn, cancelling: Turn) -> Turn:
    """Return a cancelling turn as it would follow another turn."""
    speech, ended = turn.speech, turn.ended or turn.started
    started = max(ended, (speech.ended or 0) if speech is not None else 0) + _PAUSE
    shift = started - cancelling.started
    own_speech = cancelling.speech
    return msgspec.structs.replace(
        cancelling,
        turn_id=f"{turn.turn_id}-cancelled",
        started=started,
        ended=None if cancelling.ended is None else cancelling.ended + shift,
        session_id=turn.session_id,
        conversation_id=turn.conversation_id,
        device_id=turn.device_id,
        satellite_id=turn.satellite_id,
        area=turn.area,
        user_id=turn.user_id,
        speech=None
        if own_speech is None
        else Speech(
            started=None if own_speech.started is None else own_speech.started + shift,
            ended=None if own_speech.ended is None else own_speech.ended + shift,
            duration=own_speech.duration,
        ),
    )
