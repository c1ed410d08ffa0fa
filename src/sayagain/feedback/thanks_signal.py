"""Thanks: the user thanks or praises right after an answer."""

from sayagain.feedback.outcome import trouble
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import fading, followed
from sayagain.turns import Session

__all__ = ["thanks"]

THANKS_WINDOW = 30_000
"""Milliseconds after an answer in which thanks are for it."""
THANKED, PRAISED = 0.6, 0.5
"""Thanks are often mere manners, praise at times irony; neither is more than a hint."""


def thanks(session: Session) -> list[Signal]:
    """Find the turns for which the user thanked; after visible trouble thanks are manners or irony and do not count.

    >>> from sayagain.turns import Turn
    >>> a = Turn(turn_id="a", started=0, request="turn on the lamp")
    >>> b = Turn(turn_id="b", started=4_000, request="Thank you!")
    >>> [signal.evidence for signal in thanks(Session(session_id="s", turns=(a, b)))]
    ['the user said "Thank you!"']
    """
    found = []
    for before, after, wait in followed(session, THANKS_WINDOW):
        wording = phrases(after)
        if wording is None or trouble(before) is not None:
            continue
        text = said(after.heard)
        strength = THANKED if wording.thanks.search(text) else PRAISED if wording.praise.search(text) else None
        if strength is not None:
            found.append(
                Signal(
                    turn_id=before.turn_id,
                    kind="thanks",
                    positive=True,
                    strength=round(strength * fading(wait, THANKS_WINDOW), 3),
                    evidence=f'the user said "{after.heard}"',
                )
            )
    return found
