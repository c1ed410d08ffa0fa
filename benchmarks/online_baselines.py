"""Baselines of retrieval: each scores every request of an index for what was heard."""

import math
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz
from rapidfuzz.process import cdist
from scipy.sparse import csr_matrix

from benchmarks.vectors import encoder
from sayagain.errors import MissingExtra
from sayagain.rewriting.likeness_features import known_words
from sayagain.rewriting.retrieve import Index
from sayagain.text import sound_key

__all__ = ["Scorer", "Scores", "baselines"]

Scores = npt.NDArray[np.float32]
Scorer = Callable[[Sequence[str]], Scores]
"""From what was heard to a score for each request of the index, shape (heard, requests)."""

Terms = Callable[[str], list[str]]

RERANKED = 50
"""The first requests by BM25 that rapidfuzz orders."""


def baselines(texts: Sequence[str], index: Index) -> dict[str, Scorer]:
    """Return the baselines by name.

    Args:
        texts: the requests of the index, sorted.
        index: the same as the product indexes them, for n-grams alone.
    """
    words, letters, sounds = (_tfidf(texts, terms) for terms in (_words, _letters, _sounds))

    def together(heard: Sequence[str]) -> Scores:
        return words(heard) + letters(heard) + sounds(heard)

    def ngrams(heard: Sequence[str]) -> Scores:
        scores = np.zeros((len(heard), len(texts)), np.float32)
        for row, text in zip(scores, heard, strict=True):
            found, cosines = index.nearest((text,), len(texts))
            row[found] = cosines[0]
        return scores

    scorers: dict[str, Scorer] = {
        "word_tfidf": words,
        "letter_tfidf": letters,
        "metaphone": sounds,
        "sum": together,
        "bm25_rapidfuzz": _bm25_rapidfuzz(texts),
        "ngrams_alone": ngrams,
    }
    try:
        vectors = encoder().vectors(texts)
    except MissingExtra as error:
        print(f"online: frozen encoder left out ({error})")
    else:
        scorers["frozen_minilm"] = lambda heard: encoder().vectors(heard) @ vectors.T
    return {name: _without_unknown(scorer) for name, scorer in scorers.items()}


def _without_unknown(scorer: Scorer) -> Scorer:
    return lambda heard: scorer([known_words(text) for text in heard])


def _words(text: str) -> list[str]:
    return text.split()


def _letters(text: str) -> list[str]:
    return [text[at : at + size] for size in (2, 3, 4, 5) for at in range(len(text) - size + 1)]


def _sounds(text: str) -> list[str]:
    return sound_key(text).split()


def _tfidf(texts: Sequence[str], terms: Terms) -> Scorer:
    counts = [Counter(terms(text)) for text in texts]
    frequency = Counter(term for count in counts for term in count)
    columns = {term: column for column, term in enumerate(sorted(frequency))}
    weights = {term: math.log((1 + len(texts)) / (1 + n)) + 1 for term, n in frequency.items()}

    def matrix(rows: Sequence[Counter[str]]) -> csr_matrix:
        cells = [
            (row, columns[term], (1 + math.log(n)) * weights[term])
            for row, count in enumerate(rows)
            for term, n in count.items()
            if term in columns
        ]
        at, column, value = zip(*cells, strict=True) if cells else ((), (), ())
        table = csr_matrix((value, (at, column)), (len(rows), len(columns)), dtype=np.float32)
        lengths = np.sqrt(table.multiply(table).sum(axis=1))
        return csr_matrix(table.multiply(1 / np.maximum(np.asarray(lengths), 1e-9)))

    indexed = matrix(counts).T.tocsr()
    return lambda heard: np.asarray((matrix([Counter(terms(text)) for text in heard]) @ indexed).todense(), np.float32)


def _bm25_rapidfuzz(texts: Sequence[str]) -> Scorer:
    """Return BM25 (k1 = 1.2, b = 0.75) over words, whose first requests rapidfuzz's WRatio orders."""
    counts = [Counter(text.split()) for text in texts]
    mean = sum(map(len, counts)) / max(len(counts), 1)
    postings: dict[str, list[tuple[int, float]]] = {}
    for row, count in enumerate(counts):
        for word, n in count.items():
            saturated = n * 2.2 / (n + 1.2 * (0.25 + 0.75 * len(count) / mean))
            postings.setdefault(word, []).append((row, saturated))

    def score(heard: Sequence[str]) -> Scores:
        scores = np.zeros((len(heard), len(texts)), np.float32)
        for query, text in enumerate(heard):
            for word in dict.fromkeys(text.split()):
                rows = postings.get(word, [])
                weight = math.log(1 + (len(texts) - len(rows) + 0.5) / (len(rows) + 0.5))
                for row, saturated in rows:
                    scores[query, row] += weight * saturated
            best = np.argpartition(-scores[query], RERANKED)[:RERANKED]
            ratios = cdist([text], [texts[row] for row in best], scorer=fuzz.WRatio, dtype=np.float32)[0]
            scores[query] = 0
            scores[query, best] = ratios / 100
        return scores

    return score
