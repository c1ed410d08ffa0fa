"""The words of requests that work, as files of a release: whether a word is one of them, and how rare it is.

An index of a million requests has millions of words and pairs of words. As text they would have to be read, split and
counted each time a release is opened; as sorted 64-bit hashes a lookup is a binary search over a mapped array.
"""

import io
from collections.abc import Callable, Container, Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sayagain.guardrails import known_words
from sayagain.releases.mapped_table import text_code
from sayagain.rewriting.likeness_features import word_weights

__all__ = ["HashedTexts", "encode_vocabulary", "hashed_weight"]

_CACHED = 1 << 16
"""Cache size for looked-up words."""

Codes = npt.NDArray[np.uint64]


class HashedTexts(Container[str]):
    """A set of texts that can only be asked whether it holds one.

    Args:
        codes: `text_code` of each text, sorted.
    """

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._holds = lru_cache(_CACHED)(lambda text: _place(codes, text) is not None)

    def __contains__(self, text: object) -> bool:
        """Return whether the set holds a text."""
        return isinstance(text, str) and self._holds(text)


def hashed_weight(codes: Codes, weights: npt.NDArray[np.float64]) -> Callable[[str], float]:
    """Return a function from a word to its weight; a word that is not there has the greatest.

    Args:
        codes: `text_code` of each word, sorted.
        weights: of each word.
    """
    rarest = float(weights.max()) if len(weights) else 1.0

    @lru_cache(_CACHED)
    def weight(word: str) -> float:
        place = _place(codes, word)
        return rarest if place is None else float(weights[place])

    return weight


def encode_vocabulary(texts: Iterable[str]) -> dict[str, bytes]:
    """Write the words of requests that work as files of a release.

    >>> files = encode_vocabulary(["lamp on", "lamp off"])
    >>> worked, words, weights = (np.load(io.BytesIO(files[name])) for name in sorted(files, reverse=True))
    >>> "lamp on" in HashedTexts(worked), "on lamp" in HashedTexts(worked)
    (True, False)
    >>> hashed_weight(words, weights)("lamp")
    0.0
    """
    texts = list(texts)
    codes, weights = _sorted_weights(word_weights(texts))
    worked = np.unique(np.array([text_code(text) for text in known_words(texts)], np.uint64))
    return {
        "index-worked.npy": _encoded(worked),
        "index-words.npy": _encoded(codes),
        "index-word-weights.npy": _encoded(weights),
    }


def _sorted_weights(weights: Mapping[str, float]) -> tuple[Codes, npt.NDArray[np.float64]]:
    rows = sorted((text_code(word), weight) for word, weight in weights.items())
    return np.array([row[0] for row in rows], np.uint64), np.array([row[1] for row in rows], np.float64)


def _place(codes: Codes, text: str) -> int | None:
    code = np.uint64(text_code(text))
    place = int(np.searchsorted(codes, code))
    return place if place < len(codes) and codes[place] == code else None


def _encoded(array: npt.NDArray[Any]) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()
