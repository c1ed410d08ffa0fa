"""Bounds: how much evidence a rewrite needs before it is used."""

import msgspec

from sayagain.rewriting.evidence import Evidence, newcombe_low, paired_lift_low

__all__ = ["Bounds", "lift_low", "too_little"]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of the evidence."""

    min_users: int = 2
    """Different users behind it."""
    min_turns: int = 3
    """Turns behind it."""
    min_lift: float = 0.0
    """The lower bound of the lift must be above this."""
    level: float = 0.95
    """Probability with which the bound holds."""
    live_turns: float = 10.0
    """Decayed turns, rewritten and left alone each, from which on live traffic speaks and history is silent."""


def lift_low(evidence: Evidence, bounds: Bounds | None = None) -> float:
    """Return a lower bound of P(success | rewritten) - P(success | left alone).

    Before a rewrite is live, the bound is that of the goals in which users found the way themselves (paired). Once
    enough turns were rewritten and enough left alone, it is that of the two sets of turns (Newcombe).

    >>> history = Evidence(wins=8, losses=0, trials=16, turns=8, users=4, last_seen=0)
    >>> round(lift_low(history), 3)
    0.247
    >>> live = Evidence(wins=8, losses=0, trials=16, turns=8, users=4, last_seen=0, a0=5, b0=8, a1=5, b1=8)
    >>> lift_low(live) < 0
    True
    """
    bounds = bounds or Bounds()
    good0, bad0, good1, bad1 = (max(0.0, x - 1) for x in (evidence.a0, evidence.b0, evidence.a1, evidence.b1))
    if min(good0 + bad0, good1 + bad1) >= bounds.live_turns:
        return newcombe_low(good0, bad0, good1, bad1, bounds.level)
    return paired_lift_low(evidence.wins, evidence.losses, evidence.trials, bounds.level)


def too_little(evidence: Evidence, bounds: Bounds | None = None) -> str | None:
    """Say what the evidence lacks, or None when it is enough.

    >>> too_little(Evidence(wins=8, losses=0, trials=16, turns=8, users=1, last_seen=0))
    'it is known from 1 user; at least 2 are needed'
    """
    bounds = bounds or Bounds()
    if evidence.users < bounds.min_users:
        return f"it is known from {_some(evidence.users, 'user')}; at least {bounds.min_users} are needed"
    if evidence.turns < bounds.min_turns:
        return f"it is known from {_some(evidence.turns, 'turn')}; at least {bounds.min_turns} are needed"
    low = lift_low(evidence, bounds)
    if not low > bounds.min_lift:
        return f"its lift is at least {low:+.3f} only; more than {bounds.min_lift:+.3f} is needed"
    return None


def _some(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
