"""The lexicon: P(item of a hypothesis | words), which generalises from known strings to strings never heard.

A ridge regression from word uni- and bigrams of the ASR n-best, and the assistant's previous response, to the acts and
slots of verified hypotheses; cross-fitted by fitting unit so that learning never looks up its own answer.
"""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from sayagain.turns import Hypothesis

__all__ = ["FOLDS", "LIKELY", "Item", "Lexicon", "Taught", "fold", "learn_lexicon", "terms"]

RIDGE = 1.0
TERMS = 3000
"""The most frequent terms kept."""
RARE = 3
"""An item verified less often is not modelled."""
FOLDS = 5
LIKELY = 0.35
"""Threshold of P(item | words) above which a missing item counts as said."""

Item = tuple[str, str]
Floats = npt.NDArray[np.float32]


def terms(strings: Sequence[tuple[str, float]], before: Sequence[Hypothesis]) -> dict[str, float]:
    """Return the word uni- and bigrams of what was heard, by weight, and the acts of the response before it.

    >>> sorted(terms([("lamp on", 1.0)], ()))
    ['', '< lamp', 'lamp', 'lamp on', 'on', 'on >']
    """
    weights: dict[str, float] = {"": 1.0}
    for text, weight in strings:
        tokens = ["<", *text.split(), ">"]
        # Sorted, so that sums do not depend on the order of a set.
        for term in sorted({*tokens[1:-1], *(f"{a} {b}" for a, b in pairwise(tokens))}):
            weights[term] = weights.get(term, 0.0) + weight
    for act in before:
        weights[f"\t{act.intent}"] = 1.0
        if len(act.slots) == 1:
            weights[f"\t{act.intent} {act.slots[0].name} {act.slots[0].value}"] = 1.0
    return weights


class Lexicon(msgspec.Struct, frozen=True, kw_only=True):
    """Weights from terms to items."""

    vocabulary: dict[str, int]
    """Row by term."""
    items: dict[Item, int]
    """Column by item."""
    weights: Floats
    """Terms × items."""
    simplest: dict[Item, Hypothesis]
    """The shortest verified hypothesis that has an item."""

    def predict(self, terms: Mapping[str, float]) -> Floats:
        """Return P(item | terms) for each item, shape (items,), clipped to [0, 1]."""
        at = [(self.vocabulary[term], weight) for term, weight in terms.items() if term in self.vocabulary]
        if not at:
            return np.zeros(len(self.items), np.float32)
        rows, values = zip(*at, strict=True)
        predicted: Floats = np.clip(np.asarray(values, np.float32) @ self.weights[list(rows)], 0.0, 1.0)
        return predicted


def fold(fitting_unit: str) -> int:
    """Return the fold that a fitting unit's turns belong to, the same on every machine."""
    return zlib.crc32(fitting_unit.encode("utf-8", "surrogatepass")) // 7 % FOLDS


Taught = tuple[dict[str, float], Hypothesis, str, float]
"""One verified turn: its terms, its hypothesis, its fitting unit, its weight."""


def learn_lexicon(
    taught: Sequence[Taught], *, min_users: int = 1, units: Mapping[str, str] | None = None
) -> tuple[Lexicon, list[Lexicon]]:
    """Learn from (terms, hypothesis, fitting unit, weight) of verified turns.

    Args:
        taught: one entry a verified turn.
        min_users: a term, item or hypothesis that fewer users stand behind is left out.
        units: from a fitting unit to the user that it counts as; one that is not named counts as itself.

    Returns:
        The lexicon of everything, and one a fold, learnt without that fold's fitting units.
    """
    term_users: dict[str, set[str]] = {}
    item_users: dict[Item, set[str]] = {}
    term_counts: Counter[str] = Counter()
    item_counts: Counter[Item] = Counter()
    units = units or {}
    for term_weights, hypothesis, unit, _ in taught:
        user = units.get(unit, unit)
        for term in term_weights:
            term_counts[term] += 1
            term_users.setdefault(term, set()).add(user)
        for item in hypothesis.items:
            item_counts[item] += 1
            item_users.setdefault(item, set()).add(user)
    common_terms = [
        t
        for t, n in sorted(term_counts.items(), key=lambda x: (-x[1], x[0]))
        if n >= 2 and len(term_users[t]) >= min_users
    ]
    vocabulary = {term: i for i, term in enumerate(common_terms[:TERMS])}
    modelled_items = sorted(i for i, n in item_counts.items() if n >= RARE and len(item_users[i]) >= min_users)
    items = {item: i for i, item in enumerate(modelled_items)}
    if not vocabulary or not items:
        nothing = Lexicon(vocabulary={}, items={}, weights=np.zeros((0, 0), np.float32), simplest={})
        return nothing, [nothing] * FOLDS
    x, y = _matrices(taught, vocabulary, items)
    folds = np.array([fold(unit) for _, _, unit, _ in taught])
    # Grams add up over folds, so leaving one out costs a subtraction and no second pass.
    grams = [(x[folds == k].T @ x[folds == k]).toarray() for k in range(FOLDS)]
    crosses = [(x[folds == k].T @ y[folds == k]).toarray() for k in range(FOLDS)]
    gram, cross = sum(grams), sum(crosses)
    simplest = _simplest_hypotheses(taught, items, min_users, units)

    def solve(gram_matrix: npt.NDArray[np.float64], cross_matrix: npt.NDArray[np.float64]) -> Lexicon:
        ridged = gram_matrix.copy()
        ridged.flat[:: len(ridged) + 1] += RIDGE
        weights = np.linalg.solve(ridged, cross_matrix).astype(np.float32)
        return Lexicon(vocabulary=vocabulary, items=items, weights=weights, simplest=simplest)

    return solve(gram, cross), [solve(gram - g, cross - c) for g, c in zip(grams, crosses, strict=True)]


def _simplest_hypotheses(
    taught: Sequence[Taught], items: Mapping[Item, int], min_users: int, units: Mapping[str, str]
) -> dict[Item, Hypothesis]:
    hypothesis_counts: Counter[str] = Counter(hypothesis.key for _, hypothesis, *_ in taught)
    hypotheses = {hypothesis.key: hypothesis for _, hypothesis, *_ in taught}
    users: dict[str, set[str]] = {}
    for _, hypothesis, unit, _ in taught:
        users.setdefault(hypothesis.key, set()).add(units.get(unit, unit))
    simplest: dict[Item, Hypothesis] = {}
    for key in sorted(hypothesis_counts, key=lambda key: (len(hypotheses[key].items), -hypothesis_counts[key], key)):
        if hypothesis_counts[key] >= RARE and len(users[key]) >= min_users:
            for item in hypotheses[key].items & items.keys():
                simplest.setdefault(item, hypotheses[key])
    return simplest


def _matrices(
    taught: Sequence[Taught],
    vocabulary: Mapping[str, int],
    items: Mapping[Item, int],
) -> tuple[csr_matrix, csr_matrix]:
    root = np.sqrt([weight for *_, weight in taught])
    x = [
        (row, vocabulary[term], value * root[row])
        for row, (term_weights, *_) in enumerate(taught)
        for term, value in term_weights.items()
        if term in vocabulary
    ]
    y = [
        (row, items[item], root[row])
        for row, (_, hypothesis, *_) in enumerate(taught)
        for item in sorted(hypothesis.items)
        if item in items
    ]
    return _sparse(x, (len(taught), len(vocabulary))), _sparse(y, (len(taught), len(items)))


def _sparse(cells: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> csr_matrix:
    rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    return csr_matrix((values, (rows, columns)), shape)
