"""Correction: the user states what was wrong, or what was meant."""

from sayagain.feedback.outcome import asks
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import fading, followed
from sayagain.turns import Session, Turn

__all__ = ["correction", "corrects"]

CORRECTION_WINDOW = 45_000
"""Milliseconds after a turn in which a correction refers to it."""
PLAIN = 0.9
"""Strength of unambiguous words ("I meant the kitchen", "that's wrong")."""
CONTRADICTION = 0.6
"""Strength of a "no" with more words behind it ("no the kitchen one")."""
ANSWERING = 0.5
"""Factor on a contradiction that may be the answer to a question."""
REPORTED, REPORTED_WITHOUT_WORDS = 1.0, 0.8
"""Strength of an explicitly reported correction, with words and without."""


def correction(session: Session) -> list[Signal]:
    """Find the turns that the next turn corrects, and those with a reported correction.

    >>> a = Turn(turn_id="a", started=0, request="turn on the light")
    >>> b = Turn(turn_id="b", started=4_000, request="no, I meant the kitchen light")
    >>> [signal.evidence for signal in correction(Session(session_id="s", turns=(a, b)))]
    ['the user corrected it: "no, I meant the kitchen light"']
    """
    signals = []
    for turn in session.turns:
        for report in turn.feedback:
            if report.kind == "correction":
                strength = REPORTED if report.text else REPORTED_WITHOUT_WORDS
                words = f': "{report.text}"' if report.text else ""
                signals.append(Signal.about(turn, "correction", strength, f"the user reported a correction{words}"))
    for corrected_turn, next_turn, wait in followed(session, CORRECTION_WINDOW):
        clarity = corrects(next_turn)
        if clarity is None:
            continue
        if clarity == CONTRADICTION and asks(corrected_turn):
            clarity *= ANSWERING
        strength = clarity * fading(wait, CORRECTION_WINDOW)
        signals.append(
            Signal.about(corrected_turn, "correction", strength, f'the user corrected it: "{next_turn.heard}"')
        )
    return signals


def corrects(turn: Turn) -> float | None:
    """Return how clearly the words of a turn correct the previous turn, or None if they do not.

    >>> corrects(Turn(turn_id="t", started=0, request="no thank you")) is None
    True
    """
    wording = phrases(turn)
    if wording is None:
        return None
    text = said(turn.heard)
    if wording.corrects.search(text):
        return PLAIN
    if wording.contradicts.search(text) and not wording.no_correction.search(text) and not wording.reply.search(text):
        return CONTRADICTION
    return None
