"""Follow-up: the next request builds on the answer."""

from sayagain.feedback.abandonment_signal import abandons
from sayagain.feedback.correction_signal import corrects
from sayagain.feedback.outcome import asks, trouble
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.retries import is_repeat, likeness
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import fading, followed
from sayagain.feedback.undo_signal import undo
from sayagain.turns import Hypothesis, Session, Turn

__all__ = ["follow_up"]

FOLLOW_UP_WINDOW = 45_000
"""Milliseconds after an answer in which a request may build on it."""
SAME_ENTITY = 0.7
"""Strength of another question about the same entity."""
WORDED = 0.4
"""Strength of words that refer to the answer ("and tomorrow", "what about …")."""
SAME_DOMAIN = 0.4
"""Strength of another question in the same domain."""


def follow_up(session: Session) -> list[Signal]:
    """Find the turns whose answer the next request builds on.

    A repeat, rephrase, correction, undo or abandonment of the turn is no follow-up; neither is a reply to a question.

    >>> a = Turn(turn_id="a", started=0, request="what is the weather today")
    >>> b = Turn(turn_id="b", started=4_000, request="and tomorrow")
    >>> [signal.evidence for signal in follow_up(Session(session_id="s", turns=(a, b)))]
    ['the next request builds on it: "and tomorrow"']
    """
    undone_ids = {signal.turn_id for signal in undo(session)}
    signals = []
    for turn, next_turn, wait in followed(session, FOLLOW_UP_WINDOW):
        if turn.turn_id in undone_ids or trouble(turn) is not None or asks(turn) or _rejects_answer(turn, next_turn):
            continue
        clarity = _follow_up_clarity(turn, next_turn)
        if clarity is not None:
            strength = clarity * fading(wait, FOLLOW_UP_WINDOW)
            evidence = f'the next request builds on it: "{next_turn.heard}"'
            signals.append(Signal.about(turn, "follow-up", strength, evidence, positive=True))
    return signals


def _rejects_answer(turn: Turn, next_turn: Turn) -> bool:
    if is_repeat(turn, next_turn) or likeness(turn, next_turn) is not None:
        return True
    return corrects(next_turn) is not None or abandons(next_turn) is not None


def _follow_up_clarity(turn: Turn, next_turn: Turn) -> float | None:
    clarities = [_hypothesis_clarity(turn.hypothesis, next_turn.hypothesis)]
    wording = phrases(next_turn)
    if wording is not None:
        text = said(next_turn.heard)
        if wording.reply.search(text) or wording.thanks.search(text) or wording.praise.search(text):
            return None
        if wording.follows.search(text):
            clarities.append(WORDED)
    return max((clarity for clarity in clarities if clarity is not None), default=None)


def _hypothesis_clarity(hypothesis: Hypothesis | None, next_hypothesis: Hypothesis | None) -> float | None:
    # The same intent restates the request as often as it builds on the answer, so it is no evidence.
    if (
        hypothesis is None
        or next_hypothesis is None
        or hypothesis.empty
        or next_hypothesis.empty
        or hypothesis.intent == next_hypothesis.intent
    ):
        return None
    if {slot for slot in hypothesis.slots if slot.value is not None} & set(next_hypothesis.slots):
        return SAME_ENTITY
    return SAME_DOMAIN if hypothesis.domain is not None and hypothesis.domain == next_hypothesis.domain else None
