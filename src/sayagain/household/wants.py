"""Wants: the recurrent requests of a person, and the draw of one of them."""

import msgspec
import numpy as np

from sayagain.household.phrasing import draw_preference_order, fill_wordings

__all__ = ["Want", "draw_want", "sample"]


class Want(msgspec.Struct, frozen=True, gc=False):
    """A recurrent request of a person."""

    kind: str
    """A key of `PHRASES`, `family` or `impossible`."""
    weight: float
    """Frequency, relative to the person's other wants."""
    time_of_day: str = "day"
    """`morning`, `day`, `evening`, `night` or `any`."""
    area: str = ""
    """The id of the room in which it is asked; empty for any room."""
    wordings: tuple[str, ...] = ()
    """The person's wordings: the favourite first, then those for retries."""
    target: str = ""
    """The id of the device, item or contact; for an ambiguous want the name of the family."""
    value: str = ""
    """The number, time, thing or kind."""


def draw_want(
    rng: np.random.Generator,
    kind: str,
    weight: float,
    fill: dict[str, str],
    *,
    time_of_day: str = "day",
    area: str = "",
    target: str = "",
    value: str = "",
) -> Want:
    """Draw a want's frequency and the person's wordings: the three that the person prefers.

    Args:
        rng: the person's rng.
        kind: a key of `PHRASES`.
        weight: mean frequency, relative to other wants.
        fill: the values of the phrases' placeholders.
        time_of_day: see `Want`.
        area: see `Want`.
        target: see `Want`.
        value: see `Want`.
    """
    all_wordings = fill_wordings(kind, fill)
    wordings = tuple(all_wordings[i] for i in draw_preference_order(len(all_wordings), rng)[:3])
    return Want(kind, weight * float(rng.uniform(0.6, 1.6)), time_of_day, area, wordings, target, value)


def sample(rng: np.random.Generator, values: tuple[str, ...] | list[str], count: int) -> list[str]:
    """Draw some of the values without replacement, all of them where there are fewer than `count`."""
    if not values:
        return []
    indexes = rng.choice(len(values), size=min(count, len(values)), replace=False)
    return [values[int(i)] for i in indexes]
