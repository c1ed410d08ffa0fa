"""Diverse selection of training examples: near duplicates are dropped, and each intent has a budget."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from sayagain.labels.curation.example import Example
from sayagain.text import likenesses

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
    """Select examples within a budget, in the given order.

    The selection drops near duplicates of words already selected for the same hypothesis, and examples beyond the
    budget of an intent, so that many variants of one misheard request do not crowd out rare requests. Words with
    another meaning are never near duplicates, however similar: "lamp on" and "lamp off" both stay.

    Args:
        examples: examples, most probable first.
        most: most examples in total; None for no limit.
        per_intent: most examples per domain and intent, whatever the slots; None for no limit.
        alike: least similarity of near duplicates, in (0, 1]; None keeps near duplicates.
        encoder: measures similarity by the cosine of embeddings; None uses the greater of letter and sound similarity.

    >>> from sayagain.turns import Hypothesis
    >>> off = Hypothesis(intent="Off")
    >>> texts = ["turn of the lamp", "turn off a lamp", "kill the lamp"]
    >>> examples = [Example(text=text, hypothesis=off, probability=0.9) for text in texts]
    >>> [example.text for example in select_diverse(examples, alike=0.8)]
    ['turn of the lamp', 'kill the lamp']
    """
    selection: list[Example] = []
    intents: Counter[tuple[str | None, str]] = Counter()
    meanings: dict[tuple[str, bool, str | None], _SelectedTexts] = {}
    for example in examples:
        intent = (example.hypothesis.domain, example.hypothesis.intent)
        if per_intent is not None and intents[intent] >= per_intent:
            continue
        if alike is not None:
            selected = meanings.setdefault(
                (example.hypothesis.key, example.here, example.language), _SelectedTexts(encoder)
            )
            if selected.nearest(example.text) >= alike:
                continue
            selected.add(example.text)
        intents[intent] += 1
        selection.append(example)
        if most is not None and len(selection) >= most:
            break
    return selection


class _SelectedTexts:
    """The texts selected for one hypothesis."""

    def __init__(self, encoder: "Encoder | None") -> None:
        self._encoder = encoder
        self._texts: list[str] = []
        self._vectors: list[Vectors] = []

    def add(self, text: str) -> None:
        self._texts.append(text)
        if self._encoder is not None:
            self._vectors.append(self._encoder.vectors([text])[0])

    def nearest(self, text: str) -> float:
        """Return the similarity of a text to the most similar selected text; 0 if there is none."""
        if not self._texts:
            return 0.0
        if self._encoder is None:
            return max(likenesses(text, self._texts))
        return float(np.max(np.array(self._vectors) @ self._encoder.vectors([text])[0]))
