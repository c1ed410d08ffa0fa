"""How alike two wordings are: by their letters, by their sound, and by the words that they share.

Each similarity is symmetric and in [0, 1]; 1 means alike in that respect, and two empty texts are alike in all.
"""

import unicodedata
from collections.abc import Callable, Collection
from functools import lru_cache

import jellyfish
from rapidfuzz.distance import Levenshtein

from sayagain.text.spelling import normalise, words

__all__ = ["content_overlap", "letter_similarity", "likeness", "sound_key", "sound_similarity", "word_overlap"]

_CACHED = 1 << 16
"""How many words and texts are remembered: a vocabulary is small beside its log."""


def letter_similarity(a: str, b: str) -> float:
    """Return 1 minus the edits (Levenshtein) from `a` to `b` over the longer length, after normalising.

    >>> letter_similarity("Turn of the lamp", "turn off the lamp")
    0.9411764705882353
    >>> letter_similarity("lamp", "LAMP!")
    1.0
    """
    return Levenshtein.normalized_similarity(normalise(a), normalise(b))


def sound_similarity(a: str, b: str) -> float:
    """Return the same measure over the sound keys of `a` and `b`, with the gaps between words left out.

    Speech recognition puts the gaps where it likes: "maj and dragons" is a misheard "imagine dragons".

    >>> round(sound_similarity("maj and dragons", "imagine dragons"), 2)
    0.7
    >>> sound_similarity("lock", "block") > sound_similarity("lock", "open")
    True
    """
    return Levenshtein.normalized_similarity(sound_key(a).replace(" ", ""), sound_key(b).replace(" ", ""))


def sound_key(text: str) -> str:
    """Return how `text` sounds in English: the metaphone of each word (L. Philips 1990, by jellyfish).

    A word that metaphone has no rule for (digits, another script, a lone vowel) stands for itself in lower case.

    >>> sound_key("turn of the lamp") == sound_key("Tern off the lamp!")
    True
    >>> sound_key("включи лампу 2")
    'включи лампу 2'
    """
    return _key(normalise(text))


def likeness(a: str) -> Callable[[str], float]:
    """Return a function that tells how alike a text is to `a`, by letters or by sound, whichever is more.

    For comparing one text with many: what depends on `a` alone is worked out once.

    >>> likeness("turn of the lamp")("turn off the lamp") == sound_similarity("turn of the lamp", "turn off the lamp")
    True
    """
    letters, sounds = normalise(a), sound_key(a).replace(" ", "")

    def alike(b: str) -> float:
        return max(
            Levenshtein.normalized_similarity(letters, normalise(b)),
            Levenshtein.normalized_similarity(sounds, sound_key(b).replace(" ", "")),
        )

    return alike


def word_overlap(a: str, b: str) -> float:
    """Return the words in both over the words in either (Jaccard 1901), each word counted once.

    >>> word_overlap("turn on the lamp", "turn off the lamp")
    0.6
    """
    return _jaccard(set(words(a)), set(words(b)))


def content_overlap(a: str, b: str, *, common: Collection[str]) -> float:
    """Return the overlap of the words that carry meaning.

    Args:
        a: one wording.
        b: the other.
        common: words that say little ("the", "please"), normalised; where a text has no others, all its words count.

    >>> content_overlap("turn on the lamp", "could you turn on that lamp", common={"the", "that", "could", "you"})
    1.0
    """
    return _jaccard(_content(a, common), _content(b, common))


def _jaccard(a: set[str], b: set[str]) -> float:
    either = a | b
    return len(a & b) / len(either) if either else 1.0


def _content(text: str, common: Collection[str]) -> set[str]:
    every = set(words(text))
    return {word for word in every if word not in common} or every


@lru_cache(maxsize=_CACHED)
def _key(text: str) -> str:
    return " ".join(map(_sound, text.split()))


@lru_cache(maxsize=_CACHED)
def _sound(word: str) -> str:
    plain = word
    if not word.isascii():
        # Accents bear little on an English ear; letters of another script do not survive this and stay as they are.
        plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    plain = plain.replace("'", "")
    if not (plain.isascii() and plain.isalpha()):
        return word
    return jellyfish.metaphone(plain) or word
