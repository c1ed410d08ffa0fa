"""Wordings of a want: phrases filled in, and one person's order of preference among them."""

import numpy as np

from sayagain.household.phrases import PHRASES

__all__ = ["draw_preference_order", "fill_phrase", "fill_wordings"]


def fill_wordings(kind: str, fill: dict[str, str]) -> tuple[str, ...]:
    """Return all wordings of a want, the most usual first, without duplicates.

    Args:
        kind: a key of `PHRASES`.
        fill: the values of the placeholders; phrases with a missing or empty value are left out.

    >>> fill_wordings("locked", {"name": "front door"})
    ('is the front door locked', 'is my front door locked', 'did i lock the front door')
    """
    wordings: dict[str, None] = {}
    for phrase in PHRASES[kind]:
        placeholders = [part.split("}")[0] for part in phrase.split("{")[1:]]
        if all(fill.get(name) for name in placeholders):
            wordings[fill_phrase(phrase, fill)] = None
    return tuple(wordings)


def fill_phrase(phrase: str, fill: dict[str, str]) -> str:
    """Fill a phrase; the article before a title with an article of its own is dropped."""
    wording = phrase.format_map(fill)
    return wording.replace("the the ", "the ").replace("some the ", "some ")


def draw_preference_order(count: int, rng: np.random.Generator) -> list[int]:
    """Draw one person's order of preference among `count` wordings: usual ones tend to come first.

    >>> sorted(draw_preference_order(4, np.random.default_rng(1)))
    [0, 1, 2, 3]
    """
    # Gumbel noise on geometric weights draws without replacement (Plackett-Luce).
    noise = rng.gumbel(size=count)
    return [int(i) for i in np.argsort(-(noise - 0.75 * np.arange(count)), kind="stable")]
