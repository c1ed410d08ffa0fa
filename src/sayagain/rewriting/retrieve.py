"""Retrieval: requests that work and look or sound like what was heard, by character n-grams of letters and of sound.

Speech recognition seldom returns the same transcript twice, but the transcripts sound alike. So one search over an
index of wordings that work uses letters and sound together (TF-IDF, cosine).
"""

import math
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

POSTINGS = 1 << 20
"""Postings that one search reads at most. In an index of some 50,000 wordings no search has so many."""

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
        scores = self.cosines(heard)
        order = sorted((-float(scores[k]), self.texts[k]) for k in highest(scores, limit + 1))
        return [RetrievedRequest(text, -minus) for minus, text in order if text != heard][:limit]

    def cosines(self, heard: str) -> Floats:
        """Return the cosine of each wording to `heard`, shape (texts,)."""
        scores = np.zeros(len(self.texts), np.float32)
        length = 0.0
        grams = []
        for bucket, n in sorted(_grams(heard).items()):
            weight = n * float(self.idf[bucket])
            length += weight * weight
            grams.append((int(self.starts[bucket + 1] - self.starts[bucket]), bucket, weight))
        # The rarest first; what many wordings share tells little, and in a large index costs nearly all the time.
        postings = 0
        rows, weights = [scores[:0].astype(np.int32)], [scores[:0]]
        for count, bucket, weight in sorted(grams):
            postings += count
            if postings > POSTINGS:
                break
            if count:
                low, high = self.starts[bucket], self.starts[bucket + 1]
                rows.append(self.rows[low:high])
                weights.append(weight * self.weights[low:high])
        np.add.at(scores, np.concatenate(rows), np.concatenate(weights))
        return scores / np.float32(math.sqrt(length)) if length else scores


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
