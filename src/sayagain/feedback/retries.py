"""Saying it again: which later turns may be another try, in the same words or in others, and how telling that is."""

from collections.abc import Iterator

from sayagain.feedback.abandonment_signal import abandons
from sayagain.feedback.correction_signal import corrects
from sayagain.feedback.outcome import trouble, worked
from sayagain.feedback.phrase_lists import phrases, said
from sayagain.feedback.timing import fading, gap
from sayagain.text import (
    content_overlap,
    identifier_words,
    letter_similarity,
    normalise,
    sound_key,
    sound_similarity,
    words,
)
from sayagain.turns import Hypothesis, Session, SlotValue, Turn

__all__ = [
    "AGAIN_WINDOW",
    "conviction",
    "is_repeat",
    "later_tries",
    "likeness",
    "repeatable",
    "sounds_misheard",
    "troubled",
]

AGAIN_WINDOW = 60_000
"""Milliseconds after a turn in which saying it again tells about it: the 45 s at which Ponnusamy et al. 2020 cut goals,
and a spoken answer, which many logs do not time."""
REACH = 3
"""How many turns ahead another try may stand, past turns that failed or gave up."""
SAME_SOUND_LETTERS = 0.6
"""Texts that sound the same are the same words misheard when their letters are at least this alike."""
ALIKE = 0.4
"""After visible trouble, a turn at least this like the one before is another try."""
MISHEARD, MISHEARD_WORDS = 0.7, 0.4
"""With no visible trouble, another try must sound at least this much like the first, as a whole and in the words that
differ: in DSTC2 calls half of such pairs begin with a misread turn, while either alone tells nothing."""
MISHEARD_SLOT = 0.5
"""So must, by sound and by letters, every changed slot of an otherwise equal hypothesis."""
AFTER_TROUBLE, AFTER_UNKNOWN, AFTER_SUCCESS = 1.0, 0.5, 0.3
"""What is left of the strength by what the first turn shows of its own outcome."""
AGAIN_IN_VAIN = 0.8
"""What is left of it when the other try failed too."""

# fmt: off
_REPEATABLE = frozenset({"next", "previous", "skip", "raise", "lower", "increase", "decrease", "up", "down", "step",
                         "relative", "repeat", "again", "brighten", "dim", "affirm", "deny", "negate", "thankyou",
                         "hello", "goodbye", "bye"})
# fmt: on


def later_tries(session: Session, window: int) -> Iterator[tuple[Turn, list[tuple[Turn, int]]]]:
    """Yield each turn with the later ones that may be another try at it, and their gaps in milliseconds.

    The next turn may be one; a turn after it only when all between them failed or gave up.
    """
    for place, source in enumerate(session.turns):
        found: list[tuple[Turn, int]] = []
        for target in session.turns[place + 1 : place + 1 + REACH]:
            wait = gap(source, target)
            if wait > window:
                break
            found.append((target, wait))
            if trouble(target) is None and not abandons(target):
                break
        if found:
            yield source, found


def is_repeat(source: Turn, target: Turn) -> bool:
    """Return whether the target is the source in the same words, spelt alike or heard alike."""
    a, b = normalise(source.heard), normalise(target.heard)
    if not a or not b:
        return False
    return a == b or (sound_key(a) == sound_key(b) and letter_similarity(a, b) >= SAME_SOUND_LETTERS)


def likeness(source: Turn, target: Turn) -> float | None:
    """Return how much the target is the source in other words, in [0, 1], or None when it is not that.

    After visible trouble the words shared, the letters and the sound tell. Without it, only the words that differ do:
    they must sound like each other ("maj and" for "imagine"), since other things in the same frame are other wishes.
    So must they where the request was understood and not done, unless words were only added or only left out.
    """
    a, b = normalise(source.heard), normalise(target.heard)
    if not a or not b or is_repeat(source, target) or corrects(target) or abandons(target):
        return None
    if troubled(source) and (source.trouble not in ("not found", "not done") or not _replaces(a, b)):
        wording = phrases(target)
        common = wording.common if wording is not None else ()
        shared = content_overlap(said(source.heard), said(target.heard), common=common)
        alike = max(shared, letter_similarity(a, b), sound_similarity(a, b))
        return alike if alike >= ALIKE else None
    if repeatable(source) or repeatable(target):
        return None
    return sounds_misheard(a, b) or _misheard_slots(source.reading, target.reading)


def troubled(turn: Turn) -> bool:
    """Return whether the turn shows that it failed, or the user cut its answer short."""
    cut = turn.interrupted
    return trouble(turn) is not None or (cut is not None and cut.yes and cut.by == "user")


def repeatable(turn: Turn) -> bool:
    """Return whether people say this again when it went well: a step, a draw, a bare reply.

    >>> repeatable(Turn(turn_id="t", started=0, request="a bit louder"))
    True
    """
    if turn.reading is not None and _REPEATABLE & set(identifier_words(turn.reading.intent)):
        return True
    wording = phrases(turn)
    text = said(turn.heard)
    return wording is not None and bool(wording.repeatable.search(text) or wording.reply.search(text))


def conviction(source: Turn, target: Turn, wait: int, window: int) -> float:
    """Return how telling another try is, in [0, 1], by the gap and by what both turns show of their outcomes."""
    if troubled(source):
        telling = AFTER_TROUBLE
    elif worked(source):
        telling = AFTER_SUCCESS
    else:
        telling = AFTER_UNKNOWN
    in_vain = AGAIN_IN_VAIN if trouble(target) is not None else 1.0
    return telling * in_vain * fading(wait, window)


def sounds_misheard(a: str, b: str) -> float | None:
    """Return how alike the two sound if one may be the other misheard; a changed number is another wish.

    >>> sounds_misheard("lock the front door", "lock the back door") is None
    True
    """
    if any(character.isdigit() for character in a + b):
        return None
    first, second = words(a), words(b)
    left, right = _only(first, second), _only(second, first)
    if not left or not right or sound_similarity(" ".join(left), " ".join(right)) < MISHEARD_WORDS:
        return None
    alike = sound_similarity(a, b)
    return alike if alike >= MISHEARD else None


def _replaces(a: str, b: str) -> bool:
    first, second = words(a), words(b)
    return bool(_only(first, second)) and bool(_only(second, first))


def _only(these: tuple[str, ...], those: tuple[str, ...]) -> list[str]:
    return [word for word in these if word not in those]


def _misheard_slots(a: Hypothesis | None, b: Hypothesis | None) -> float | None:
    """Return how alike the changed slot values are if both hypotheses have the same intent and slots."""
    if a is None or b is None or a.empty or b.empty or a.intent != b.intent:
        return None
    first = {slot.name: slot.value for slot in a.slots}
    second = {slot.name: slot.value for slot in b.slots}
    if first.keys() != second.keys():
        return None
    likes = [_value_likeness(first[name], second[name]) for name in sorted(first) if first[name] != second[name]]
    alike = min(likes, default=0.0)
    return alike if alike >= MISHEARD_SLOT else None


def _value_likeness(x: SlotValue, y: SlotValue) -> float:
    if not isinstance(x, str) or not isinstance(y, str):
        return 0.0
    return min(sound_similarity(x, y), letter_similarity(x, y))
