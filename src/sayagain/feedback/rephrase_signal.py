"""Rephrase: the user says the request again in other words, after trouble."""

from sayagain.feedback.retries import AGAIN_WINDOW, conviction, later_tries, likeness
from sayagain.feedback.signal import Signal
from sayagain.turns import Session

__all__ = ["rephrase"]


def rephrase(session: Session, *, window: int = AGAIN_WINDOW) -> list[Signal]:
    """Find the turns that the user soon rephrased; at most one signal per turn, from the nearest rephrase.

    Args:
        session: the turns, in order of time.
        window: longest gap between a turn and its rephrase, in milliseconds.

    >>> from sayagain.turns import Response, Turn
    >>> lost = Response(type="error", error_code="no_intent_match")
    >>> a = Turn(turn_id="a", started=0, request="friend door", response=lost)
    >>> b = Turn(turn_id="b", started=5_000, request="lock the front door")
    >>> [signal.evidence for signal in rephrase(Session(session_id="s", turns=(a, b)))]
    ['said again in other words 5 s later: "lock the front door"']
    """
    signals = []
    for source, tries in later_tries(session, window):
        for target, wait in tries:
            similarity = likeness(source, target)
            if similarity is not None:
                strength = similarity * conviction(source, target, wait, window)
                evidence = f'said again in other words {wait / 1000:.0f} s later: "{target.heard}"'
                signals.append(Signal.about(source, "rephrase", strength, evidence))
                break
    return signals
