"""No response: the assistant itself says that it did not understand or could not."""

from sayagain.feedback.outcome import trouble
from sayagain.feedback.signal import Signal
from sayagain.turns import Session

__all__ = ["no_response"]


def no_response(session: Session) -> list[Signal]:
    """Find the turns whose own record shows a failure.

    A turn without a logged response does not count: many logs keep no responses.

    >>> from sayagain.turns import Hypothesis, Nlu, Turn
    >>> lost = Turn(turn_id="t", started=0, request="friend door", nlu=Nlu(ranking=(Hypothesis(intent=""),)))
    >>> [signal.evidence for signal in no_response(Session(session_id="s", turns=(lost,)))]
    ['the assistant understood nothing in the request']
    """
    signals = []
    for turn in session.turns:
        turn_trouble = trouble(turn)
        if turn_trouble is not None:
            signals.append(Signal.about(turn, "no-response", turn_trouble.strength, turn_trouble.why))
    return signals
