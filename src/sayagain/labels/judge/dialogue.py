"""A session as input arrays of the dialogue network, one row for each turn."""

from collections.abc import Mapping, Sequence

import numpy as np

from sayagain.labels.judge.turn_fields import CATEGORIES, categories, judge_fields, numbers
from sayagain.models import Array, Categories, Encoder, Shape
from sayagain.turns import Session

__all__ = ["LONGEST", "Dialogue", "dialogue_shapes", "dialogues"]

Dialogue = Mapping[str, Array]
"""`requests` and `responses` (turns, size of an embedding), `codes` (turns, categories), `numbers` (turns, fields, NaN
where missing) and `mask` (turns,), True."""

LONGEST = 128
"""Most turns of a session; a longer session is cut into parts."""


def dialogue_shapes(size: int, *, later: bool) -> dict[str, Shape]:
    """Return the axes of a dialogue, as a manifest states them.

    Args:
        size: size of a text's embedding.
        later: whether the numbers include those known only later.
    """
    return {
        "requests": ("batch", "turns", size),
        "responses": ("batch", "turns", size),
        "codes": ("batch", "turns", len(CATEGORIES)),
        "numbers": ("batch", "turns", len(judge_fields(later=later))),
        "mask": ("batch", "turns"),
    }


def dialogues(
    sessions: Sequence[Session], encoder: Encoder, known: Categories, *, fields: Sequence[str]
) -> list[dict[str, Array]]:
    """Return the arrays of sessions; texts that occur more than once are encoded once.

    Args:
        sessions: sessions of at most `LONGEST` turns.
        encoder: encoder of the texts.
        known: known values of the categorical fields.
        fields: names of the judge's numeric fields; see `numbers`.
    """
    texts: list[str | None] = []
    for session in sessions:
        for turn in session.turns:
            texts += [turn.heard or None, turn.response.text or None if turn.response is not None else None]
    vectors = encoder.vectors(texts)
    arrays: list[dict[str, Array]] = []
    start = 0
    for session in sessions:
        count = len(session.turns)
        session_vectors = vectors[start : start + 2 * count]
        start += 2 * count
        arrays.append(
            {
                "requests": session_vectors[0::2],
                "responses": session_vectors[1::2],
                "codes": known.codes(categories(session)),
                "numbers": numbers(session, fields),
                "mask": np.ones(count, bool),
            }
        )
    return arrays
