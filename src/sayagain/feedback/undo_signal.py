"""Undo: the user takes back at once what was done: on, then off; lock, then unlock; add, then remove."""

from sayagain.feedback.outcome import trouble
from sayagain.feedback.phrase_lists import Phrases, phrases, phrases_of, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import fading, followed
from sayagain.languages import DEFAULT, language_pack, spoken_words
from sayagain.text import identifier_words, words
from sayagain.turns import Hypothesis, Session, SlotValue, Turn

__all__ = ["undo"]

UNDO_WINDOW = 20_000
"""Milliseconds after a turn in which doing the opposite takes it back."""
SAME_TARGET = 0.9
"""The hypotheses are opposites and name the same target."""
UNNAMED_TARGET = 0.6
"""The hypotheses are opposites and the second names no target."""
SAME_WORDS = 0.7
"""There are no hypotheses; the words are opposites and otherwise the same."""
ASKED = 0.9
"""The user asks for it ("undo that")."""
STEP = 0.6
"""What is left where the opposites are steps: down after up may only be a step too far."""


def undo(session: Session) -> list[Signal]:
    """Find the turns whose action the next turn reverses on the same target, by the hypotheses or else by the words.

    A turn that visibly failed did nothing that could be taken back.

    >>> a = Turn(turn_id="a", started=0, request="turn on the lamp")
    >>> b = Turn(turn_id="b", started=5_000, request="turn off the lamp")
    >>> [signal.evidence for signal in undo(Session(session_id="s", turns=(a, b)))]
    ['taken back 5 s later: "turn off the lamp"']
    """
    found = []
    for before, after, wait in followed(session, UNDO_WINDOW):
        clarity = None if trouble(before) is not None else _clarity(before, after)
        if clarity is not None:
            found.append(
                Signal(
                    turn_id=before.turn_id,
                    kind="undo",
                    positive=False,
                    strength=round(clarity * fading(wait, UNDO_WINDOW), 3),
                    evidence=f'taken back {wait / 1000:.0f} s later: "{after.heard}"',
                )
            )
    return found


def _clarity(before: Turn, after: Turn) -> float | None:
    wording = phrases(after)
    if wording is not None and wording.undo.search(said(after.heard)):
        return ASKED
    first, second = before.reading, after.reading
    # Programs are named in English whatever language they understand.
    names = phrases_of(DEFAULT)
    if names is not None and first is not None and second is not None and not first.empty and not second.empty:
        return _by_hypotheses(before, after, first, second, names)
    return None if wording is None else _by_words(before, after, wording)


def _by_hypotheses(before: Turn, after: Turn, first: Hypothesis, second: Hypothesis, names: Phrases) -> float | None:
    left, right = _slots(first), _slots(second)
    if first.intent == second.intent:
        changed = [name for name in sorted(left.keys() | right.keys()) if left.get(name) != right.get(name)]
        if len(changed) != 1:
            return None
        a, b = (words(str(slots.get(changed[0], ""))) for slots in (left, right))
        pair = _opposed(a, b, names)
        return None if pair is None else SAME_TARGET * _stepping(pair, names)
    pair = _opposed(identifier_words(first.intent), identifier_words(second.intent), names)
    if pair is None:
        return None
    weight = _stepping(pair, names)
    if left == right or _targets(before) & _targets(after):
        return SAME_TARGET * weight
    if right.items() <= left.items():
        return UNNAMED_TARGET * weight
    return None


def _by_words(before: Turn, after: Turn, wording: Phrases) -> float | None:
    """Compare the words that carry meaning, the opposites among them; "it" stands for all of the first."""
    # What is taken back is what was done, and a rewrite may have changed that.
    pack = language_pack(wording.code)
    first, second = (spoken_words(text, pack) for text in (before.request, after.heard))
    for one, other in wording.opposites:
        for here, there in ((one, other), (other, one)):
            if here not in first or there not in second or here in second or there in first:
                continue
            left = {word for word in first if word not in wording.common and word != here}
            right = {word for word in second if word not in wording.common and word != there}
            if not right <= left:
                continue
            # A bare "stop" or "turn off" names nothing; a verb beside a preposition ("turn" of "turn on") is no name.
            named = left == right or len(right) > (here in wording.common) or wording.pronouns & set(second)
            return (SAME_WORDS if named else UNNAMED_TARGET) * _stepping((here, there), wording)
    return None


def _opposed(a: tuple[str, ...], b: tuple[str, ...], wording: Phrases) -> tuple[str, str] | None:
    """Return the pair of opposites that tells the two apart; the second has no other word of its own.

    The first may be the longer name, as in `MediaSearchAndPlay` and `MediaPause`, if they share a word.
    """
    only_a = [word for word in a if word not in b]
    only_b = [word for word in b if word not in a]
    if len(only_b) != 1 or (len(only_a) != 1 and len(b) == 1):
        return None
    for word in only_a:
        pair = (word, only_b[0])
        if pair in wording.opposites or pair[::-1] in wording.opposites:
            return pair
    return None


def _stepping(pair: tuple[str, str], wording: Phrases) -> float:
    return STEP if pair[0] in wording.steps else 1.0


def _slots(hypothesis: Hypothesis) -> dict[str, SlotValue]:
    return {slot.name: slot.value for slot in hypothesis.slots}


def _targets(turn: Turn) -> set[str]:
    """Return the ids of the things that the turn acted upon or resolved."""
    acted = {action.target for action in turn.actions if action.ok}
    return acted | {found.id for found in turn.resolution if found.id is not None}
