"""Accounting: whether what a retrieved request says was said, by its letters or its sound.

A request that merely resembles what was heard is a guess, and a guess puts in nothing and leaves out nothing: every
word that carries content, and every direction, must be found on the other side, and the kind of thing and its number
stay. Words that differ are aligned, each with one other: the word that was heard must be like the one in its place,
and where it is not very like it, it must be no word of any request that works, so that it can only be a mishearing.
Nothing is guessed that needs the user's word, such as a lock, a purchase or a call.
"""

from collections.abc import Container, Mapping, Sequence
from itertools import product

import msgspec
from rapidfuzz import fuzz

from sayagain.languages import Language
from sayagain.text import letter_similarity, normalise, sound_key, sound_similarity

__all__ = ["is_accounted_for"]

FOUND = 70
"""How well a word must be found within what was heard, by letters or sound, in percent."""

KEPT = 0.4
"""How like the word in its place each word that was heard must be, in [0, 1]: what was misheard may be far off."""

MISHEARD = 0.5
"""The same, for the kind of a thing ("lamp") in whose place a word was heard that occurs in no request that works."""

SURE = 0.6
"""The same for names and values, and for verbs, directions and words of grammar, which vary freely."""

SHORT = 3
"""Letters up to which a word is compared with whole words: it is found within nearly anything."""

SHORT_FOUND = 0.6
"""How like another word a short one must be, in [0, 1]."""

LONGEST = 3
"""How many words may have been heard in the place of one."""

ALIKE = 0.6
"""How like the whole request a guess must be, where it shares less than half of its words of content, in [0, 1]."""

DIFFERING = 8
"""Words of either side that may differ; with more, nothing is guessed."""

Words = tuple[str, ...]


class _Pair(msgspec.Struct, frozen=True):
    """What was heard in the place of a word."""

    heard: Words
    meant: str
    likeness: float


def is_accounted_for(text: str, heard: str, language: Language, known: Container[str] = ()) -> bool:
    """Return whether a request says what was heard: nothing put in, nothing left out, nothing of another kind.

    Args:
        text: the request that would be passed on.
        heard: what was heard, normalised.
        language: of both.
        known: words of requests that work; what is one of them was hardly misheard.

    >>> from sayagain.languages import language_pack
    >>> english = language_pack("en")
    >>> is_accounted_for("turn off the lamp", "turn of the lamb", english)
    True
    >>> is_accounted_for("turn off the oven", "turn off the reding lamp", english)
    False
    """
    said, meant = tuple(heard.split()), tuple(normalise(text).split())
    kinds, target_kinds = _kinds(said, language), _kinds(meant, language)
    if not _may_be_guessed(meant, language) or not _same_things(kinds, target_kinds):
        return False
    content = [word for word in meant if not _is_common(word, language)]
    if 2 * sum(word in said for word in content) < len(content) and not _alike(heard, text):
        return False
    left, put = _differing(said, meant), _differing(meant, said)
    if len(left) > DIFFERING or len(put) > DIFFERING:
        return False
    directions = {word for pair in language.opposites for word in pair.one | pair.other}
    free = directions | language.common | language.commands | language.fillers | language.social
    pairs = _aligned(left, put, free)
    put_in = [
        word
        for _, word in put
        if language.kinds.get(word) not in kinds and (word in directions or not _is_common(word, language))
    ]
    # One verb may stand for another, but none for nothing.
    verbs = language.commands if any(word in language.commands for word in meant) else frozenset()
    left_out = [
        word
        for _, word in left
        if language.kinds.get(word) not in target_kinds
        and word not in verbs
        and (word in language.commands or not _is_common(word, language))
    ]
    misheard = {
        pair.meant
        for pair in pairs
        if pair.likeness >= (MISHEARD if pair.meant in language.kinds else SURE)
        and not all(word in known for word in pair.heard)
    }
    return all(word in misheard or _is_heard(word, _unclaimed(word, left, pairs)) for word in put_in) and all(
        any(word in pair.heard for pair in pairs) for word in left_out
    )


