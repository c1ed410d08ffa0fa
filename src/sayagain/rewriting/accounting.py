"""Accounting: whether the user said what a retrieved request says, by letters or by sound.

A request that merely resembles what was heard is a guess, and a guess inserts nothing and omits nothing: each content
word and each direction must have a counterpart on the other side, the place may not be narrowed to where the speaker is
("here"), and the kind of thing and its number must stay. At least one word must be the same.
Words that differ are aligned one to one: the heard word must resemble its counterpart. Where it does not resemble it
closely, it must not occur in any request that works, so that it can only be a mishearing.
Requests that need the user's confirmation, such as a lock, a purchase or a call, are never guessed.
"""

from collections.abc import Container, Mapping, Sequence
from functools import lru_cache
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


REMEMBERED = 1 << 14
"""Pairs of requests whose comparison is kept: learning compares the same ones for each fold and trial."""


class _Pair(msgspec.Struct, frozen=True):
    """What was heard in the place of a word."""

    heard: Words
    meant: str
    likeness: float


class _Comparison(msgspec.Struct, frozen=True):
    """What a request has that was not heard, and the other way round."""

    pairs: tuple[_Pair, ...]
    unheard_words: tuple[tuple[str, bool], ...]
    """Words that would be inserted, and whether each is found in what was heard, wherever it stands."""
    omitted_words: tuple[str, ...]


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
    comparison = _compare(text, heard, _Words(language))
    if comparison is None:
        return False
    misheard_words = {
        pair.meant
        for pair in comparison.pairs
        if pair.likeness >= (MISHEARD if pair.meant in language.kinds else SURE)
        and not all(word in known for word in pair.heard)
    }
    return all(is_heard or word in misheard_words for word, is_heard in comparison.unheard_words) and all(
        any(word in pair.heard for pair in comparison.pairs) for word in comparison.omitted_words
    )


