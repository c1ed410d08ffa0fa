"""Similarity of two wordings: by letters, by sound and by shared words.

Each similarity is symmetric and in [0, 1]; 1 means equal in that respect. Two empty texts have similarity 1.
"""

import unicodedata
from collections.abc import Collection, Sequence
from functools import lru_cache

import jellyfish
import numpy as np
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from sayagain.text.spelling import normalise, words

__all__ = [
    "content_overlap",
    "letter_similarity",
    "likenesses",
    "normalised_sound_key",
    "sound_key",
    "sound_similarity",
    "word_overlap",
]

_CACHED = 1 << 16
"""Cache size for words and texts; the vocabulary of a log is small."""


def letter_similarity(a: str, b: str) -> float:
    """Return 1 minus the edits (Levenshtein) from `a` to `b` over the longer length, after normalising.

    >>> letter_similarity("Turn of the lamp", "turn off the lamp")
    0.9411764705882353
    >>> letter_similarity("lamp", "LAMP!")
    1.0
    """
    return Levenshtein.normalized_similarity(normalise(a), normalise(b))


def sound_similarity(a: str, b: str) -> float:
    """Return the similarity of the sound keys of `a` and `b`, as `letter_similarity` does, without word gaps.

    Speech recognition places word gaps freely: "maj and dragons" is a misheard "imagine dragons".

    >>> round(sound_similarity("maj and dragons", "imagine dragons"), 2)
    0.7
    >>> sound_similarity("lock", "block") > sound_similarity("lock", "open")
    True
    """
    return Levenshtein.normalized_similarity(sound_key(a).replace(" ", ""), sound_key(b).replace(" ", ""))


def sound_key(text: str) -> str:
    """Return the English sound of `text`: the metaphone of each word (L. Philips 1990, by jellyfish).

    A word without a metaphone (digits, another script, a lone vowel) stays as it is, in lower case.

    >>> sound_key("turn of the lamp") == sound_key("Tern off the lamp!")
    True
    >>> sound_key("включи лампу 2")
    'включи лампу 2'
    """
    return normalised_sound_key(normalise(text))


@lru_cache(maxsize=_CACHED)
def normalised_sound_key(text: str) -> str:
    """Return the `sound_key` of a text that is normalised, where many texts are compared and normalising takes longer.

    >>> normalised_sound_key("turn of the lamp") == sound_key("Turn of the lamp!")
    True
    """
    return " ".join(map(_sound, text.split()))


def likenesses(a: str, texts: Sequence[str]) -> list[float]:
    """Return the similarity of each text to `a`: the greater of letter and sound similarity.

    >>> [round(similarity, 2) for similarity in likenesses("turn of the lamp", ["turn off the lamp", "lamp"])]
    [1.0, 0.33]
    """
    if not texts:
        return []
    letters, sounds = _letters_and_sounds(a)
    others = [_letters_and_sounds(text) for text in texts]
    score = Levenshtein.normalized_similarity
    by_letters = cdist([letters], [letters for letters, _ in others], scorer=score, dtype=np.float64)
    by_sound = cdist([sounds], [sounds for _, sounds in others], scorer=score, dtype=np.float64)
    similarities: list[float] = np.maximum(by_letters, by_sound)[0].tolist()
    return similarities


def word_overlap(a: str, b: str) -> float:
    """Return the Jaccard index of the two sets of words (Jaccard 1901).

    >>> word_overlap("turn on the lamp", "turn off the lamp")
    0.6
    """
    return _jaccard(set(words(a)), set(words(b)))


def content_overlap(a: str, b: str, *, common: Collection[str]) -> float:
    """Return the Jaccard index of the content words of two wordings.

    Args:
        a: one wording.
        b: the other.
        common: function words ("the", "please"), normalised; a text that has no other words keeps them all.

    >>> content_overlap("turn on the lamp", "could you turn on that lamp", common={"the", "that", "could", "you"})
    1.0
    """
    return _jaccard(_content(a, common), _content(b, common))


def _jaccard(a: set[str], b: set[str]) -> float:
    union = a | b
    return len(a & b) / len(union) if union else 1.0


def _content(text: str, common: Collection[str]) -> set[str]:
    all_words = set(words(text))
    return {word for word in all_words if word not in common} or all_words


@lru_cache(maxsize=_CACHED)
def _letters_and_sounds(text: str) -> tuple[str, str]:
    return normalise(text), sound_key(text).replace(" ", "")


@lru_cache(maxsize=_CACHED)
def _sound(word: str) -> str:
    plain = word
    if not word.isascii():
        # Accents hardly change the English sound. A word in another script fails the check below and is returned as is.
        plain = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    plain = plain.replace("'", "")
    if not (plain.isascii() and plain.isalpha()):
        return word
    return jellyfish.metaphone(plain) or word
