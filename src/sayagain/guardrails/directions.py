"""Directions: on and off, up and down, open and closed, more and less; of words, and of intents and services."""

from collections.abc import Callable, Sequence

from sayagain.guardrails.clauses import is_direction
from sayagain.languages import DEFAULT, Language, Opposites, language_pack
from sayagain.text import identifier_words, sound_similarity
from sayagain.turns import Hypothesis

__all__ = ["direction_words", "opposite_direction", "opposite_hypothesis", "stated_directions", "supplied_direction"]

Words = tuple[str, ...]

_DIRECTION_SLOTS = ("action", "command", "direction", "service", "state", "step")
"""Parts of the names of slots whose values tell a direction."""

_NEAR_SOUND = 0.5
"""Similarity by sound from which a word may be a direction where none was heard: "clothe the blinds"."""

_SAME_SOUND = 0.9
"""Similarity by sound from which a word was one of a direction, misheard: "turn of the lamp"."""


def opposite_direction(before: Words, after: Words, language: Language) -> str | None:
    """Say which direction is turned round from one wording to another, or None.

    A pair of directions is turned round where one loses a word and the other gains one.

    >>> from sayagain.languages import language_pack
    >>> opposite_direction(("pull", "down", "the", "door"), ("raise", "the", "door"), language_pack("en"))
    'it would turn "down" into "raise"'
    """
    for pair in language.opposites:
        for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
            stated, gone = stated_directions(before, one, language), stated_directions(after, one, language)
            had, has = stated_directions(before, other, language), stated_directions(after, other, language)
            if len(gone) < len(stated) and len(has) > len(had):
                return _turns(_first(stated, gone), _first(has, had))
    return None


def supplied_direction(before: Words, after: Words, language: Language) -> str | None:
    """Say which direction is supplied where none was stated and nothing was heard that sounds like it, or None.

    >>> from sayagain.languages import language_pack
    >>> supplied_direction(("welcome", "the", "blinds"), ("raise", "the", "blinds"), language_pack("en"))
    'it would make up the direction "raise"; ask first'
    """
    for pair in language.opposites:
        sides = pair.one | pair.other
        has = stated_directions(after, sides, language)
        if pair.stated and has and not stated_directions(before, sides, language) and not _heard_as(has, before, after):
            return f'it would make up the direction "{has[0]}"; ask first'
    return None


def stated_directions(words: Words, side: frozenset[str], language: Language) -> list[str]:
    """Return the words of a request that state a direction of one side of a pair.

    >>> from sayagain.languages import language_pack
    >>> stated_directions(("lås", "upp", "dörren"), frozenset({"lås upp", "öppna"}), language_pack("sv"))
    ['lås upp']
    """
    found, at = [], 0
    while at < len(words):
        # "Lås upp" unlocks: neither "lås" nor "upp" is a direction in it.
        phrase = _phrase(words, at, language)
        if phrase in side or (phrase is None and words[at] in side and is_direction(words, at, language)):
            found.append(phrase or words[at])
        at += 1 if phrase is None else phrase.count(" ") + 1
    return found


def opposite_hypothesis(
    words: Words, candidate: Words, before: Hypothesis | None, after: Hypothesis | None, language: Language
) -> str | None:
    """Say which direction the candidate's hypothesis turns round, of the words or of how they are read; or None.

    Args:
        words: of the request.
        candidate: the words to be said instead.
        before: how the request is read, where known.
        after: how the candidate is read, where known.
        language: its words.
    """
    if after is None:
        return None
    comes = direction_words(after)
    was = direction_words(before) if before is not None else ()
    for pair in language.opposites:
        side = _program_side(pair, comes)
        if side is None:
            continue
        said = _side(pair, lambda which: stated_directions(words, which, language))
        if said is None and not _mixed(words, pair, language) and not _misheard(words, candidate, pair):
            said = _program_side(pair, was)
        if said is not None and said[0] != side[0]:
            return _turns(said[1], side[1])
    return _opposite_step(before, after)


def direction_words(hypothesis: Hypothesis) -> Words:
    """Return the words that tell what a hypothesis does: of its intent, and of the values of slots such as `service`.

    >>> from sayagain.turns import Slot
    >>> direction_words(Hypothesis(intent="call", slots=(Slot("service", "lock.unlock"), Slot("name", "Up Down"))))
    ('call', 'unlock')
    """
    found = list(identifier_words(hypothesis.intent))
    for slot in hypothesis.slots:
        if isinstance(slot.value, str) and any(part in slot.name.lower() for part in _DIRECTION_SLOTS):
            # `lock.unlock` is a service of locks.
            found += identifier_words(slot.value.rpartition(".")[2])
    return tuple(found)


def _opposite_step(before: Hypothesis | None, after: Hypothesis) -> str | None:
    if before is None:
        return None
    steps = {slot.name: slot.value for slot in before.slots if "step" in slot.name.lower()}
    for slot in after.slots:
        step = steps.get(slot.name)
        if isinstance(step, int | float) and isinstance(slot.value, int | float) and step * slot.value < 0:
            return _turns(str(step), str(slot.value))
    return None


def _program_side(pair: Opposites, words: Words) -> tuple[int, str] | None:
    """Return the one side of a pair that the words of a program tell: it is named in its own language or in English."""
    own = _side(pair, lambda which: _plain(words, which))
    english = language_pack(DEFAULT)
    if own is not None or english is None or not pair.name:
        return own
    known = next((other for other in english.opposites if other.name == pair.name), None)
    return None if known is None else _side(known, lambda which: _plain(words, which))


def _side(pair: Opposites, find: Callable[[frozenset[str]], Sequence[str]]) -> tuple[int, str] | None:
    """Return the one side of a pair that is found, 0 or 1, and its word; None for neither and for both."""
    one, other = find(pair.one), find(pair.other)
    if bool(one) == bool(other):
        return None
    return (0, one[0]) if one else (1, other[0])


def _mixed(words: Words, pair: Opposites, language: Language) -> bool:
    return bool(stated_directions(words, pair.one, language)) and bool(stated_directions(words, pair.other, language))


def _misheard(words: Words, candidate: Words, pair: Opposites) -> bool:
    gained = [word for word in candidate if word not in words and (word in pair.one or word in pair.other)]
    lost = [word for word in words if word not in candidate]
    return any(sound_similarity(a, b) >= _SAME_SOUND for a in gained for b in lost)


def _heard_as(directions: Sequence[str], words: Words, candidate: Words) -> bool:
    lost = [word for word in words if word not in candidate]
    return any(sound_similarity(a, b) >= _NEAR_SOUND for a in directions for b in lost)


def _phrase(words: Words, at: int, language: Language) -> str | None:
    """Return the direction of two words that begins here, or None."""
    phrase = " ".join(words[at : at + 2]) if language.long_directions else ""
    return phrase if phrase in language.long_directions else None


def _plain(words: Words, side: frozenset[str]) -> list[str]:
    return [word for word in words if word in side]


def _first(more: Sequence[str], fewer: Sequence[str]) -> str:
    return next((word for word in more if word not in fewer), more[0])


def _turns(one: str, other: str) -> str:
    return f'it would turn "{one}" into "{other}"'