class _Words:
    """A language as a key of comparisons: the packs are few and each is loaded once."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __hash__(self) -> int:
        return id(self.language)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Words) and self.language is other.language


@lru_cache(maxsize=REMEMBERED)
def _compare(text: str, heard: str, words: _Words) -> _Comparison | None:
    """Compare a request with what was heard; None where it says another thing, whatever works here."""
    language = words.language
    heard_words, target_words = tuple(heard.split()), tuple(normalise(text).split())
    kinds, target_kinds = _kinds(heard_words, language), _kinds(target_words, language)
    if not _is_guessable(target_words, language) or not _has_same_kinds(kinds, target_kinds):
        return None
    if not set(heard_words) & set(target_words):
        return None
    content = [word for word in target_words if not _is_common(word, language)]
    if 2 * sum(word in heard_words for word in content) < len(content) and not _is_similar(heard, text):
        return None
    unmatched_heard, unmatched_target = (
        _unmatched_words(heard_words, target_words),
        _unmatched_words(target_words, heard_words),
    )
    if len(unmatched_heard) > DIFFERING or len(unmatched_target) > DIFFERING:
        return None
    directions = {word for pair in language.opposites for word in pair.one | pair.other}
    free_words = directions | language.common | language.commands | language.fillers | language.social
    pairs = _align_words(unmatched_heard, unmatched_target, free_words)
    inserted_words = [
        word
        for _, word in unmatched_target
        if language.kinds.get(word) not in kinds
        and (word in directions or word in language.here or not _is_common(word, language))
    ]
    # One verb may stand for another, but none for nothing.
    verbs = language.commands if any(word in language.commands for word in target_words) else frozenset()
    omitted_words = [
        word
        for _, word in unmatched_heard
        if language.kinds.get(word) not in target_kinds
        and word not in verbs
        and (word in language.commands or not _is_common(word, language))
    ]
    return _Comparison(
        pairs=tuple(pairs),
        unheard_words=tuple(
            (word, _is_heard(word, _unclaimed_words(word, unmatched_heard, pairs))) for word in inserted_words
        ),
        omitted_words=tuple(omitted_words),
    )


def _is_guessable(target_words: Words, language: Language) -> bool:
    """Return whether a request may be guessed: it asks for something by name, and for nothing sensitive."""
    if language.sensitive.said(target_words):
        return False
    if set(target_words) <= language.social or any(target_words[: len(stop)] == stop for stop in language.stops):
        # Giving up and thanks ask for nothing.
        return False
    # What names nothing ("turn it off") means something else each time.
    directions = {word for pair in language.opposites for word in pair.one | pair.other}
    return not all(word in directions or _is_common(word, language) for word in target_words)


def _has_same_kinds(kinds: Mapping[str, set[str]], target_kinds: Mapping[str, set[str]]) -> bool:
    shared = kinds.keys() & target_kinds.keys()
    if kinds and not shared:
        return False
    return not any(_differ_in_number(kinds[kind], target_kinds[kind]) for kind in shared)


def _is_similar(heard: str, text: str) -> bool:
    return max(letter_similarity(heard, text), sound_similarity(heard, text)) >= ALIKE


def _kinds(words: Words, language: Language) -> dict[str, set[str]]:
    """Return the kinds of things among words, and by which names."""
    kinds: dict[str, set[str]] = {}
    for word in words:
        if word in language.kinds:
            kinds.setdefault(language.kinds[word], set()).add(word)
    return kinds


def _differ_in_number(names: set[str], other_names: set[str]) -> bool:
    """Return whether one side names one thing and the other several of its kind: the names differ in an ending."""
    return not names & other_names and any(a.startswith(b) or b.startswith(a) for a, b in product(names, other_names))


def _unmatched_words(words: Words, others: Words) -> list[tuple[int, str]]:
    return [(place, word) for place, word in enumerate(words) if word not in others]


def _align_words(
    heard_words: Sequence[tuple[int, str]], target_words: Sequence[tuple[int, str]], free_words: Container[str]
) -> list[_Pair]:
    """Align the words that differ, the most similar first; each word has at most one counterpart.

    Args:
        heard_words: words that only the heard request has, with their places.
        target_words: words that only the other request has, with their places.
        free_words: words that only a very similar word may stand for.
    """
    matches = []
    for span, target in product(_spans(heard_words), target_words):
        similarity = _likeness([word for _, word in span], target[1])
        if similarity >= (SURE if target[1] in free_words else KEPT):
            matches.append((-similarity, span, target))
    pairs: list[_Pair] = []
    aligned_heard: set[tuple[int, str]] = set()
    aligned_targets: set[tuple[int, str]] = set()
    for negative_similarity, span, target in sorted(matches):
        if not aligned_heard & set(span) and target not in aligned_targets:
            aligned_heard |= set(span)
            aligned_targets.add(target)
            pairs.append(_Pair(tuple(word for _, word in span), target[1], -negative_similarity))
    return pairs


def _likeness(words: Sequence[str], other: str) -> float:
    # Speech recognition often misplaces the gaps between words.
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


def _unclaimed_words(word: str, heard_words: Sequence[tuple[int, str]], pairs: Sequence[_Pair]) -> list[str]:
    """Return the words that only the heard request has, without those aligned with another word."""
    claimed_words = {heard_word for pair in pairs if word != pair.meant for heard_word in pair.heard}
    return [heard_word for _, heard_word in heard_words if heard_word not in claimed_words]


def _is_heard(word: str, heard_words: Sequence[str]) -> bool:
    heard_text = " ".join(heard_words)
    if len(word) <= SHORT:
        return any(
            max(letter_similarity(word, heard_word), sound_similarity(word, heard_word)) >= SHORT_FOUND
            for heard_word in heard_words
        )
    sounds = sound_key(word)
    by_sound = _share_within(sounds, sound_key(heard_text)) if len(sounds) > 2 else 0.0
    return max(_share_within(word, heard_text), by_sound) >= FOUND


def _share_within(word: str, text: str) -> float:
    """Return how well a word is found within a text, in percent; a shorter text cannot hold the word."""
    return float(fuzz.partial_ratio(word, text) if len(word) <= len(text) else fuzz.ratio(word, text))
