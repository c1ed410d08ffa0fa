"""Risk control: the threshold of each class of change, chosen on the log itself so that a promise holds.

The user states how many wins a loss must be paid with (`wins_per_loss`). Every labelled turn is decided on by a ranker
that never saw its unit (user, home or session), and what followed says what the rewrite would have done. For each
class of change, thresholds are tried from strict to loose; a threshold is accepted as long as an exact binomial test
rejects that its share of losses is too high, and the loosest accepted one is used. A class whose strictest threshold
cannot be tested is not rewritten.

Source: Angelopoulos, Bates, Candès, Jordan and Lei 2021, "Learn then Test" (fixed-sequence
testing); docs/references.md.
"""

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from scipy.special import betainc

from sayagain.labels import Effect

__all__ = ["Decided", "Threshold", "choose_thresholds", "p_value"]

FAILURE_RATE = 0.1
"""Probability with which a class may break its promise by chance: the level of the test."""

PRIOR = 5 / 8
"""Wins that stand for what is known beforehand, as a share of the fewest that could pass, where the assistant itself
said that it could not: such a request cannot be spoiled, and guardrails let through only what accounts for its words.
It is below 1, so that no promise, however small, is kept without evidence of the log's own."""

STARTS = (1.0, 3.0)
"""Where the two sequences of thresholds start, as multiples of the fewest decisions that could pass; each has half of
the failure rate. The second still passes where the surest few already hold a loss."""

MARGINAL = 1 / 3
"""Largest share of bad decisions among those that a looser threshold adds, whatever the average of all: a single
decision must be likelier right than not."""

GROWTH = 1.25
"""Each looser threshold takes in so many times as many decisions as the one before it."""

WRONG_PER_LOSS = 4.0
"""A rewrite that answers a failing request in another wrong way weighs a quarter of a loss: nothing is spoiled, yet
something else may be done than was meant."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What would have been decided for one logged turn, and what it would have done."""

    unit: str
    """Whose turn it is; turns of one unit are not independent."""
    change: str
    """The class of change."""
    probability: float
    """How sure the decision is, in [0, 1]."""
    effect: Effect
    """What it would have done."""
    admitted: bool = False
    """Whether the assistant itself said that it could not; then nothing can be spoiled."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold of one class of change, and what it rests on."""

    least: float | None
    """Decisions from this probability on are made; None where no threshold keeps the promise."""
    wins: float
    """Wins from this threshold on (or in all, without one), as a sum of probabilities."""
    losses: float
    """Losses likewise."""
    wrong: float
    """Rewrites that stay wrong likewise."""


def choose_thresholds(decided: Sequence[Decided], *, wins_per_loss: float, label_error: float) -> dict[str, Threshold]:
    """Return a threshold for each class of change that was decided on.

    Args:
        decided: cross-fitted decisions on logged turns.
        wins_per_loss: the promise: wins for each loss, above 0.
        label_error: how often a label is wrong, in [0, 0.5); a share of losses p shows as ε + (1 - 2ε)·p.
    """
    by_change: dict[str, list[Decided]] = defaultdict(list)
    for one in decided:
        if sum(one.effect) > 0:
            by_change[one.change].append(one)
    return {change: _threshold(rows, wins_per_loss, label_error) for change, rows in sorted(by_change.items())}


def p_value(wins: float, losses: float, share: float) -> float:
    """Return P(no more losses than were seen | the share of losses is `share`), by the binomial distribution.

    Counts need not be whole: the distribution function is continued by the incomplete beta function.

    >>> round(p_value(24, 0, 1 / 11), 3)
    0.102
    >>> p_value(0, 0, 0.5)
    1.0
    """
    if wins <= 0:
        return 1.0
    return float(betainc(wins, losses + 1, 1 - share))


