"""Repeat: the user says the request again in the same words, after trouble."""

from sayagain.feedback.retries import AGAIN_WINDOW, conviction, is_repeat, later_tries, repeatable, troubled
from sayagain.feedback.signal import Signal
from sayagain.turns import Session, Turn

__all__ = ["repeat"]


def repeat(session: Session, *, window: int = AGAIN_WINDOW) -> list[Signal]:
    """Find the turns that the user soon repeated in the same words, by spelling or by sound.

    After visible trouble every repeat counts. Otherwise steps and draws ("next", "louder", "flip a coin"), bare replies
    and answered questions do not count: users repeat them because they worked. An action with a lasting effect
    ("lamp on") counts, and so does a turn that was logged with neither hypothesis nor response.

    Args:
        session: the turns, in order of time.
        window: longest gap between a turn and its repeat, in milliseconds.

    >>> from sayagain.turns import Turn
    >>> twice = (Turn(turn_id="a", started=0, request="lamp on"), Turn(turn_id="b", started=4_000, request="Lamp on!"))
    >>> [signal.turn_id for signal in repeat(Session(session_id="s", turns=twice))]
    ['a']
    """
    signals = []
    for source, tries in later_tries(session, window):
        if not _may_have_failed(source):
            continue
        for target, wait in tries:
            if is_repeat(source, target):
                evidence = f'said again in the same words {wait / 1000:.0f} s later: "{target.heard}"'
                signals.append(Signal.about(source, "repeat", conviction(source, target, wait, window), evidence))
                break
    return signals


def _may_have_failed(turn: Turn) -> bool:
    if troubled(turn):
        return True
    if repeatable(turn):
        return False
    action_done = turn.response is not None and turn.response.type == "action_done"
    unrecorded = turn.response is None and turn.hypothesis is None
    return action_done or bool(turn.actions) or unrecorded
