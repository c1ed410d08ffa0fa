"""Retrieval that has learnt how this recogniser errs: n-grams find, a noisy channel narrows down, boosted trees rank.

Three steps, each dearer and on fewer requests than the one before: cosine of n-grams over the whole index, as heard and
as restored by known mishearings; the cost of hearing this where each of the best was said; all features for the best of
these. Without what was learnt from pairs, retrieval is the first step alone.
"""

import math
import time
from collections.abc import Callable, Sequence
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.rewriting.boosted import Boosted
from sayagain.rewriting.confusions import Confusions
from sayagain.rewriting.likeness_features import Likenesses, Pool, known_words, word_weights
from sayagain.rewriting.mishearings import Mishearings
from sayagain.rewriting.retrieve import Index, RetrievedRequest

__all__ = ["Learnt", "RankedPool", "Retrieval", "with_margins"]

FOUND, NARROWED = 120, 30
"""Requests that n-grams find, and those of them that are ranked."""

LISTED = 8
"""The first requests of the order that get a probability; of the others it is 0."""

Floats = npt.NDArray[np.float64]


class Learnt(msgspec.Struct, frozen=True, kw_only=True):
    """What retrieval learnt from pairs of what was heard and what was said."""

    mishearings: Mishearings
    """Phrases to read as others."""
    letters: Confusions
    """Costs of letters."""
    sounds: Confusions
    """Costs of sounds."""
    order: str = ""
    """The model that orders requests, as LightGBM's text; empty for none."""
    sure: str = ""
    """The model of P(a request was said), over the features, the score of the order and how far it is ahead."""


class RankedPool(msgspec.Struct, frozen=True):
    """Requests that may have been said, with their features."""

    texts: list[str]
    """The requests."""
    rows: Floats
    """Their features, shape (texts, columns of `likeness_features.NAMES`)."""


class Retrieval:
    """Finds requests that work and may have been said instead of what was heard.

    Args:
        index: of requests that work.
        learnt: from pairs; None searches by n-grams alone.
        weight: how rare a word is, as `word_weights` counts it; None counts the words of the index.
    """

    def __init__(
        self, index: Index, learnt: Learnt | None = None, weight: Callable[[str], float] | None = None
    ) -> None:
        self.index = index
        self._weight = weight
        self.learnt = learnt
        self._order = Boosted(learnt.order) if learnt is not None and learnt.order else None
        self._sure = Boosted(learnt.sure) if learnt is not None and learnt.sure else None

    @cached_property
    def _likenesses(self) -> Likenesses:
        assert self.learnt is not None
        weight = self._weight
        if weight is None:
            weights = word_weights(self.index.texts)
            rarest = max(weights.values(), default=1.0)
            weight = lambda word: weights.get(word, rarest)  # noqa: E731  (mypy knows its type from `weight`)
        return Likenesses(letters=self.learnt.letters, sounds=self.learnt.sounds, weight=weight)

    def search(self, heard: str, limit: int) -> list[RetrievedRequest]:
        """Return the requests likeliest said, what was heard left out, best first.

        Args:
            heard: normalised.
            limit: at most so many.

        Returns:
            With a probability as score, where models are learnt; else the cosine.
        """
        found = self.search_until(heard, limit, math.inf)
        return found if found is not None else []

    def search_until(self, heard: str, limit: int, until: float) -> list[RetrievedRequest] | None:
        """Return the same as `search`, or None where that would take longer.

        Args:
            heard: normalised.
            limit: at most so many.
            until: time (`time.perf_counter`) after which no other step is begun; n-grams alone are always searched.
        """
        if self._order is None or self._sure is None:
            return self.index.search(known_words(heard), limit)
        if time.perf_counter() > until:
            return None
        pool = self.pool(heard, until=until)
        if pool is None:
            return None
        if not pool.texts:
            return []
        scores = self._order.probabilities(pool.rows)
        order = np.argsort(-scores, kind="stable")[:limit]
        probabilities = np.zeros(len(order))
        listed = order[:LISTED]
        probabilities[: len(listed)] = self._sure.probabilities(with_margins(pool.rows, scores, listed))
        return [RetrievedRequest(pool.texts[k], float(p)) for k, p in zip(order, probabilities, strict=True)]

    def pool(self, heard: str, *, without: str | None = None, until: float = math.inf) -> RankedPool | None:
        """Return the requests to rank, `heard` itself left out; None where that would take longer than it may.

        Args:
            heard: normalised.
            without: another request to leave out.
            until: as for `search_until`.
        """
        assert self.learnt is not None
        restored = self.learnt.mishearings.restore(heard)
        queries = [known_words(heard)] if restored == heard else [known_words(heard), known_words(restored)]
        found, cosines = self.index.nearest(queries, FOUND)
        kept = [k for k, row in enumerate(found) if self.index.texts[row] not in (heard, without)]
        if not kept:
            return RankedPool([], np.zeros((0, 0)))
        texts = [self.index.texts[row] for row in found[kept]]
        pool = Pool(heard, restored, texts, cosines[0, kept], cosines[-1, kept])
        if time.perf_counter() > until:
            return None
        narrowed = self._likenesses.narrow(pool, NARROWED)
        if time.perf_counter() > until:
            return None
        return RankedPool(narrowed.texts, self._likenesses.rows(narrowed))


def with_margins(rows: Floats, scores: Floats, listed: Sequence[int] | npt.NDArray[np.int64]) -> Floats:
    """Return features for the model of probabilities: those of requests, their score and how far it is ahead.

    Args:
        rows: features of all requests of a turn.
        scores: of the order.
        listed: the requests asked about.
    """
    extra = []
    for k in listed:
        others = np.delete(scores, k)
        extra.append((scores[k], scores[k] - others.max(initial=-10.0), float((others > scores[k]).sum())))
    return np.hstack([rows[listed], np.array(extra).reshape(len(listed), 3)])
