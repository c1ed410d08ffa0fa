"""No response: the assistant itself says that it did not understand or could not."""

from sayagain.feedback.outcome import trouble
from sayagain.feedback.signal import Signal
from sayagain.turns import Session

__all__ = ["no_response"]


def no_response(session: Session) -> list[Signal]:
    """Find the turns whose own record shows that they failed.

    A turn with no response in the log is none of them: many logs keep no responses.

    >>> from sayagain.turns import Hypothesis, Nlu, Turn
    >>> lost = Turn(turn_id="t", started=0, request="friend door", nlu=Nlu(ranking=(Hypothesis(intent=""),)))
    >>> [signal.evidence for signal in no_response(Session(session_id="s", turns=(lost,)))]
    ['the assistant understood nothing in the request']
    """
    found = []
    for turn in session.turns:
        seen = trouble(turn)
        if seen is not None:
            found.append(
                Signal(
                    turn_id=turn.turn_id,
                    kind="no-response",
                    positive=False,
                    strength=seen.strength,
                    evidence=seen.why,
                )
            )
    return found
