"""Undo: the user at once reverses what was done: on, then off; lock, then unlock; add, then remove."""

from sayagain.feedback.outcome import trouble
from sayagain.feedback.phrase_lists import Phrases, phrases, phrases_of, said
from sayagain.feedback.signal import Signal
from sayagain.feedback.timing import fading, followed
from sayagain.languages import DEFAULT, language_pack, spoken_words
from sayagain.text import identifier_words, words
from sayagain.turns import Hypothesis, Session, SlotValue, Turn

__all__ = ["undo"]

UNDO_WINDOW = 20_000
"""Milliseconds after a turn in which the opposite request reverses it."""
SAME_TARGET = 0.9
"""Strength of opposite hypotheses with the same target."""
UNNAMED_TARGET = 0.6
"""Strength of opposite hypotheses of which the second names no target."""
SAME_WORDS = 0.7
"""Strength of opposite words that are otherwise the same, without hypotheses."""
ASKED = 0.9
"""Strength of an explicit request ("undo that")."""
STEP = 0.6
"""Factor where the opposites are steps: down after up may only adjust by one step."""


def undo(session: Session) -> list[Signal]:
    """Find the turns whose action the next turn reverses on the same target, by hypotheses or otherwise by words.

    A turn that visibly failed did nothing that could be reversed.

    >>> a = Turn(turn_id="a", started=0, request="turn on the lamp")
    >>> b = Turn(turn_id="b", started=5_000, request="turn off the lamp")
    >>> [signal.evidence for signal in undo(Session(session_id="s", turns=(a, b)))]
    ['taken back 5 s later: "turn off the lamp"']
    """
    signals = []
    for turn, next_turn, wait in followed(session, UNDO_WINDOW):
        clarity = None if trouble(turn) is not None else _undo_clarity(turn, next_turn)
        if clarity is not None:
            evidence = f'taken back {wait / 1000:.0f} s later: "{next_turn.heard}"'
            signals.append(Signal.about(turn, "undo", clarity * fading(wait, UNDO_WINDOW), evidence))
    return signals


def _undo_clarity(turn: Turn, next_turn: Turn) -> float | None:
    wording = phrases(next_turn)
    if wording is not None and wording.undo.search(said(next_turn.heard)):
        return ASKED
    hypothesis, next_hypothesis = turn.hypothesis, next_turn.hypothesis
    # Intent names are English whatever the language of the requests.
    names = phrases_of(DEFAULT)
    if (
        names is not None
        and hypothesis is not None
        and next_hypothesis is not None
        and not hypothesis.empty
        and not next_hypothesis.empty
    ):
        return _hypothesis_clarity(turn, next_turn, hypothesis, next_hypothesis, names)
    return None if wording is None else _wording_clarity(turn, next_turn, wording)


def _hypothesis_clarity(
    turn: Turn, next_turn: Turn, hypothesis: Hypothesis, next_hypothesis: Hypothesis, names: Phrases
) -> float | None:
    turn_slots, next_slots = _slots(hypothesis), _slots(next_hypothesis)
    if hypothesis.intent == next_hypothesis.intent:
        changed_names = [
            name
            for name in sorted(turn_slots.keys() | next_slots.keys())
            if turn_slots.get(name) != next_slots.get(name)
        ]
        if len(changed_names) != 1:
            return None
        a, b = (words(str(slots.get(changed_names[0], ""))) for slots in (turn_slots, next_slots))
        pair = _opposite_pair(a, b, names)
        return None if pair is None else SAME_TARGET * _step_factor(pair, names)
    pair = _opposite_pair(identifier_words(hypothesis.intent), identifier_words(next_hypothesis.intent), names)
    if pair is None:
        return None
    weight = _step_factor(pair, names)
    if turn_slots == next_slots or _targets(turn) & _targets(next_turn):
        return SAME_TARGET * weight
    if next_slots.items() <= turn_slots.items():
        return UNNAMED_TARGET * weight
    return None


def _wording_clarity(turn: Turn, next_turn: Turn, wording: Phrases) -> float | None:
    """Compare the content words, the opposites among them; a pronoun stands for the target of the first turn."""
    # The user reverses what was done, and a rewrite may have changed that: compare with the request acted on.
    pack = language_pack(wording.code)
    turn_words, next_words = (spoken_words(text, pack) for text in (turn.request, next_turn.heard))
    for opposite_a, opposite_b in wording.opposites:
        for turn_word, next_word in ((opposite_a, opposite_b), (opposite_b, opposite_a)):
            if (
                turn_word not in turn_words
                or next_word not in next_words
                or turn_word in next_words
                or next_word in turn_words
            ):
                continue
            content = {word for word in turn_words if word not in wording.common and word != turn_word}
            next_content = {word for word in next_words if word not in wording.common and word != next_word}
            if not next_content <= content:
                continue
            # A bare "stop" or "turn off" names no target, nor does a verb beside a preposition ("turn" of "turn on").
            target_named = (
                content == next_content
                or len(next_content) > (turn_word in wording.common)
                or wording.pronouns & set(next_words)
            )
            return (SAME_WORDS if target_named else UNNAMED_TARGET) * _step_factor((turn_word, next_word), wording)
    return None


def _opposite_pair(a: tuple[str, ...], b: tuple[str, ...], wording: Phrases) -> tuple[str, str] | None:
    """Return the pair of opposites in which two names differ; the second name has no other unshared word.

    The first may be the longer name, as in `MediaSearchAndPlay` and `MediaPause`, if they share a word.
    """
    unshared_a = [word for word in a if word not in b]
    unshared_b = [word for word in b if word not in a]
    if len(unshared_b) != 1 or (len(unshared_a) != 1 and len(b) == 1):
        return None
    for word in unshared_a:
        pair = (word, unshared_b[0])
        if pair in wording.opposites or pair[::-1] in wording.opposites:
            return pair
    return None


def _step_factor(pair: tuple[str, str], wording: Phrases) -> float:
    return STEP if pair[0] in wording.steps else 1.0


def _slots(hypothesis: Hypothesis) -> dict[str, SlotValue]:
    return {slot.name: slot.value for slot in hypothesis.slots}


def _targets(turn: Turn) -> set[str]:
    """Return the ids of the entities that the turn acted on or resolved."""
    acted = {action.target for action in turn.actions if action.ok}
    return acted | {resolution.id for resolution in turn.resolution if resolution.id is not None}
