"""How much the words heard are like the words that people have for a thing: by letters, by sound, word by word."""

from collections.abc import Sequence
from functools import lru_cache

from sayagain.assistants.homeassistant.cold_start.device_names import GENERIC
from sayagain.text import letter_similarity, sound_similarity

__all__ = ["best_word", "missing_words", "name_similarity"]

_PLAIN = 0.35
"""What a word that many names have weighs beside one that few have."""


@lru_cache(maxsize=1 << 15)
def name_similarity(heard: tuple[str, ...], said: str) -> float:
    """Return how alike two wordings of a thing are, in [0, 1]; a word on either side without its like costs.

    >>> name_similarity(("kitchen", "like"), "kitchen lights") > name_similarity(("porch", "light"), "kitchen lights")
    True
    """
    there = tuple(said.split())
    if not heard or not there:
        return 0.0
    if set(heard) == set(there):
        return 1.0
    text = " ".join(heard)
    whole = 0.5 * letter_similarity(text.replace(" ", ""), said.replace(" ", "")) + 0.5 * sound_similarity(text, said)
    apart = min(_covered(heard, there), _covered(there, heard))
    # Gaps are heard where there are none, and then the whole tells more than its words.
    return max(0.45 * whole + 0.55 * apart, 0.97 * whole if whole > 0.8 else 0.0)


def missing_words(heard: Sequence[str], said: str, like: float = 0.5) -> list[str]:
    """Return the words that were heard and have nothing like them in a name.

    >>> missing_words(("reading", "lamp"), "bed lamp")
    ['reading']
    """
    return [word for word in heard if best_word(word, said) < like]


def best_word(word: str, said: str) -> float:
    """Return how alike a word is to the most alike of others, in [0, 1].

    >>> best_word("lied", "bed light") > best_word("fan", "bed light")
    True
    """
    if len(word) >= 4 and word in said.replace(" ", ""):
        return 1.0
    return max((_word(word, other) for other in said.split()), default=0.0)


def _covered(some: Sequence[str], others: Sequence[str]) -> float:
    total = covered = 0.0
    for word in some:
        weight = _PLAIN if word in GENERIC else 1.0
        total += weight
        covered += weight * max(_word(word, other) for other in others)
    return covered / total


@lru_cache(maxsize=1 << 16)
def _word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if one.rstrip("s") == other.rstrip("s"):
        return 0.97
    letters = letter_similarity(one, other)
    return max(letters, 0.5 * letters + 0.5 * sound_similarity(one, other))
