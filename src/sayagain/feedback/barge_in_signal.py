"""Barge-in: the user speaks, or stops the assistant, before the answer has ended."""

from itertools import pairwise

from sayagain.feedback.outcome import asks, offers, plays
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import answer_length
from sayagain.turns import Session, Turn

__all__ = ["barge_in", "cut_at"]

TOLERANCE = 500
"""Milliseconds before the end of an answer in which speech is no barge-in: turn-taking has a small overlap."""
SOON = 3_000
"""Milliseconds within which the user must speak after a stop of unknown cause, for it to be a barge-in."""
HEARD_ENOUGH = 8_000
"""Milliseconds of an answer after which a satisfied user may cut in."""
UNKNOWN_SHARE = 0.5
"""Assumed unheard share of the answer where the log does not tell."""
LEAST = 0.2
"""Strength of a barge-in at the very end of an answer; it grows to 1 towards the beginning."""
EXPECTED = 0.5
"""Factor on the strength where cutting in is natural: a list, an offer, a question, media, a long answer."""


def barge_in(session: Session) -> list[Signal]:
    """Find the answers that the user cut short, by the logged interruption or by the times.

    An assistant that stops by itself is no barge-in. Where the log does not tell who stopped it, the user must have
    spoken soon after.

    >>> from sayagain.turns import Interruption, Speech, Turn
    >>> long = Speech(started=2_000, duration=4_000)
    >>> cut = Interruption(yes=True, by="user", at=3_000)
    >>> news = Turn(turn_id="t", started=0, request="the news", speech=long, interrupted=cut)
    >>> [signal.strength for signal in barge_in(Session(session_id="s", turns=(news,)))]
    [0.8]
    """
    signals = []
    next_turns: list[Turn | None] = [next_turn for _, next_turn in pairwise(session.turns)]
    for turn, next_turn in zip(session.turns, [*next_turns, None], strict=True):
        if not _cut_by_user(turn, next_turn) or _only_listens(next_turn):
            continue
        unheard_share, heard_time = _unheard_part(turn, next_turn)
        strength = LEAST + (1 - LEAST) * unheard_share
        evidence = f"the user cut the answer short with {unheard_share:.0%} of it unheard"
        if offers(turn) or asks(turn) or plays(turn) or (heard_time is not None and heard_time >= HEARD_ENOUGH):
            strength *= EXPECTED
            evidence += ", where cutting in is natural"
        signals.append(Signal.about(turn, "barge-in", strength, evidence))
    return signals


def cut_at(turn: Turn, after: Turn | None) -> int | None:
    """Return the time at which the answer was cut, in milliseconds, or None if it is not known."""
    if turn.interrupted is not None and turn.interrupted.at is not None:
        return turn.interrupted.at
    times = []
    if turn.speech is not None and turn.speech.ended is not None:
        times.append(turn.speech.ended)
    if after is not None:
        times.append(after.started)
    return min(times, default=None)


def _cut_by_user(turn: Turn, next_turn: Turn | None) -> bool:
    record = turn.interrupted
    if record is not None:
        if not record.yes or record.by in {"assistant", "other"}:
            return False
        if record.by == "user":
            return True
        cut_time = cut_at(turn, None)
        return next_turn is not None and (cut_time is None or next_turn.started - cut_time <= SOON)
    if next_turn is None or turn.speech is None:
        return False
    speech = turn.speech
    planned_end = None if speech.started is None or speech.duration is None else speech.started + speech.duration
    speech_end = speech.ended if speech.ended is not None else planned_end
    if speech_end is not None and turn.started < next_turn.started < speech_end - TOLERANCE:
        return True
    stopped_early = planned_end is not None and speech.ended is not None and speech.ended < planned_end - TOLERANCE
    return stopped_early and speech.ended is not None and next_turn.started - speech.ended <= SOON


def _only_listens(next_turn: Turn | None) -> bool:
    wording = phrases(next_turn) if next_turn is not None else None
    return (
        next_turn is not None and wording is not None and wording.backchannel.search(said(next_turn.heard)) is not None
    )


def _unheard_part(turn: Turn, next_turn: Turn | None) -> tuple[float, int | None]:
    """Return the unheard share of the answer, and the milliseconds heard where known."""
    cut_time, answer_time = cut_at(turn, next_turn), answer_length(turn)
    speech_start = turn.speech.started if turn.speech is not None else None
    if cut_time is None or speech_start is None:
        return UNKNOWN_SHARE, None
    heard_time = max(0, cut_time - speech_start)
    if not answer_time:
        return UNKNOWN_SHARE, heard_time
    return max(0.0, 1 - heard_time / answer_time), heard_time
