"""Features of requests that may have been said instead of what was heard: letters, sound, words, and margins.

All are computed for the retrieved requests of one turn together, since what tells is how far one is ahead of the next.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from sayagain.rewriting.confusions import UNKNOWN_WORD, Alignment, Confusions
from sayagain.text import normalised_sound_key

__all__ = ["NAMES", "Likenesses", "Pool", "known_words", "sound_words", "word_weights"]

NAMES: tuple[str, ...] = (
    # cosine of n-grams, as heard and as restored
    *("cosine", "cosine_behind", "restored_cosine", "restored_cosine_behind", "joined", "joined_behind", "joined_rank"),
    # the noisy channel over letters and over sound
    *("letter_gain", "letter_gain_behind", "letter_cost", "letters_heard"),
    *("sound_gain", "sound_gain_behind", "sound_cost", "sounds_heard"),
    *("restored_gain", "restored_gain_behind", "restored_sound_gain", "restored_sound_gain_behind"),
    # words with a counterpart, weighted by how rare they are
    *("said_covered", "said_missing", "said_worst", "heard_covered", "heard_missing", "heard_worst"),
    *("said_covered_behind", "said_missing_behind", "heard_missing_behind", "missing"),
    # the whole text
    *("ratio", "sorted_ratio", "partial_ratio", "restored_ratio", "same_first", "same_last", "n_heard", "n_said"),
    "n_unknown",
)
"""The columns of `Likenesses.rows`."""

CLOSE = 0.3
"""Similarity of two words from which one begins to count as the counterpart of the other."""

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]


def word_weights(texts: Sequence[str]) -> dict[str, float]:
    """Return log(texts ÷ texts with the word) of each word.

    >>> word_weights(["play jazz", "play blues"])["play"]
    0.0
    """
    counts: dict[str, int] = {}
    for text in texts:
        for word in set(text.split()):
            counts[word] = counts.get(word, 0) + 1
    return {word: math.log(len(texts) / count) for word, count in counts.items()}


class Pool(msgspec.Struct, frozen=True):
    """Requests that work and may have been said in one turn."""

    heard: str
    """What was heard, normalised."""
    restored: str
    """The same after `Mishearings.restore`."""
    texts: list[str]
    """The requests."""
    cosines: Singles
    """Cosine of each request to `heard`, shape (texts,)."""
    restored_cosines: Singles
    """Cosine of each request to `restored`, shape (texts,)."""
    aligned: tuple[Alignment, Alignment] | None = None
    """`restored` aligned with the requests, by letters and by sounds, where that is done."""

    def take(self, rows: npt.NDArray[np.int64]) -> "Pool":
        """Return a pool of some of the requests, in the given order."""
        texts = [self.texts[row] for row in rows]
        aligned = None if self.aligned is None else (self.aligned[0].take(rows), self.aligned[1].take(rows))
        return Pool(self.heard, self.restored, texts, self.cosines[rows], self.restored_cosines[rows], aligned)


class Likenesses(msgspec.Struct, frozen=True, kw_only=True):
    """What the features are computed with."""

    letters: Confusions
    """Costs of letters."""
    sounds: Confusions
    """Costs of sounds."""
    weight: Callable[[str], float]
    """From a word to its weight, as made by `word_weights`; one that is in no request has the greatest."""

    def narrow(self, pool: Pool, limit: int) -> Pool:
        """Return the requests that the noisy channel finds likeliest, best first."""
        if len(pool.texts) <= limit:
            return pool
        letters, sounds = self._align(pool.restored, pool.texts)
        aligned = msgspec.structs.replace(pool, aligned=(letters, sounds))
        return aligned.take(np.argsort(-(letters.gains + sounds.gains), kind="stable")[:limit])

    def rows(self, pool: Pool) -> Floats:
        """Describe each request.

        Args:
            pool: the requests of one turn.

        Returns:
            One row a request, columns as in `NAMES`; unknown values are NaN.
        """
        texts = pool.texts
        restored_letters, restored_sounds = pool.aligned or self._align(pool.restored, texts)
        letters, sounds = restored_letters, restored_sounds
        if pool.restored != pool.heard:
            letters, sounds = self._align(pool.heard, texts)
        heard, restored = known_words(pool.heard), known_words(pool.restored)
        length = len(heard.replace(" ", "")) + 1
        sound_length = len(normalised_sound_key(heard).replace(" ", "")) + 1
        joined = pool.cosines + pool.restored_cosines
        words = self._word_columns(restored, texts)
        columns = [
            *_with_gap(pool.cosines),
            *_with_gap(pool.restored_cosines),
            *_with_gap(joined),
            np.argsort(np.argsort(-joined, kind="stable"), kind="stable"),
            *_with_gap(letters.gains / length),
            letters.costs / (letters.lengths + 1),
            length / (letters.lengths + 1),
            *_with_gap(sounds.gains / sound_length),
            sounds.costs / (sounds.lengths + 1),
            sound_length / (sounds.lengths + 1),
            # What was restored counts where it brings a text nearer.
            *_with_gap(np.maximum(letters.gains, restored_letters.gains) / length),
            *_with_gap(np.maximum(sounds.gains, restored_sounds.gains) / sound_length),
            *words,
            _gap(words[0]),
            -_gap(-words[1]),
            -_gap(-words[4]),
            words[1] + words[4],
            *_fuzzy_columns(heard, restored, texts),
            np.full(len(texts), float(pool.heard.split().count(UNKNOWN_WORD))),
        ]
        return np.column_stack(columns).astype(np.float64)

    def _align(self, heard: str, texts: Sequence[str]) -> tuple[Alignment, Alignment]:
        return self.letters.align(heard, texts), self.sounds.align(sound_words(heard), _sounds(texts))

    def _word_columns(self, heard: str, texts: Sequence[str]) -> list[Floats]:
        """Return covered share, missing weight and heaviest missing word, of the text and of what was heard."""
        heard_words = heard.split()
        text_words = [text.split() or [""] for text in texts]
        # Speech recognition often misplaces the gaps between words.
        heard_spans = [*heard_words, *(a + b for a, b in pairwise(heard_words))]
        text_spans = [[*words, *(a + b for a, b in pairwise(words))] for words in text_words]
        spans = {span: column for column, span in enumerate(dict.fromkeys(s for row in text_spans for s in row))}
        if not heard_spans:
            return [np.zeros(len(texts))] * 6
        likeness = _likeness(heard_spans, list(spans))
        # The words of all texts in one row, and where each text begins.
        words, starts = _joined(text_words)
        weights = np.array([self.weight(word) for word in words])
        covered = likeness.max(0)[[spans[word] for word in words]]
        all_spans, span_starts = _joined(text_spans)
        found = np.maximum.reduceat(
            likeness[: len(heard_words), [spans[span] for span in all_spans]], span_starts, axis=1
        )
        heard_weights = np.tile([self.weight(word) for word in heard_words], len(texts))
        return [
            *_cover(weights, covered, starts),
            *_cover(heard_weights, found.T.ravel(), np.arange(len(texts)) * len(heard_words)),
        ]


def known_words(heard: str) -> str:
    """Return what was heard without the words that the recogniser did not know.

    >>> known_words("play some unk")
    'play some'
    """
    return " ".join(word for word in heard.split() if word != UNKNOWN_WORD)


def sound_words(heard: str) -> str:
    """Return the sound key of each word; a word that the recogniser did not know stays as it is."""
    return " ".join(word if word == UNKNOWN_WORD else normalised_sound_key(word) for word in heard.split())


def _joined(rows: Sequence[Sequence[str]]) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return all texts of some rows in one list, and where each row begins; no row is empty."""
    return [text for row in rows for text in row], np.cumsum([0, *(len(row) for row in rows[:-1])])


