"""Repeat: the user says it again in the same words, after trouble."""

from sayagain.feedback.retries import AGAIN_WINDOW, conviction, is_repeat, later_tries, repeatable, troubled
from sayagain.feedback.signal import Signal
from sayagain.turns import Session, Turn

__all__ = ["repeat"]


def repeat(session: Session, *, window: int = AGAIN_WINDOW) -> list[Signal]:
    """Find the turns that the user soon said again in the same words, spelt alike or heard alike.

    After visible trouble every repeat counts. Otherwise steps and draws ("next", "louder", "flip a coin"), bare replies
    and questions that were answered do not: they are said again because they worked. An action with a lasting effect
    ("lamp on") is not, and nothing is known of a turn whose log holds neither hypothesis nor response.

    Args:
        session: the turns, in order of time.
        window: how long after a turn another try still counts, in milliseconds.

    >>> from sayagain.turns import Turn
    >>> twice = (Turn(turn_id="a", started=0, request="lamp on"), Turn(turn_id="b", started=4_000, request="Lamp on!"))
    >>> [signal.turn_id for signal in repeat(Session(session_id="s", turns=twice))]
    ['a']
    """
    found = []
    for source, tries in later_tries(session, window):
        if not _suspect(source):
            continue
        for target, wait in tries:
            if is_repeat(source, target):
                found.append(
                    Signal(
                        turn_id=source.turn_id,
                        kind="repeat",
                        positive=False,
                        strength=round(conviction(source, target, wait, window), 3),
                        evidence=f'said again in the same words {wait / 1000:.0f} s later: "{target.heard}"',
                    )
                )
                break
    return found


def _suspect(turn: Turn) -> bool:
    if troubled(turn):
        return True
    if repeatable(turn):
        return False
    acted = turn.response is not None and turn.response.type == "action_done"
    unknown = turn.response is None and turn.reading is None
    return acted or bool(turn.actions) or unknown
