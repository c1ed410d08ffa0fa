"""Retries: later turns that may repeat or rephrase a request, and their strength as evidence."""

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
"""Milliseconds after a turn in which a retry is evidence: the 45 s at which Ponnusamy et al. 2020 cut goals, plus a
spoken answer, which many logs do not time."""
REACH = 3
"""Most turns ahead at which a retry may stand; all turns between must have failed or given up."""
SAME_SOUND_LETTERS = 0.6
"""Least letter similarity at which texts with equal sound keys count as the same words."""
ALIKE = 0.4
"""Least similarity of a retry after visible trouble."""
MISHEARD, MISHEARD_WORDS = 0.7, 0.4
"""Least sound similarity of a retry without visible trouble, as a whole and in the words that differ. In DSTC2 calls,
half of the pairs that reach both begin with a misunderstood turn; one threshold alone gives no evidence."""
MISHEARD_SLOT = 0.5
"""Least similarity, by sound and by letters, of every changed slot of an otherwise equal hypothesis."""
AFTER_TROUBLE, AFTER_UNKNOWN, AFTER_SUCCESS = 1.0, 0.5, 0.3
"""Factors on the strength by the outcome that the first turn shows."""
AGAIN_IN_VAIN = 0.8
"""Factor on the strength if the retry failed too."""

# fmt: off
_REPEATABLE = frozenset({"next", "previous", "skip", "raise", "lower", "increase", "decrease", "up", "down", "step",
                         "relative", "repeat", "again", "brighten", "dim", "affirm", "deny", "negate", "thankyou",
                         "hello", "goodbye", "bye"})
# fmt: on


def later_tries(session: Session, window: int) -> Iterator[tuple[Turn, list[tuple[Turn, int]]]]:
    """Yield each turn with the later turns that may be its retries, and their gaps in milliseconds.

    The next turn may be a retry; a later one only if all turns between failed or gave up.
    """
    for place, source in enumerate(session.turns):
        tries: list[tuple[Turn, int]] = []
        for target in session.turns[place + 1 : place + 1 + REACH]:
            wait = gap(source, target)
            if wait > window:
                break
            tries.append((target, wait))
            if trouble(target) is None and not abandons(target):
                break
        if tries:
            yield source, tries


def is_repeat(source: Turn, target: Turn) -> bool:
    """Return whether the target has the words of the source, by spelling or by sound."""
    a, b = normalise(source.heard), normalise(target.heard)
    if not a or not b:
        return False
    return a == b or (sound_key(a) == sound_key(b) and letter_similarity(a, b) >= SAME_SOUND_LETTERS)


def likeness(source: Turn, target: Turn) -> float | None:
    """Return the similarity of a rephrase to its source, in [0, 1], or None if the target is no rephrase.

    After visible trouble it is the greatest of word overlap, letter and sound similarity. Without trouble, the words
    that differ must sound alike ("maj and" for "imagine"), because other values in the same sentence are another
    request. The same holds where the request was understood and not done, unless words were only added or only removed.
    """
    a, b = normalise(source.heard), normalise(target.heard)
    if not a or not b or is_repeat(source, target) or corrects(target) or abandons(target):
        return None
    if troubled(source) and (source.trouble not in ("not found", "not done") or not _replaces_words(a, b)):
        wording = phrases(target)
        common = wording.common if wording is not None else ()
        overlap = content_overlap(said(source.heard), said(target.heard), common=common)
        similarity = max(overlap, letter_similarity(a, b), sound_similarity(a, b))
        return similarity if similarity >= ALIKE else None
    if repeatable(source) or repeatable(target):
        return None
    return sounds_misheard(a, b) or _misheard_slots(source.hypothesis, target.hypothesis)


def troubled(turn: Turn) -> bool:
    """Return whether the turn shows a failure, or the user cut its answer short."""
    cut = turn.interrupted
    return trouble(turn) is not None or (cut is not None and cut.yes and cut.by == "user")


def repeatable(turn: Turn) -> bool:
    """Return whether users repeat this request after success: a step, a draw, a bare reply.

    >>> repeatable(Turn(turn_id="t", started=0, request="a bit louder"))
    True
    """
    if turn.hypothesis is not None and _REPEATABLE & set(identifier_words(turn.hypothesis.intent)):
        return True
    wording = phrases(turn)
    text = said(turn.heard)
    return wording is not None and bool(wording.repeatable.search(text) or wording.reply.search(text))


def conviction(source: Turn, target: Turn, wait: int, window: int) -> float:
    """Return the strength of a retry as evidence, in [0, 1], by the gap and the outcomes of both turns."""
    if troubled(source):
        factor = AFTER_TROUBLE
    elif worked(source):
        factor = AFTER_SUCCESS
    else:
        factor = AFTER_UNKNOWN
    retry_factor = AGAIN_IN_VAIN if trouble(target) is not None else 1.0
    return factor * retry_factor * fading(wait, window)


def sounds_misheard(a: str, b: str) -> float | None:
    """Return the sound similarity of two texts if one may be the other misheard; a changed number is another request.

    >>> sounds_misheard("lock the front door", "lock the back door") is None
    True
    """
    if any(character.isdigit() for character in a + b):
        return None
    words_a, words_b = words(a), words(b)
    changed_a, changed_b = _unshared_words(words_a, words_b), _unshared_words(words_b, words_a)
    if not changed_a or not changed_b or sound_similarity(" ".join(changed_a), " ".join(changed_b)) < MISHEARD_WORDS:
        return None
    similarity = sound_similarity(a, b)
    return similarity if similarity >= MISHEARD else None


def _replaces_words(a: str, b: str) -> bool:
    words_a, words_b = words(a), words(b)
    return bool(_unshared_words(words_a, words_b)) and bool(_unshared_words(words_b, words_a))


def _unshared_words(words_a: tuple[str, ...], words_b: tuple[str, ...]) -> list[str]:
    return [word for word in words_a if word not in words_b]


def _misheard_slots(a: Hypothesis | None, b: Hypothesis | None) -> float | None:
    """Return the least similarity of changed slot values, if both hypotheses have the same intent and slot names."""
    if a is None or b is None or a.empty or b.empty or a.intent != b.intent:
        return None
    slots_a = {slot.name: slot.value for slot in a.slots}
    slots_b = {slot.name: slot.value for slot in b.slots}
    if slots_a.keys() != slots_b.keys():
        return None
    similarities = [
        _value_likeness(slots_a[name], slots_b[name]) for name in sorted(slots_a) if slots_a[name] != slots_b[name]
    ]
    similarity = min(similarities, default=0.0)
    return similarity if similarity >= MISHEARD_SLOT else None


def _value_likeness(x: SlotValue, y: SlotValue) -> float:
    if not isinstance(x, str) or not isinstance(y, str):
        return 0.0
    return min(sound_similarity(x, y), letter_similarity(x, y))