def _cover(weights: Floats, covered: Singles, starts: npt.NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Return the covered share, the missing weight and the heaviest missing word of each text.

    Args:
        weights: of the words of all texts, shape (words,).
        covered: how far each word has a counterpart, in [0, 1], shape (words,).
        starts: the first word of each text.
    """
    missing = weights * (1 - covered)
    total = np.add.reduceat(missing, starts)
    return 1 - total / np.maximum(np.add.reduceat(weights, starts), 1e-6), total, np.maximum.reduceat(missing, starts)


def _likeness(words: Sequence[str], others: Sequence[str]) -> Singles:
    score = Levenshtein.normalized_similarity
    letters = cdist(words, others, scorer=score, dtype=np.float32)
    sounds = cdist(_sounds(words), _sounds(others), scorer=score, dtype=np.float32)
    return np.asarray(np.clip((np.maximum(letters, sounds) - CLOSE) / (1 - CLOSE), 0, 1), np.float32)


def _sounds(texts: Sequence[str]) -> list[str]:
    return [normalised_sound_key(text).replace(" ", "") for text in texts]


def _gap(values: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return how far each value is behind the best; the best, how far it is ahead of the next."""
    if len(values) < 2:
        return np.zeros(len(values))
    best, second = np.argmax(values), np.partition(values, -2)[-2]
    gap: npt.NDArray[np.floating] = values - values[best]
    gap[best] = values[best] - second
    return gap


def _with_gap(values: npt.NDArray[np.floating]) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    return values, _gap(values)


def _fuzzy_columns(heard: str, restored: str, texts: Sequence[str]) -> list[npt.NDArray[np.floating]]:
    def ratios(text: str, others: Sequence[str], scorer: Callable[..., float]) -> Singles:
        return np.asarray(cdist([text], others, scorer=scorer, dtype=np.float32)[0], np.float32)

    joined = [text.replace(" ", "") for text in texts]
    words = heard.split() or [""]
    text_words = [text.split() or [""] for text in texts]
    return [
        ratios(heard, texts, fuzz.ratio),
        ratios(heard, texts, fuzz.token_sort_ratio),
        ratios(heard.replace(" ", ""), joined, fuzz.partial_ratio),
        ratios(restored, texts, fuzz.ratio),
        np.array([float(words[0] == others[0]) for others in text_words]),
        np.array([float(words[-1] == others[-1]) for others in text_words]),
        np.full(len(texts), float(len(words))),
        np.array([float(len(others)) for others in text_words]),
    ]
