"""Learning to retrieve: mishearings, confusions and ranker, from pairs of what was heard and what was said.

What ranks a pair's requests was counted without the pair's half, so nothing looks up its own answer. A random half of
the requests that were said is taken out of the index, since as many will be new: there, leaving the request is right.
"""

import random
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import lightgbm
import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.rewriting.confusions import learn_confusions
from sayagain.rewriting.likeness_features import sound_words
from sayagain.rewriting.mishearings import HeardPair, learn_mishearings
from sayagain.rewriting.retrieval import LISTED, Learnt, RankedPool, Retrieval, with_margins
from sayagain.rewriting.retrieve import Index

__all__ = ["CrossFit", "half_of", "learn_retrieval"]

FEWEST = 100
"""Pairs that were misheard below which nothing is learnt: retrieval is by n-grams alone."""

MOST = 2000
"""Pairs that the ranker is trained on by default, chosen by hash, so that its time is bounded."""

UNSEEN = 0.5
"""Share of what was said that the ranker must do without, since it is in no index."""

ORDER: dict[str, Any] = {"objective": "lambdarank", "lambdarank_truncation_level": 10}
SURE: dict[str, Any] = {"objective": "binary"}
PARAMETERS: dict[str, Any] = {
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbose": -1,
}
ROUNDS = 150

Floats = npt.NDArray[np.float64]
Pooled = tuple[RankedPool, HeardPair]


class CrossFit(msgspec.Struct, frozen=True, kw_only=True):
    """What was learnt from pairs, and from each half of them."""

    learnt: Learnt
    """From all pairs."""
    halves: tuple[Learnt, Learnt]
    """For the units of each half, from the pairs of the other."""
    decisions: list[tuple[float, bool]]
    """For each pair that the ranker is trained on, P(the first request was said), learnt from the other half, and
    whether it was."""


def learn_retrieval(
    pairs: Sequence[HeardPair],
    index: Index,
    *,
    min_users: int = 1,
    units: Mapping[str, str] | None = None,
    most: int = MOST,
    seed: int = 1,
) -> CrossFit | None:
    """Learn from the pairs of a log.

    Args:
        pairs: also of requests that were heard right.
        index: of requests that work.
        min_users: mishearings that fewer users stand behind are left out.
        units: from a fitting unit to the user that it counts as; one that is not named counts as itself.
        most: pairs that the ranker is trained on.
        seed: of the boosting, and of the choice of what is taken out of the index.

    Returns:
        None where there are too few pairs that were misheard.
    """
    halves = [[pair for pair in pairs if _half_of(pair) == half] for half in (0, 1)]
    if min(sum(pair.heard != pair.said for pair in part) for part in halves) < FEWEST // 2:
        return None
    counted = [_count(halves[1 - half], min_users, units) for half in (0, 1)]
    rng = random.Random(seed)  # noqa: S311  (a split, not a secret)
    pools: list[Pooled] = []
    for pair in _choose(pairs, most):
        new_text = pair.said if rng.random() < UNSEEN else None
        pool = Retrieval(index, counted[_half_of(pair)]).pool(pair.heard, without=new_text)
        if pool is not None and pool.texts:
            pools.append((pool, pair))
    parts = [[pooled for pooled in pools if _half_of(pooled[1]) == half] for half in (0, 1)]
    if min(sum(pair.said in pool.texts for pool, pair in part) for part in parts) < FEWEST // 4:
        return None
    # The scores that the second model is trained on are those of an order learnt without the pair.
    orders = [_fit_order(parts[1 - half], seed) for half in (0, 1)]
    examples = [_examples(part, order) for part, order in zip(parts, orders, strict=True)]
    sures = [_fit(SURE, *examples[1 - half][:2], seed) for half in (0, 1)]
    decisions = [
        (float(probability), bool(right))
        for (rows, truths, firsts), sure in zip(examples, sures, strict=True)
        for probability, right in zip(sure.predict(rows[firsts], num_threads=1), truths[firsts], strict=True)
    ]
    all_rows, all_truths = (np.concatenate([part[column] for part in examples]) for column in (0, 1))
    first, second = (
        msgspec.structs.replace(part, order=order.model_to_string(), sure=sure.model_to_string())
        for part, order, sure in zip(counted, orders, sures, strict=True)
    )
    learnt = msgspec.structs.replace(
        _count(pairs, min_users, units),
        order=_fit_order(pools, seed).model_to_string(),
        sure=_fit(SURE, all_rows, all_truths, seed).model_to_string(),
    )
    return CrossFit(learnt=learnt, halves=(first, second), decisions=decisions)


def _choose(pairs: Sequence[HeardPair], most: int) -> list[HeardPair]:
    """Return the pairs that the ranker is trained on: misheard ones first of all, since most logs have few."""
    misheard = sorted((pair for pair in pairs if pair.heard != pair.said), key=_hash)
    right = sorted((pair for pair in pairs if pair.heard == pair.said), key=_hash)
    return [*misheard[: most - most // 4], *right[: most // 4]]


def _examples(pools: Sequence[Pooled], order: lightgbm.Booster) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Return features and truths for the model of probabilities, and the row of the first request of each pair."""
    rows: list[Floats] = []
    truths: list[float] = []
    firsts: list[int] = []
    for pool, pair in pools:
        scores = np.asarray(order.predict(pool.rows, num_threads=1))
        listed = np.argsort(-scores, kind="stable")[:LISTED]
        firsts.append(len(truths))
        rows.append(with_margins(pool.rows, scores, listed))
        truths += [float(pool.texts[k] == pair.said) for k in listed]
    return np.vstack(rows), np.array(truths), np.array(firsts)


def _count(pairs: Sequence[HeardPair], min_users: int, units: Mapping[str, str] | None) -> Learnt:
    return Learnt(
        mishearings=learn_mishearings(pairs, min_users=min_users, units=units),
        letters=learn_confusions([(pair.heard, pair.said) for pair in pairs]),
        sounds=learn_confusions([(sound_words(pair.heard), sound_words(pair.said)) for pair in pairs]),
    )


def _fit_order(pools: Sequence[Pooled], seed: int) -> lightgbm.Booster:
    # A request that is in no index teaches no order.
    known = [(pool, pair) for pool, pair in pools if pair.said in pool.texts]
    rows = np.vstack([pool.rows for pool, _ in known])
    y = np.concatenate([[text == pair.said for text in pool.texts] for pool, pair in known]).astype(np.float64)
    return _fit(ORDER, rows, y, seed, group=[len(pool.texts) for pool, _ in known])


def _fit(
    objective: dict[str, Any], rows: Floats, y: Floats, seed: int, group: Sequence[int] | None = None
) -> lightgbm.Booster:
    return lightgbm.train({**PARAMETERS, **objective, "seed": seed}, lightgbm.Dataset(rows, y, group=group), ROUNDS)


def _hash(pair: HeardPair) -> int:
    return zlib.crc32(f"{pair.unit}\n{pair.heard}\n{pair.said}".encode("utf-8", "surrogatepass"))


def _half_of(pair: HeardPair) -> int:
    return half_of(pair.unit or pair.said)


def half_of(unit: str) -> int:
    """Return the half that a fitting unit belongs to: 0 or 1."""
    return zlib.crc32(unit.encode("utf-8", "surrogatepass")) // 7 % 2
