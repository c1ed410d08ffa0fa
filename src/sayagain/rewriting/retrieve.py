"""Retrieval: requests that work and look or sound like what was heard, by character n-grams of letters and of sound.

Speech recognition seldom returns the same transcript twice, but the transcripts sound alike. So one search over an
index of wordings that work uses letters and sound together (TF-IDF, cosine).
"""

import zlib
from array import array
from collections.abc import Sequence
from itertools import repeat

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.text import limit_text, sound_key

__all__ = ["Index", "RetrievedRequest", "build_index", "highest"]

BUCKETS = 1 << 17
"""N-grams are hashed to so many columns; a collision adds a little noise and saves the vocabulary."""

POSTINGS = 1 << 18
"""Postings, of the rarest n-grams, that one search reads at most. In an index of some 10,000 wordings it reads all."""

CANDIDATES = 1 << 9
"""Wordings of a larger index whose cosines are completed by the other n-grams."""

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


class RetrievedRequest(msgspec.Struct, frozen=True):
    """A retrieved wording."""

    text: str
    """The wording."""
    score: float
    """Cosine to what was heard, in [0, 1]."""


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """Wordings as postings: for each n-gram the wordings that have it."""

    texts: list[str]
    """The wordings, sorted."""
    starts: npt.NDArray[np.int64]
    """First posting of each bucket, shape (BUCKETS + 1,)."""
    rows: Ints
    """The wording of each posting."""
    weights: Floats
    """Its weight, wordings having length 1."""
    idf: Floats
    """Weight of each bucket, shape (BUCKETS,)."""

    def search(self, heard: str, limit: int) -> list[RetrievedRequest]:
        """Return the wordings most like `heard`, itself left out, best first, ties by text.

        Args:
            heard: normalised.
            limit: at most so many.
        """
        rows, cosines = self.nearest((heard,), limit + 1)
        order = sorted((-float(cosine), self.texts[row]) for row, cosine in zip(rows, cosines[0], strict=True))
        return [RetrievedRequest(text, -minus) for minus, text in order if text != heard][:limit]

    def nearest(self, queries: Sequence[str], count: int) -> tuple[npt.NDArray[np.int64], Floats]:
        """Return the wordings with the highest sum of cosines to some queries.

        The rarest n-grams come first. What many wordings share tells little, and in a large index costs nearly all the
        time, so there it is looked up for the best wordings alone.

        Args:
            queries: normalised; mostly what was heard, in two spellings.
            count: at most so many.

        Returns:
            Their places in `texts`, shape (wordings,), best first, ties by place; and their cosines, shape (queries,
            wordings).
        """
        weights, buckets = self._query_weights(queries)
        read = int(np.searchsorted(np.cumsum(self.starts[buckets + 1] - self.starts[buckets]), POSTINGS, "right"))
        scores = self._scores(weights[:, :read], buckets[:read])
        rows = highest(scores.sum(0), count if read == len(buckets) else max(count, CANDIDATES))
        rows.sort()
        cosines = scores[:, rows]
        for place in range(read, len(buckets)):
            self._add(cosines, rows, buckets[place], weights[:, place])
        best = np.lexsort((rows, -cosines.sum(0)))[:count]
        return rows[best], cosines[:, best]

    def _query_weights(self, queries: Sequence[str]) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return the weight of each n-gram in each query, and its bucket, the rarest first."""
        grams = [_grams(query) for query in queries]
        buckets = np.array(sorted({bucket for counts in grams for bucket in counts}), np.int64)
        counts = np.array([[query_grams.get(int(bucket), 0) for bucket in buckets] for query_grams in grams])
        weights = counts.reshape(len(queries), len(buckets)) * self.idf[buckets]
        weights /= np.maximum(np.sqrt((weights**2).sum(1, keepdims=True)), 1e-12)
        order = np.argsort(self.starts[buckets + 1] - self.starts[buckets], kind="stable")
        return weights[:, order].astype(np.float32), buckets[order]

    def _scores(self, weights: Floats, buckets: npt.NDArray[np.int64]) -> Floats:
        """Return what some n-grams contribute to the cosine of each wording, shape (queries, texts)."""
        parts = [slice(low, high) for low, high in zip(self.starts[buckets], self.starts[buckets + 1], strict=True)]
        if not parts:
            return np.zeros((len(weights), len(self.texts)), np.float32)
        rows = np.concatenate([self.rows[part] for part in parts])
        posting_weights = np.concatenate([self.weights[part] for part in parts])
        sizes = self.starts[buckets + 1] - self.starts[buckets]
        return np.stack(
            [
                np.bincount(rows, posting_weights * np.repeat(query_weights, sizes), len(self.texts))
                for query_weights in weights
            ]
        ).astype(np.float32)

    def _add(self, cosines: Floats, rows: npt.NDArray[np.int64], bucket: int, weights: Floats) -> None:
        """Add what an n-gram contributes to the cosines of some wordings, given in ascending order."""
        part = slice(self.starts[bucket], self.starts[bucket + 1])
        having, posting_weights = self.rows[part], self.weights[part]
        # Of the same type, or the postings would be copied.
        places = np.minimum(np.searchsorted(having, rows.astype(having.dtype)), len(having) - 1)
        cosines += np.outer(weights, np.where(having[places] == rows, posting_weights[places], np.float32(0)))


def highest(scores: Floats, count: int) -> npt.NDArray[np.int64]:
    """Return the places of the highest scores above 0, at most `count` of them, in no order.

    >>> highest(np.array([0.5, 0.0, 0.9], np.float32), 2).tolist()
    [0, 2]
    """
    if not len(scores):
        return np.zeros(0, np.int64)
    # In a large index nearly all wordings are far behind the best, and need not be sorted.
    places = np.flatnonzero(scores > scores.max() / 2)
    if len(places) < count:
        places = np.flatnonzero(scores > 0)
    if len(places) <= count:
        return places
    return places[np.argpartition(-scores[places], count - 1)[:count]]


def build_index(texts: Sequence[str]) -> Index:
    """Index wordings.

    >>> build_index(["turn off the lamp", "play some jazz"]).search("turn of the lamb", 1)[0].text
    'turn off the lamp'
    """
    unique = sorted(set(texts))
    # Arrays, not lists: an index of a million wordings has a hundred million postings.
    bucket_array, row_array, count_array = array("i"), array("i"), array("i")
    for row, text in enumerate(unique):
        gram_counts = _grams(text)
        bucket_array.extend(gram_counts)
        count_array.extend(gram_counts.values())
        row_array.extend(repeat(row, len(gram_counts)))
    buckets, rows = np.array(bucket_array, np.int32), np.array(row_array, np.int32)
    frequency = np.bincount(buckets, minlength=BUCKETS)
    idf = np.log((1 + len(unique)) / (1 + frequency)) + 1
    weights = np.array(count_array, np.int32) * idf[buckets]
    lengths = np.sqrt(np.bincount(rows, weights * weights, minlength=len(unique)))
    weights = (weights / np.maximum(lengths, 1e-12)[rows]).astype(np.float32)
    # Wordings come in order, so a stable sort by bucket keeps them so.
    order = np.argsort(buckets, kind="stable")
    return Index(
        texts=unique,
        starts=np.concatenate([[0], np.cumsum(frequency)]).astype(np.int64),
        rows=rows[order],
        weights=weights[order],
        idf=idf.astype(np.float32),
    )


def _grams(text: str) -> dict[int, int]:
    """Return the hashed n-grams of the letters and of the sound, with their counts."""
    text = limit_text(text)
    counts: dict[int, int] = {}
    sound = sound_key(text).replace(" ", "")
    for kind, spelt, sizes in (("l", f" {text} ", (2, 3, 4)), ("s", f"^{sound}$", (2, 3))):
        for size in sizes:
            for at in range(len(spelt) - size + 1):
                bucket = zlib.crc32(f"{kind}{spelt[at : at + size]}".encode("utf-8", "surrogatepass")) % BUCKETS
                counts[bucket] = counts.get(bucket, 0) + 1
    return counts