def _threshold(rows: Sequence[Decided], wins_per_loss: float, label_error: float) -> Threshold:
    ordered = sorted(rows, key=lambda one: -one.probability)
    accepted: Threshold | None = None
    for start in STARTS:
        before = 0
        for count in _steps(ordered, start, wins_per_loss):
            least = ordered[count - 1].probability
            # Decisions of equal probability cannot be told apart, so they go in together.
            taken = [one for one in ordered if one.probability >= least]
            added = taken[before:]
            before = len(taken)
            if _share(added, label_error) > MARGINAL or not _keeps_promise(taken, wins_per_loss, label_error):
                break
            # Nothing was seen below the last decision; half its odds leave room for how rankers differ.
            if len(taken) == len(ordered):
                least = least / (2 - least)
            if accepted is None or accepted.least is None or least < accepted.least:
                accepted = _summed(taken, least)
    return accepted or _summed(ordered, None)


def _steps(ordered: Sequence[Decided], start: float, wins_per_loss: float) -> list[int]:
    """Return how many of the surest decisions each threshold takes in.

    The sizes follow from how much is known of the decisions, not from what is known, so the tests stay valid.

    Args:
        ordered: decisions, the surest first.
        start: size of the first threshold, as a multiple of the fewest decisions that could pass.
        wins_per_loss: the promise.
    """
    known = np.cumsum([one.effect.win + one.effect.loss for one in ordered])
    fewest = start * _fewest(wins_per_loss) - _prior(ordered, wins_per_loss)
    if known[-1] < fewest:
        return []
    steps = []
    size = int(np.searchsorted(known, fewest)) + 1
    while size < len(ordered):
        steps.append(size)
        size = max(int(size * GROWTH), size + 1)
    return [*steps, len(ordered)]


def _share(rows: Sequence[Decided], label_error: float) -> float:
    """Return the share of bad decisions, without what labels get wrong: losses, and in part what stays wrong."""
    wins = sum(one.effect.win for one in rows)
    bad = sum(one.effect.loss + one.effect.wrong / WRONG_PER_LOSS for one in rows)
    return max(bad / max(wins + bad, 1e-9) - label_error, 0.0) / (1 - 2 * label_error)


def _keeps_promise(rows: Sequence[Decided], wins_per_loss: float, label_error: float) -> bool:
    """Whether the share of losses among wins and losses is surely as low as promised."""
    wins = sum(one.effect.win for one in rows)
    losses = sum(one.effect.loss for one in rows)
    turns = (wins + losses) / _design_effect(rows)
    seen = losses / max(wins + losses, 1e-9)
    true = max(seen - label_error, 0.0) / (1 - 2 * label_error)
    known = _prior(rows, wins_per_loss)
    return p_value(known + turns * (1 - true), turns * true, 1 / (1 + wins_per_loss)) <= FAILURE_RATE / len(STARTS)


def _fewest(wins_per_loss: float) -> float:
    """Return how many wins without a loss make the promise sure."""
    return float(np.log(FAILURE_RATE / len(STARTS)) / np.log(wins_per_loss / (1 + wins_per_loss)))


def _prior(rows: Sequence[Decided], wins_per_loss: float) -> float:
    """Return the wins that are known beforehand, by the share of rows in which nothing could be spoiled."""
    return PRIOR * _fewest(wins_per_loss) * sum(one.admitted for one in rows) / len(rows)


def _design_effect(rows: Sequence[Decided]) -> float:
    """Return by how much turns of one unit resemble each other: the variance of units' sums over that of single turns.

    Source: Kish 1965, "Survey Sampling" (design effect); docs/references.md.
    """
    by_unit: dict[str, tuple[float, float]] = {}
    for one in rows:
        losses, known = by_unit.get(one.unit, (0.0, 0.0))
        by_unit[one.unit] = losses + one.effect.loss, known + one.effect.win + one.effect.loss
    sums = np.array(list(by_unit.values()))
    against, total = sums.sum(axis=0)
    share = (against + 0.5) / (total + 1)
    clustered = float(((sums[:, 0] - share * sums[:, 1]) ** 2).sum())
    return max(1.0, clustered / (share * (1 - share) * total)) if total > 0 else 1.0


def _summed(rows: Sequence[Decided], least: float | None) -> Threshold:
    return Threshold(
        least=least,
        wins=sum(one.effect.win for one in rows),
        losses=sum(one.effect.loss for one in rows),
        wrong=sum(one.effect.wrong for one in rows),
    )
