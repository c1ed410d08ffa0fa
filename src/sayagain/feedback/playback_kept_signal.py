"""Playback kept: what was started goes on, and the user lets it."""

from sayagain.feedback.barge_in_signal import barge_in
from sayagain.feedback.outcome import plays, trouble
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import gap
from sayagain.turns import Session, Turn

__all__ = ["playback_kept"]

KEPT_FOR = 60_000
"""Milliseconds without a further turn after which playback counts as kept."""
KEPT = 0.6
"""The user said nothing for that long, or nothing more in the session."""
HEARD = 0.4
"""The user spoke sooner, but what was played had been heard to its end."""


def playback_kept(session: Session) -> list[Signal]:
    """Find the turns that started something which the user then let play.

    >>> jazz = Turn(turn_id="a", started=0, request="play some jazz")
    >>> [signal.strength for signal in playback_kept(Session(session_id="s", turns=(jazz,)))]
    [0.6]
    """
    cut = {signal.turn_id for signal in barge_in(session)}
    found = []
    for turn, after in zip(session.turns, (*session.turns[1:], None), strict=True):
        stopped = turn.interrupted is not None and turn.interrupted.yes
        if not plays(turn) or trouble(turn) is not None or stopped or turn.turn_id in cut:
            continue
        if after is None:
            found.append(_signal(turn, KEPT, "it went on playing; nothing more was said"))
        elif gap(turn, after) >= KEPT_FOR:
            found.append(_signal(turn, KEPT, f"it played for {gap(turn, after) / 1000:.0f} s before the next request"))
        elif _heard_out(turn, after):
            found.append(_signal(turn, HEARD, "it was heard to its end"))
    return found


def _heard_out(turn: Turn, after: Turn) -> bool:
    speech = turn.speech
    if speech is None or speech.started is None or speech.ended is None or speech.duration is None:
        return False
    return after.started >= speech.ended >= speech.started + speech.duration


def _signal(turn: Turn, strength: float, evidence: str) -> Signal:
    return Signal(turn_id=turn.turn_id, kind="playback-kept", positive=True, strength=strength, evidence=evidence)
