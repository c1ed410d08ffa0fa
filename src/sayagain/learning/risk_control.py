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
from sayagain.rewriting.change import QUESTION

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


YES_PER_NO = 2.0
"""Promise of questions, where `wins_per_loss` is no smaller: a question that is declined does nothing but disturb."""


CORRECTED = 3 / 4
"""Share of the label error that losses are corrected for. How often labels are wrong is not known exactly: a correction
that is too large breaks the promise, and one that is too small only costs wins. Chosen on the development half of DSTC2
and on homes of one seed."""


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """The decision that would have been made for one logged turn, and its effect."""

    unit: str
    """The unit of the turn; turns of one unit are not independent."""
    change: str
    """The class of change."""
    probability: float
    """How sure the decision is, in [0, 1]."""
    effect: Effect
    """The effect of the decision."""
    admitted: bool = False
    """Whether the assistant itself said that it could not; then nothing can be spoiled."""
    label_error: float = 0.0
    """How often a label like those that the effect rests on is wrong, in [0, 0.5); 0 where it rests on none."""


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """The threshold of one class of change, with its evidence."""

    least: float | None
    """Decisions from this probability on are made; None where no threshold keeps the promise."""
    wins: float
    """Wins from this threshold on (or in all, without one), as a sum of probabilities."""
    losses: float
    """Losses likewise."""
    wrong: float
    """Rewrites that stay wrong likewise."""


def choose_thresholds(decided: Sequence[Decided], *, wins_per_loss: float) -> dict[str, Threshold]:
    """Return a threshold for each class of change that was decided on.

    A share of losses p shows as ε + (1 - 2ε)·p in decisions whose labels are wrong with probability ε on average, and
    is corrected for most of it.

    Args:
        decided: cross-fitted decisions on logged turns.
        wins_per_loss: the promise: wins for each loss, above 0.
    """
    by_change: dict[str, list[Decided]] = defaultdict(list)
    for decision in decided:
        if sum(decision.effect) > 0:
            by_change[decision.change].append(decision)
    promises = defaultdict(lambda: wins_per_loss, {QUESTION: min(wins_per_loss, YES_PER_NO)})
    return {change: _choose_threshold(rows, promises[change]) for change, rows in sorted(by_change.items())}


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


def _choose_threshold(rows: Sequence[Decided], wins_per_loss: float) -> Threshold:
    ordered = sorted(rows, key=lambda decision: -decision.probability)
    accepted: Threshold | None = None
    for start in STARTS:
        previous_count = 0
        for count in _steps(ordered, start, wins_per_loss):
            min_probability = ordered[count - 1].probability
            # Decisions of equal probability cannot be told apart, so they go in together.
            included = [decision for decision in ordered if decision.probability >= min_probability]
            newly_included = included[previous_count:]
            previous_count = len(included)
            if _bad_share(newly_included) > MARGINAL or not _keeps_promise(included, wins_per_loss):
                break
            # The log has no decision below the last one; half its odds leave room for differences between rankers.
            if len(included) == len(ordered):
                min_probability = min_probability / (2 - min_probability)
            if accepted is None or accepted.least is None or min_probability < accepted.least:
                accepted = _total_effects(included, min_probability)
    return accepted or _total_effects(ordered, None)


def _steps(ordered: Sequence[Decided], start: float, wins_per_loss: float) -> list[int]:
    """Return how many of the surest decisions each threshold takes in.

    The sizes depend on the amount of evidence, not on its content, so the tests stay valid.

    Args:
        ordered: decisions, the surest first.
        start: size of the first threshold, as a multiple of the fewest decisions that could pass.
        wins_per_loss: the promise.
    """
    cumulative_outcomes = np.cumsum([decision.effect.win + decision.effect.loss for decision in ordered])
    fewest = start * _min_wins(wins_per_loss) - _prior_wins(ordered, wins_per_loss)
    if cumulative_outcomes[-1] < fewest:
        return []
    steps = []
    size = int(np.searchsorted(cumulative_outcomes, fewest)) + 1
    while size < len(ordered):
        steps.append(size)
        size = max(int(size * GROWTH), size + 1)
    return [*steps, len(ordered)]


def _bad_share(rows: Sequence[Decided]) -> float:
    """Return the share of bad decisions, corrected for label errors: losses, and in part rewrites that stay wrong."""
    wins = sum(decision.effect.win for decision in rows)
    bad = sum(decision.effect.loss + decision.effect.wrong / WRONG_PER_LOSS for decision in rows)
    return _correct_share(bad / max(wins + bad, 1e-9), rows)


def _keeps_promise(rows: Sequence[Decided], wins_per_loss: float) -> bool:
    """Whether the share of losses among wins and losses is surely as low as promised."""
    wins = sum(decision.effect.win for decision in rows)
    losses = sum(decision.effect.loss for decision in rows)
    turns = (wins + losses) / _design_effect(rows)
    true_share = _correct_share(losses / max(wins + losses, 1e-9), rows)
    prior_wins = _prior_wins(rows, wins_per_loss)
    return p_value(
        prior_wins + turns * (1 - true_share), turns * true_share, 1 / (1 + wins_per_loss)
    ) <= FAILURE_RATE / len(STARTS)


def _correct_share(observed_share: float, rows: Sequence[Decided]) -> float:
    """Return a share of bad decisions without those that only look bad since their labels are wrong."""
    label_error = CORRECTED * sum(decision.label_error for decision in rows) / max(len(rows), 1)
    return max(observed_share - label_error, 0.0) / (1 - 2 * label_error)


def _min_wins(wins_per_loss: float) -> float:
    """Return how many wins without a loss make the promise sure."""
    return float(np.log(FAILURE_RATE / len(STARTS)) / np.log(wins_per_loss / (1 + wins_per_loss)))


def _prior_wins(rows: Sequence[Decided], wins_per_loss: float) -> float:
    """Return the wins that are known beforehand, by the share of rows in which nothing could be spoiled."""
    return PRIOR * _min_wins(wins_per_loss) * sum(decision.admitted for decision in rows) / len(rows)


def _design_effect(rows: Sequence[Decided]) -> float:
    """Return by how much turns of one unit resemble each other: the variance of units' sums over that of single turns.

    Source: Kish 1965, "Survey Sampling" (design effect); docs/references.md.
    """
    by_unit: dict[str, tuple[float, float]] = {}
    for decision in rows:
        losses, outcomes = by_unit.get(decision.unit, (0.0, 0.0))
        by_unit[decision.unit] = losses + decision.effect.loss, outcomes + decision.effect.win + decision.effect.loss
    sums = np.array(list(by_unit.values()))
    total_losses, total = sums.sum(axis=0)
    share = (total_losses + 0.5) / (total + 1)
    clustered = float(((sums[:, 0] - share * sums[:, 1]) ** 2).sum())
    return max(1.0, clustered / (share * (1 - share) * total)) if total > 0 else 1.0


def _total_effects(rows: Sequence[Decided], min_probability: float | None) -> Threshold:
    return Threshold(
        least=min_probability,
        wins=sum(decision.effect.win for decision in rows),
        losses=sum(decision.effect.loss for decision in rows),
        wrong=sum(decision.effect.wrong for decision in rows),
    )
