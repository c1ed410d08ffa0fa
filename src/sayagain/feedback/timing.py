"""When turns end, how long the user waited, and which turns follow each other closely."""

from collections.abc import Iterator
from itertools import pairwise

from sayagain.turns import Session, Turn

__all__ = ["answer_length", "ended", "fading", "followed", "gap"]

SPOKEN_CHARACTER = 70
"""Milliseconds that a synthetic voice needs for one character of an answer (about 14 characters a second)."""


def ended(turn: Turn) -> int:
    """Return when the turn was over: the last thing known to have happened in it, in milliseconds.

    >>> ended(Turn(turn_id="t", started=1_000, request="lamp on", ended=2_500))
    2500
    """
    speech, cut = turn.speech, turn.interrupted
    known = [turn.started]
    if turn.ended is not None:
        known.append(turn.ended)
    if speech is not None:
        if speech.started is not None:
            known.append(speech.started)
        if speech.ended is not None:
            known.append(speech.ended)
        elif speech.started is not None and speech.duration is not None and (cut is None or not cut.yes):
            known.append(speech.started + speech.duration)
    if cut is not None and cut.at is not None:
        known.append(cut.at)
    return max(known)


def gap(before: Turn, after: Turn) -> int:
    """Return the silence between two turns in milliseconds; 0 where the second began within the first.

    Where the log has no times of the spoken answer, the answer is part of the silence.
    """
    return max(0, after.started - ended(before))


def followed(session: Session, within: int) -> Iterator[tuple[Turn, Turn, int]]:
    """Yield each turn with the next one and the gap between them, where that is at most `within` milliseconds."""
    for before, after in pairwise(session.turns):
        wait = gap(before, after)
        if wait <= within:
            yield before, after, wait


def fading(wait: int, within: int) -> float:
    """Return how much a wait weakens what it stands before: 1 at no wait, a half at the end of the window.

    >>> fading(10_000, 20_000)
    0.75
    """
    return 1 - wait / (2 * max(within, 1))


def answer_length(turn: Turn) -> int | None:
    """Return how long the whole answer lasts when spoken, in milliseconds, guessed from its text if need be."""
    if turn.speech is not None and turn.speech.duration is not None:
        return turn.speech.duration
    if turn.response is not None and turn.response.text:
        return len(turn.response.text) * SPOKEN_CHARACTER
    return None
