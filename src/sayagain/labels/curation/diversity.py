"""Diverse selection of training examples: near duplicates are dropped, and each intent has a budget."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from sayagain.labels.curation.example import Example
from sayagain.text import likeness

if TYPE_CHECKING:
    # For the type checker alone: the encoder is an extra.
    from sayagain.models import Encoder, Vectors

__all__ = ["select_diverse"]


def select_diverse(
    examples: Iterable[Example],
    *,
    most: int | None = None,
    per_intent: int | None = None,
    alike: float | None = None,
    encoder: "Encoder | None" = None,
) -> list[Example]:
    """Choose examples within a budget, in the order in which they come: the surest first.

    Left out are words nearly the same as words already chosen for the very same reading, and what an intent has too
    much of, so that the many ways to mishear one request do not crowd out what is rare. Words that mean something else
    are never near-copies, however alike: "lamp on" and "lamp off" both stay.

    Args:
        examples: the surest first.
        most: how many at most, in all.
        per_intent: how many at most of one intent, whatever its slots; those of two domains are two.
        alike: from which likeness on, in (0, 1], words are nearly the same; None leaves out none.
        encoder: tells likeness by the cosine of vectors; by letters and by sound, whichever is more, without one.

    >>> from sayagain.turns import Hypothesis
    >>> off = Hypothesis(intent="Off")
    >>> texts = ["turn of the lamp", "turn off a lamp", "kill the lamp"]
    >>> found = [Example(text=text, reading=off, probability=0.9) for text in texts]
    >>> [each.text for each in select_diverse(found, alike=0.8)]
    ['turn of the lamp', 'kill the lamp']
    """
    chosen: list[Example] = []
    intents: Counter[tuple[str | None, str]] = Counter()
    meanings: dict[tuple[str, bool, str | None], _Chosen] = {}
    for example in examples:
        intent = (example.reading.domain, example.reading.intent)
        if per_intent is not None and intents[intent] >= per_intent:
            continue
        if alike is not None:
            words = meanings.setdefault((example.reading.key, example.here, example.language), _Chosen(encoder))
            if words.nearest(example.text) >= alike:
                continue
            words.add(example.text)
        intents[intent] += 1
        chosen.append(example)
        if most is not None and len(chosen) >= most:
            break
    return chosen


class _Chosen:
    """The words chosen for one reading."""

    def __init__(self, encoder: "Encoder | None") -> None:
        self._encoder = encoder
        self._texts: list[str] = []
        self._vectors: list[Vectors] = []

    def add(self, text: str) -> None:
        self._texts.append(text)
        if self._encoder is not None:
            self._vectors.append(self._encoder.vectors([text])[0])

    def nearest(self, text: str) -> float:
        """How alike a text is to the nearest of them."""
        if not self._texts:
            return 0.0
        if self._encoder is None:
            return max(map(likeness(text), self._texts))
        return float(np.max(np.array(self._vectors) @ self._encoder.vectors([text])[0]))