def _may_be_guessed(meant: Words, language: Language) -> bool:
    """Return whether a request is one that may be guessed: it asks for something, by name, and for nothing delicate."""
    if any(set(meant) >= set(words) for phrases in language.sensitive.values() for words in phrases):
        return False
    if set(meant) <= language.social or any(meant[: len(stop)] == stop for stop in language.stops):
        # Giving up and thanks ask for nothing.
        return False
    # What names nothing ("turn it off") means something else each time.
    directions = {word for pair in language.opposites for word in pair.one | pair.other}
    return not all(word in directions or _is_common(word, language) for word in meant)


def _same_things(kinds: Mapping[str, set[str]], target_kinds: Mapping[str, set[str]]) -> bool:
    shared = kinds.keys() & target_kinds.keys()
    if kinds and not shared:
        return False
    return not any(_differ_in_number(kinds[kind], target_kinds[kind]) for kind in shared)


def _alike(heard: str, text: str) -> bool:
    return max(letter_similarity(heard, text), sound_similarity(heard, text)) >= ALIKE


def _kinds(words: Words, language: Language) -> dict[str, set[str]]:
    """Return the kinds of things among words, and by which names."""
    kinds: dict[str, set[str]] = {}
    for word in words:
        if word in language.kinds:
            kinds.setdefault(language.kinds[word], set()).add(word)
    return kinds


def _differ_in_number(one: set[str], other: set[str]) -> bool:
    """Return whether one side names one thing and the other several of its kind: the names differ in an ending."""
    return not one & other and any(a.startswith(b) or b.startswith(a) for a, b in product(one, other))


def _differing(words: Words, others: Words) -> list[tuple[int, str]]:
    return [(place, word) for place, word in enumerate(words) if word not in others]


def _aligned(left: Sequence[tuple[int, str]], put: Sequence[tuple[int, str]], free: Container[str]) -> list[_Pair]:
    """Return which differing words stand for each other, the likest first; no word stands for two.

    Args:
        left: words that were heard alone, with their places.
        put: words of the other request alone, with their places.
        free: words in whose place only what is very like them may stand.
    """
    found = []
    for heard, meant in product(_spans(left), put):
        alike = _likeness([word for _, word in heard], meant[1])
        if alike >= (SURE if meant[1] in free else KEPT):
            found.append((-alike, heard, meant))
    pairs: list[_Pair] = []
    taken: set[tuple[int, str]] = set()
    placed: set[tuple[int, str]] = set()
    for against, heard, meant in sorted(found):
        if not taken & set(heard) and meant not in placed:
            taken |= set(heard)
            placed.add(meant)
            pairs.append(_Pair(tuple(word for _, word in heard), meant[1], -against))
    return pairs


def _likeness(words: Sequence[str], other: str) -> float:
    # Speech recognition puts the gaps between words where it likes.
    return max(letter_similarity("".join(words), other), sound_similarity(" ".join(words), other))


def _spans(words: Sequence[tuple[int, str]]) -> list[tuple[tuple[int, str], ...]]:
    """Return the words, and each run of them that stood side by side."""
    return [
        tuple(words[at : at + length])
        for at in range(len(words))
        for length in range(1, min(LONGEST, len(words) - at) + 1)
        if words[at + length - 1][0] - words[at][0] == length - 1
    ]


def _is_common(word: str, language: Language) -> bool:
    return word in language.common or word in language.commands or word in language.fillers or word in language.social


def _unclaimed(word: str, left: Sequence[tuple[int, str]], pairs: Sequence[_Pair]) -> list[str]:
    """Return what was heard alone, without the words that stand for another word."""
    claimed = {each for pair in pairs if word != pair.meant for each in pair.heard}
    return [each for _, each in left if each not in claimed]


def _is_heard(word: str, said: Sequence[str]) -> bool:
    heard = " ".join(said)
    if len(word) <= SHORT:
        return any(max(letter_similarity(word, other), sound_similarity(word, other)) >= SHORT_FOUND for other in said)
    sounds = sound_key(word)
    by_sound = fuzz.partial_ratio(sounds, sound_key(heard)) if len(sounds) > 2 else 0.0
    return bool(max(fuzz.partial_ratio(word, heard), by_sound) >= FOUND)
