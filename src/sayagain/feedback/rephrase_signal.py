"""Rephrase: the user says it again in other words, after trouble."""

from sayagain.feedback.retries import AGAIN_WINDOW, conviction, later_tries, likeness
from sayagain.feedback.signal import Signal
from sayagain.turns import Session

__all__ = ["rephrase"]


def rephrase(session: Session, *, window: int = AGAIN_WINDOW) -> list[Signal]:
    """Find the turns that the user soon said in other words; at most one signal a turn, from the nearest.

    Args:
        session: the turns, in order of time.
        window: how long after a turn another try still counts, in milliseconds.

    >>> from sayagain.turns import Response, Turn
    >>> lost = Response(type="error", error_code="no_intent_match")
    >>> a = Turn(turn_id="a", started=0, request="friend door", response=lost)
    >>> b = Turn(turn_id="b", started=5_000, request="lock the front door")
    >>> [signal.evidence for signal in rephrase(Session(session_id="s", turns=(a, b)))]
    ['said again in other words 5 s later: "lock the front door"']
    """
    found = []
    for source, tries in later_tries(session, window):
        for target, wait in tries:
            alike = likeness(source, target)
            if alike is not None:
                found.append(
                    Signal(
                        turn_id=source.turn_id,
                        kind="rephrase",
                        positive=False,
                        strength=round(alike * conviction(source, target, wait, window), 3),
                        evidence=f'said again in other words {wait / 1000:.0f} s later: "{target.heard}"',
                    )
                )
                break
    return found
