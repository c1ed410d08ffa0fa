"""Timing of turns: their ends, the gaps between them, and pairs of turns with a short gap."""

from collections.abc import Iterator
from itertools import pairwise

from sayagain.turns import Session, Turn

__all__ = ["answer_length", "ended", "fading", "followed", "gap"]

SPOKEN_CHARACTER = 70
"""Milliseconds that a synthetic voice needs for one character of an answer (about 14 characters a second)."""


def ended(turn: Turn) -> int:
    """Return the end of a turn: the time of the last known event in it, in milliseconds.

    >>> ended(Turn(turn_id="t", started=1_000, request="lamp on", ended=2_500))
    2500
    """
    speech, cut = turn.speech, turn.interrupted
    times = [turn.started]
    if turn.ended is not None:
        times.append(turn.ended)
    if speech is not None:
        if speech.started is not None:
            times.append(speech.started)
        if speech.ended is not None:
            times.append(speech.ended)
        elif speech.started is not None and speech.duration is not None and (cut is None or not cut.yes):
            times.append(speech.started + speech.duration)
    if cut is not None and cut.at is not None:
        times.append(cut.at)
    return max(times)


def gap(before: Turn, after: Turn) -> int:
    """Return the silence between two turns in milliseconds; 0 if the second began within the first.

    If the log does not time the spoken answer, the answer is part of the silence.
    """
    return max(0, after.started - ended(before))


def followed(session: Session, within: int) -> Iterator[tuple[Turn, Turn, int]]:
    """Yield each turn with the next one and their gap, if the gap is at most `within` milliseconds."""
    for turn, next_turn in pairwise(session.turns):
        wait = gap(turn, next_turn)
        if wait <= within:
            yield turn, next_turn, wait


def fading(wait: int, within: int) -> float:
    """Return the factor by which a gap weakens a signal: 1 without a gap, 0.5 at the end of the window.

    >>> fading(10_000, 20_000)
    0.75
    """
    return 1 - wait / (2 * max(within, 1))


def answer_length(turn: Turn) -> int | None:
    """Return the duration of the whole spoken answer in milliseconds, estimated from its text if not logged."""
    if turn.speech is not None and turn.speech.duration is not None:
        return turn.speech.duration
    if turn.response is not None and turn.response.text:
        return len(turn.response.text) * SPOKEN_CHARACTER
    return None
