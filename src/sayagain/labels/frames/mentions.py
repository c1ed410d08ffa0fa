"""Slot mentions of a session, and the rows that may carry them over."""

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
    """The words, or the closed value that they imply."""
    tokens: tuple[int, int] | None
    """First token in the row and the one after the last; None if the value is not in the words."""
    probability: float = 1.0
    """Probability that the row states it."""


def mention_shapes(size: int, width: int) -> dict[str, Shape]:
    """Return the axes of the carrier network's inputs.

    Args:
        size: size of a text's embedding.
        width: size of a row's vector, an output of the reader network.
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
        `mentions` (mentions, size) vectors of the words, `slots` (mentions,) numbers of the slots, `at` (mentions,)
        rows, and `beside` (rows, mentions, `BESIDE`) features of each pair.
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
        "beside": _pair_features(rows, mentions, slots),
    }


def takes_up(rows: TextRows, mentions: Sequence[Mention], *, later: bool) -> Array:
    """Return the mask of rows that may carry over mentions, shape (rows, mentions): requests, from other rows.

    Args:
        rows: part of a session.
        mentions: mentions in the part.
        later: whether mentions of later rows count too.
    """
    mention_rows = np.array([mention.row for mention in mentions], np.int64)[None, :]
    row_numbers = np.arange(len(rows.rows))[:, None]
    is_request = np.array([row.asked for row in rows.rows])[:, None]
    return np.asarray(is_request & ((mention_rows != row_numbers) if later else (mention_rows < row_numbers)))


def _pair_features(rows: TextRows, mentions: Sequence[Mention], slots: dict[str, int]) -> Array:
    count = len(rows.rows)
    if not mentions:
        return np.zeros((count, 0, BESIDE), np.float32)
    values: dict[str, int] = {}
    value = np.array([values.setdefault(same_text(mention.value), len(values)) for mention in mentions])
    name = np.array([slots[mention.slot] for mention in mentions])
    mention_rows = np.array([mention.row for mention in mentions])
    is_request = np.array([row.asked for row in rows.rows])
    row_numbers = np.arange(count)[:, None]
    same_name, same_value = name[:, None] == name[None, :], value[:, None] == value[None, :]
    # Entry [r, n]: whether mention n is in row r, or in an earlier row.
    in_row = (mention_rows[None, :] == row_numbers).astype(np.float32)
    in_earlier_row = (mention_rows[None, :] < row_numbers).astype(np.float32)
    # Entry [m, n]: whether mention n is later, of the same slot and of another value than mention m.
    contradicts = (same_name & ~same_value & (mention_rows[None, :] > mention_rows[:, None])).astype(np.float32)
    distance = np.abs(mention_rows[None, :] - row_numbers)
    columns = [
        np.minimum(distance, 10) / 10,
        mention_rows[None, :] > row_numbers,
        np.broadcast_to(is_request[mention_rows][None, :], (count, len(mentions))),
        distance == 1,
        in_earlier_row @ contradicts.T > 0,
        in_row @ same_name.T.astype(np.float32) > 0,
        in_row @ same_value.T.astype(np.float32) > 0,
        np.broadcast_to(np.array([mention.tokens is None for mention in mentions])[None, :], (count, len(mentions))),
        np.minimum(in_earlier_row @ (same_name & same_value).T.astype(np.float32), 4) / 4,
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], -1)
