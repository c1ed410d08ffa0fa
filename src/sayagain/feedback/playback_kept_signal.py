"""Playback kept: the turn started playback and the user let it play."""

from sayagain.feedback.barge_in_signal import barge_in
from sayagain.feedback.outcome import plays, trouble
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import gap
from sayagain.turns import Session, Turn

__all__ = ["playback_kept"]

KEPT_FOR = 60_000
"""Milliseconds without a further turn after which playback counts as kept."""
KEPT = 0.6
"""Strength where the user said nothing for that long, or nothing more in the session."""
HEARD = 0.4
"""Strength where the user spoke sooner, but after the end of the playback."""


def playback_kept(session: Session) -> list[Signal]:
    """Find the turns that started playback which the user let play.

    >>> jazz = Turn(turn_id="a", started=0, request="play some jazz")
    >>> [signal.strength for signal in playback_kept(Session(session_id="s", turns=(jazz,)))]
    [0.6]
    """
    cut_ids = {signal.turn_id for signal in barge_in(session)}
    signals = []
    for turn, next_turn in zip(session.turns, (*session.turns[1:], None), strict=True):
        interrupted = turn.interrupted is not None and turn.interrupted.yes
        if not plays(turn) or trouble(turn) is not None or interrupted or turn.turn_id in cut_ids:
            continue
        if next_turn is None:
            signals.append(_signal(turn, KEPT, "it went on playing; nothing more was said"))
        elif gap(turn, next_turn) >= KEPT_FOR:
            signals.append(
                _signal(turn, KEPT, f"it played for {gap(turn, next_turn) / 1000:.0f} s before the next request")
            )
        elif _heard_out(turn, next_turn):
            signals.append(_signal(turn, HEARD, "it was heard to its end"))
    return signals


def _heard_out(turn: Turn, next_turn: Turn) -> bool:
    speech = turn.speech
    if speech is None or speech.started is None or speech.ended is None or speech.duration is None:
        return False
    return next_turn.started >= speech.ended >= speech.started + speech.duration


def _signal(turn: Turn, strength: float, evidence: str) -> Signal:
    return Signal(turn_id=turn.turn_id, kind="playback-kept", positive=True, strength=strength, evidence=evidence)
