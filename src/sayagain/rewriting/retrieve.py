"""Retrieval: requests that work and look or sound like what was heard, by character n-grams of letters and of sound.

Speech recognition seldom returns the same transcript twice, but the transcripts sound alike. So one search over an
index of wordings that work uses letters and sound together (TF-IDF, cosine).
"""

import math
import zlib
from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.text import limit_text, sound_key

__all__ = ["Index", "RetrievedRequest", "build_index"]

BUCKETS = 1 << 17
"""N-grams are hashed to so many columns; a collision adds a little noise and saves the vocabulary."""

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
        count = min(limit + 1, len(scores))
        best = np.argpartition(-scores, count - 1)[:count] if count else np.zeros(0, np.int64)
        order = sorted((-float(scores[k]), self.texts[k]) for k in best if scores[k] > 0)
        return [RetrievedRequest(text, -minus) for minus, text in order if text != heard][:limit]

    def cosines(self, heard: str) -> Floats:
        """Return the cosine of each wording to `heard`, shape (texts,)."""
        scores = np.zeros(len(self.texts), np.float32)
        length = 0.0
        for bucket, n in sorted(_grams(heard).items()):
            weight = n * float(self.idf[bucket])
            length += weight * weight
            low, high = self.starts[bucket], self.starts[bucket + 1]
            if low == high:
                continue
            # A wording has an n-gram once in the postings, so no row is added to twice.
            scores[self.rows[low:high]] += weight * self.weights[low:high]
        return scores / np.float32(math.sqrt(length)) if length else scores


def build_index(texts: Sequence[str]) -> Index:
    """Index wordings.

    >>> build_index(["turn off the lamp", "play some jazz"]).search("turn of the lamb", 1)[0].text
    'turn off the lamp'
    """
    unique = sorted(set(texts))
    grams = [_grams(text) for text in unique]
    frequency = np.zeros(BUCKETS)
    for gram_counts in grams:
        frequency[list(gram_counts)] += 1
    idf = np.log((1 + len(unique)) / (1 + frequency)) + 1
    buckets: list[int] = []
    rows: list[int] = []
    weights: list[float] = []
    for row, gram_counts in enumerate(grams):
        length = math.sqrt(sum((n * idf[bucket]) ** 2 for bucket, n in sorted(gram_counts.items()))) or 1.0
        for bucket, n in gram_counts.items():
            buckets.append(bucket)
            rows.append(row)
            weights.append(n * idf[bucket] / length)
    order = np.lexsort((rows, buckets)) if rows else np.zeros(0, np.int64)
    starts = np.searchsorted(np.array(buckets, np.int64)[order], np.arange(BUCKETS + 1))
    return Index(
        texts=unique,
        starts=starts,
        rows=np.array(rows, np.int32)[order],
        weights=np.array(weights, np.float32)[order],
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
