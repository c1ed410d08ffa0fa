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
"""It asks another thing about the same entity."""
WORDED = 0.4
"""Its words lean on the answer ("and tomorrow", "what about …")."""
SAME_DOMAIN = 0.4
"""It asks another thing in the same domain."""


def follow_up(session: Session) -> list[Signal]:
    """Find the turns on whose answers the next request builds.

    What says the turn again, corrects it, takes it back or gives up is none; neither is the answer to a question.

    >>> a = Turn(turn_id="a", started=0, request="what is the weather today")
    >>> b = Turn(turn_id="b", started=4_000, request="and tomorrow")
    >>> [signal.evidence for signal in follow_up(Session(session_id="s", turns=(a, b)))]
    ['the next request builds on it: "and tomorrow"']
    """
    undone = {signal.turn_id for signal in undo(session)}
    found = []
    for before, after, wait in followed(session, FOLLOW_UP_WINDOW):
        if before.turn_id in undone or trouble(before) is not None or asks(before) or _turns_away(before, after):
            continue
        clarity = _builds(before, after)
        if clarity is not None:
            found.append(
                Signal(
                    turn_id=before.turn_id,
                    kind="follow-up",
                    positive=True,
                    strength=round(clarity * fading(wait, FOLLOW_UP_WINDOW), 3),
                    evidence=f'the next request builds on it: "{after.heard}"',
                )
            )
    return found


def _turns_away(before: Turn, after: Turn) -> bool:
    if is_repeat(before, after) or likeness(before, after) is not None:
        return True
    return corrects(after) is not None or abandons(after) is not None


def _builds(before: Turn, after: Turn) -> float | None:
    found = [_by_hypotheses(before.reading, after.reading)]
    wording = phrases(after)
    if wording is not None:
        text = said(after.heard)
        if wording.reply.search(text) or wording.thanks.search(text) or wording.praise.search(text):
            return None
        if wording.follows.search(text):
            found.append(WORDED)
    return max((clarity for clarity in found if clarity is not None), default=None)


def _by_hypotheses(first: Hypothesis | None, second: Hypothesis | None) -> float | None:
    # The same intent again states a wish anew as often as it builds on the answer, so it tells nothing.
    if first is None or second is None or first.empty or second.empty or first.intent == second.intent:
        return None
    if {slot for slot in first.slots if slot.value is not None} & set(second.slots):
        return SAME_ENTITY
    return SAME_DOMAIN if first.domain is not None and first.domain == second.domain else None
