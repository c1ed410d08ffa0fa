"""Slot mentions of a session, and which later requests may carry them over."""

from collections.abc import Sequence

import msgspec
import numpy as np

from sayagain.labels.frames.frame import same_text
from sayagain.labels.frames.rows import TextRows
from sayagain.models import Array, Shape

__all__ = ["BESIDE", "Mention", "mention_arrays", "mention_shapes", "takes_up"]

BESIDE = 9
"""Number of features of a pair of a mention and a row."""


class Mention(msgspec.Struct, frozen=True):
    """A slot that a row states."""

    row: int
    """Index of the row in its part of the session."""
    slot: str
    """The slot's name in that row."""
    value: str
    """The words, or the value that they stand for."""
    tokens: tuple[int, int] | None
    """Its first token in the row and one past its last; None where the value is not in the words."""
    probability: float = 1.0
    """Probability that the row states it."""


def mention_shapes(size: int, width: int) -> dict[str, Shape]:
    """Return the axes of the carrier network's inputs.

    Args:
        size: of a text's embedding.
        width: of a row's vector, an output of the reader network.
    """
    return {
        "rows": ("batch", "rows", width),
        "places": ("batch", "mentions", width),
        "mentions": ("batch", "mentions", size),
        "slots": ("batch", "mentions"),
        "beside": ("batch", "rows", "mentions", BESIDE),
    }


def mention_arrays(rows: TextRows, mentions: Sequence[Mention], slots: dict[str, int]) -> dict[str, Array]:
    """Return the arrays of the mentions in a part of a session.

    Returns:
        `mentions` (mentions, size) vectors of their words, `slots` (mentions,) numbers of their names, `at` (mentions,)
        their rows, and `beside` (rows, mentions, `BESIDE`).
    """
    size = rows.vectors.shape[-1]
    vectors = [
        rows.vectors[mention.row]
        if mention.tokens is None
        else rows.words[mention.row][slice(*mention.tokens)].astype(np.float32).mean(0)
        for mention in mentions
    ]
    return {
        "mentions": np.array(vectors, np.float32).reshape(len(mentions), size),
        "slots": np.array([slots[mention.slot] for mention in mentions], np.int64),
        "at": np.array([mention.row for mention in mentions], np.int64),
        "beside": _beside(rows, mentions, slots),
    }


def takes_up(rows: TextRows, mentions: Sequence[Mention], *, later: bool) -> Array:
    """Return which rows may carry over which mentions, shape (rows, mentions): requests, those of other rows.

    Args:
        rows: of a part of a session.
        mentions: in it.
        later: whether mentions of later rows count too.
    """
    at = np.array([mention.row for mention in mentions], np.int64)[None, :]
    place = np.arange(len(rows.rows))[:, None]
    asked = np.array([row.asked for row in rows.rows])[:, None]
    return np.asarray(asked & ((at != place) if later else (at < place)))


def _beside(rows: TextRows, mentions: Sequence[Mention], slots: dict[str, int]) -> Array:
    count = len(rows.rows)
    if not mentions:
        return np.zeros((count, 0, BESIDE), np.float32)
    values: dict[str, int] = {}
    value = np.array([values.setdefault(same_text(mention.value), len(values)) for mention in mentions])
    name = np.array([slots[mention.slot] for mention in mentions])
    at = np.array([mention.row for mention in mentions])
    asked = np.array([row.asked for row in rows.rows])
    place = np.arange(count)[:, None]
    alike_name, alike_value = name[:, None] == name[None, :], value[:, None] == value[None, :]
    # here[r, n]: mention n is in row r; before[r, n]: in an earlier one.
    here, before = (at[None, :] == place).astype(np.float32), (at[None, :] < place).astype(np.float32)
    # A mention of the same slot with another value that came after this one and before the row.
    rival = (alike_name & ~alike_value & (at[None, :] > at[:, None])).astype(np.float32)
    apart = np.abs(at[None, :] - place)
    out = [
        np.minimum(apart, 10) / 10,
        at[None, :] > place,
        np.broadcast_to(asked[at][None, :], (count, len(mentions))),
        apart == 1,
        before @ rival.T > 0,
        here @ alike_name.T.astype(np.float32) > 0,
        here @ alike_value.T.astype(np.float32) > 0,
        np.broadcast_to(np.array([mention.tokens is None for mention in mentions])[None, :], (count, len(mentions))),
        np.minimum(before @ (alike_name & alike_value).T.astype(np.float32), 4) / 4,
    ]
    return np.stack([np.asarray(column, np.float32) for column in out], -1)
