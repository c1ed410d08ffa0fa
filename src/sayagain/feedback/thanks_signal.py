"""Thanks: the user thanks or praises right after an answer."""

from sayagain.feedback.outcome import trouble
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import fading, followed
from sayagain.turns import Session

__all__ = ["thanks"]

THANKS_WINDOW = 30_000
"""Milliseconds after an answer in which thanks refer to it."""
THANKED, PRAISED = 0.6, 0.5
"""Strengths of thanks and of praise. Thanks may be mere politeness and praise irony, so both are weak evidence."""


def thanks(session: Session) -> list[Signal]:
    """Find the turns that the user gave thanks for; after visible trouble, thanks are politeness or irony.

    >>> from sayagain.turns import Turn
    >>> a = Turn(turn_id="a", started=0, request="turn on the lamp")
    >>> b = Turn(turn_id="b", started=4_000, request="Thank you!")
    >>> [signal.evidence for signal in thanks(Session(session_id="s", turns=(a, b)))]
    ['the user said "Thank you!"']
    """
    signals = []
    for turn, next_turn, wait in followed(session, THANKS_WINDOW):
        wording = phrases(next_turn)
        if wording is None or trouble(turn) is not None:
            continue
        text = said(next_turn.heard)
        clarity = THANKED if wording.thanks.search(text) else PRAISED if wording.praise.search(text) else None
        if clarity is not None:
            strength = clarity * fading(wait, THANKS_WINDOW)
            signals.append(Signal.about(turn, "thanks", strength, f'the user said "{next_turn.heard}"', positive=True))
    return signals
