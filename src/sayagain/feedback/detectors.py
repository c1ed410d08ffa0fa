"""Run every detector over a session."""

from sayagain.feedback.abandonment_signal import abandonment
from sayagain.feedback.barge_in_signal import barge_in
from sayagain.feedback.correction_signal import correction
from sayagain.feedback.explicit_signal import explicit
from sayagain.feedback.follow_up_signal import follow_up
from sayagain.feedback.no_response_signal import no_response
from sayagain.feedback.phrase_lists import told_language
from sayagain.feedback.playback_kept_signal import playback_kept
from sayagain.feedback.repeat_signal import repeat
from sayagain.feedback.rephrase_signal import rephrase
from sayagain.feedback.signal import Detector, Signal
from sayagain.feedback.thanks_signal import thanks
from sayagain.feedback.undo_signal import undo
from sayagain.plugins import Registry
from sayagain.turns import Session

__all__ = ["DETECTORS", "detect"]

OWN: tuple[Detector, ...] = (
    no_response,
    barge_in,
    rephrase,
    repeat,
    correction,
    undo,
    abandonment,
    explicit,
    follow_up,
    playback_kept,
    thanks,
)
"""The detectors of the package, one per file."""

DETECTORS: Registry[[Session], list[Signal]] = Registry("sayagain.detectors", OWN, returns=list[Signal])
"""All detectors: those of the package, and those that another package announces or a program registers."""


def detect(session: Session) -> list[Signal]:
    """Return all signals of a session, in order of turns and then of kinds.

    >>> from sayagain.turns import Response, Turn
    >>> lost = Response(type="error", error_code="no_intent_match")
    >>> a = Turn(turn_id="a", started=0, request="turn of the lamb", response=lost)
    >>> b = Turn(turn_id="b", started=6_000, request="turn off the lamp")
    >>> c = Turn(turn_id="c", started=9_000, request="thanks")
    >>> [(signal.turn_id, signal.kind) for signal in detect(Session(session_id="s", turns=(a, b, c)))]
    [('a', 'no-response'), ('a', 'rephrase'), ('b', 'thanks')]
    """
    session = told_language(session)
    place: dict[str, int] = {}
    for number, turn in enumerate(session.turns):
        place.setdefault(turn.turn_id, number)
    signals = [signal for results in DETECTORS.results(session) for signal in results if signal.turn_id in place]
    return sorted(signals, key=lambda signal: (place[signal.turn_id], signal.kind))
