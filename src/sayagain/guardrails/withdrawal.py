"""Withdrawal: when a live rewrite has to go, judged by what happened since its release."""

import msgspec

from sayagain.rewriting.evidence import Evidence, probability_better, wilson_high

__all__ = ["Limits", "Outcomes", "withdraw"]


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """How the turns went on which one rewrite was at hand, since its release; sums of probabilities are welcome."""

    good: float = 0.0
    """Rewritten turns that went well."""
    bad: float = 0.0
    """Rewritten turns that failed."""
    good_alone: float = 0.0
    """Turns of the holdout, left as heard, that went well."""
    bad_alone: float = 0.0
    """Turns of the holdout that failed."""
    wins: float = 0.0
    """Rewritten turns known to have been repaired, where each is judged by itself (replay, audit, undo)."""
    losses: float = 0.0
    """Rewritten turns known to have been spoiled."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How sure of harm one has to be."""

    level: float = 0.99
    """Probability of harm at which a rewrite goes. High, since live traffic is looked at again and again."""
    min_turns: float = 5.0
    """Rewritten turns below which nothing is decided."""
    min_alone: float = 5.0
    """Turns left alone below which the holdout is too small, and what was known before the release stands in."""


def withdraw(live: Outcomes, evidence: Evidence | None = None, limits: Limits | None = None) -> str | None:
    """Say why a rewrite has to be withdrawn, or None to keep it.

    Three questions, any of which is enough: are the turns spoiled surely more than those repaired; do rewritten turns
    surely go worse than those left alone; is the success rate surely below what the release promised (drift)?

    Args:
        live: since the release.
        evidence: what the release knew of the rewrite.
        limits: how sure one has to be.

    >>> withdraw(Outcomes(good=2, bad=18, good_alone=9, bad_alone=1))
    'rewritten, 2 of 20 turns went well; left alone, 9 of 10'
    >>> withdraw(Outcomes(good=18, bad=2, good_alone=1, bad_alone=9)) is None
    True
    """
    limits = limits or Limits()
    if live.wins + live.losses >= limits.min_turns and wilson_high(live.wins, live.losses, limits.level) < 0.5:
        return f"it spoiled {live.losses:g} turns and repaired {live.wins:g}"
    turns, alone = live.good + live.bad, live.good_alone + live.bad_alone
    if turns < limits.min_turns:
        return None
    went = f"rewritten, {live.good:g} of {turns:g} turns went well"
    if alone >= limits.min_alone:
        a0, b0, of = 1 + live.good_alone, 1 + live.bad_alone, f"left alone, {live.good_alone:g} of {alone:g}"
    elif evidence is not None:
        a0, b0 = evidence.a0, evidence.b0
        of = f"left alone before the release, {a0 - 1:.4g} of {a0 + b0 - 2:.4g}"
    else:
        return None
    if probability_better(1 + live.good, 1 + live.bad, a0, b0) >= limits.level:
        return f"{went}; {of}"
    if evidence is not None and evidence.trials > 0:
        promised = evidence.wins / evidence.trials
        if probability_better(1 + live.good, 1 + live.bad, 1 + evidence.wins, 1 + evidence.trials - evidence.wins) >= (
            limits.level
        ):
            return f"{went}; the release promised at least {promised:.2f} of them"
    return None
