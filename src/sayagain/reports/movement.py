"""Whether a share moved by more than chance from one period to the next."""

from math import sqrt
from typing import Literal

from sayagain.rewriting.evidence import wilson_high, wilson_low

__all__ = ["LEVEL", "Movement", "share_interval", "share_movement"]

Movement = Literal["up", "down"]
"""The direction of a movement."""

LEVEL = 0.975
"""Level of each bound, so that both together hold in 95 of 100 cases."""


def share_interval(part: int, whole: int) -> tuple[float, float]:
    """Return the bounds of a share (Wilson, 95%).

    >>> [round(bound, 2) for bound in share_interval(5, 10)]
    [0.24, 0.76]
    """
    return wilson_low(part, whole - part, LEVEL), wilson_high(part, whole - part, LEVEL)


def share_movement(now: tuple[int, int], before: tuple[int, int]) -> Movement | None:
    """Return whether a share moved by more than chance: zero lies outside the interval of the difference.

    Args:
        now: part and whole of the period.
        before: part and whole of the period before.

    Source: Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10.

    >>> share_movement((5, 100), (40, 100)), share_movement((5, 10), (6, 10)), share_movement((1, 2), (0, 0))
    ('down', None, None)
    """
    (part, whole), (earlier_part, earlier_whole) = now, before
    if not whole or not earlier_whole:
        return None
    share, earlier = part / whole, earlier_part / earlier_whole
    low, high = share_interval(part, whole)
    earlier_low, earlier_high = share_interval(earlier_part, earlier_whole)
    if share - earlier > sqrt((share - low) ** 2 + (earlier_high - earlier) ** 2):
        return "up"
    return "down" if earlier - share > sqrt((high - share) ** 2 + (earlier - earlier_low) ** 2) else None
