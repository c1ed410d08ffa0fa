"""Barge-in: the user speaks, or stops the assistant, before the answer has ended."""

from itertools import pairwise

from sayagain.feedback.outcome import asks, offers, plays
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import answer_length
from sayagain.turns import Session, Turn

__all__ = ["barge_in", "cut_at"]

TOLERANCE = 500
"""Milliseconds before the end of an answer in which speaking is no barge-in: people take turns with a small overlap."""
SOON = 3_000
"""Milliseconds within which the user must speak for a stop of unknown cause to be the user's."""
HEARD_ENOUGH = 8_000
"""Milliseconds of an answer after which a user has heard enough of it to cut in content."""
UNKNOWN_SHARE = 0.5
"""Taken for the share of the answer not heard where nothing tells."""
LEAST = 0.2
"""The strength of a barge-in at the very end of an answer; it grows to 1 at its beginning."""
EXPECTED = 0.5
"""What is left of the strength when cutting in is natural: a list, an offer, a question, media, a long answer."""


def barge_in(session: Session) -> list[Signal]:
    """Find the answers that the user cut short, by the record of it or by the times.

    An assistant that stops by itself, while nobody speaks, is no barge-in. Where it is not known who stopped it, the
    user must have spoken soon after.

    >>> from sayagain.turns import Interruption, Speech, Turn
    >>> long = Speech(started=2_000, duration=4_000)
    >>> cut = Interruption(yes=True, by="user", at=3_000)
    >>> news = Turn(turn_id="t", started=0, request="the news", speech=long, interrupted=cut)
    >>> [signal.strength for signal in barge_in(Session(session_id="s", turns=(news,)))]
    [0.8]
    """
    found = []
    following: list[Turn | None] = [after for _, after in pairwise(session.turns)]
    for turn, after in zip(session.turns, [*following, None], strict=True):
        if not _cut_by_user(turn, after) or _only_listens(after):
            continue
        share, heard = _unheard(turn, after)
        strength = LEAST + (1 - LEAST) * share
        why = f"the user cut the answer short with {share:.0%} of it unheard"
        if offers(turn) or asks(turn) or plays(turn) or (heard is not None and heard >= HEARD_ENOUGH):
            strength *= EXPECTED
            why += ", where cutting in is natural"
        found.append(
            Signal(turn_id=turn.turn_id, kind="barge-in", positive=False, strength=round(strength, 3), evidence=why)
        )
    return found


def cut_at(turn: Turn, after: Turn | None) -> int | None:
    """Return when the answer was cut, in milliseconds, or None when that is not known."""
    if turn.interrupted is not None and turn.interrupted.at is not None:
        return turn.interrupted.at
    known = []
    if turn.speech is not None and turn.speech.ended is not None:
        known.append(turn.speech.ended)
    if after is not None:
        known.append(after.started)
    return min(known, default=None)


def _cut_by_user(turn: Turn, after: Turn | None) -> bool:
    record = turn.interrupted
    if record is not None:
        if not record.yes or record.by in {"assistant", "other"}:
            return False
        if record.by == "user":
            return True
        at = cut_at(turn, None)
        return after is not None and (at is None or after.started - at <= SOON)
    if after is None or turn.speech is None:
        return False
    speech = turn.speech
    planned = None if speech.started is None or speech.duration is None else speech.started + speech.duration
    stopped = speech.ended if speech.ended is not None else planned
    if stopped is not None and turn.started < after.started < stopped - TOLERANCE:
        return True
    early = planned is not None and speech.ended is not None and speech.ended < planned - TOLERANCE
    return early and speech.ended is not None and after.started - speech.ended <= SOON


def _only_listens(after: Turn | None) -> bool:
    wording = phrases(after) if after is not None else None
    return after is not None and wording is not None and wording.backchannel.search(said(after.heard)) is not None


def _unheard(turn: Turn, after: Turn | None) -> tuple[float, int | None]:
    """Return the share of the answer not heard, and the milliseconds heard where known."""
    at, length = cut_at(turn, after), answer_length(turn)
    began = turn.speech.started if turn.speech is not None else None
    if at is None or began is None:
        return UNKNOWN_SHARE, None
    heard = max(0, at - began)
    if not length:
        return UNKNOWN_SHARE, heard
    return max(0.0, 1 - heard / length), heard
