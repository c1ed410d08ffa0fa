"""Mentions: slots as they were said somewhere in a session, and whether another turn may take them up."""

from collections.abc import Sequence

import msgspec
import numpy as np

from sayagain.labels.frames.frame import same_text
from sayagain.labels.frames.rows import TextRows
from sayagain.models import Array, Shape

__all__ = ["BESIDE", "Mention", "mention_arrays", "mention_shapes", "takes_up"]

BESIDE = 9
"""How many numbers tell how a mention stands to a row."""


class Mention(msgspec.Struct, frozen=True):
    """A slot said in a row."""

    row: int
    """Which row of the part of the session."""
    slot: str
    """The slot's name, as it was said."""
    value: str
    """The words, or the value that they stand for."""
    tokens: tuple[int, int] | None
    """Its first token in the row and one past its last; None where the value is not in the words."""
    probability: float = 1.0
    """That it was said."""


def mention_shapes(size: int, width: int) -> dict[str, Shape]:
    """Return the axes of what the network takes that decides what is taken up.

    Args:
        size: of a text's vector.
        width: of a row's vector as the network that reads it gives it.
    """
    return {
        "rows": ("batch", "rows", width),
        "places": ("batch", "mentions", width),
        "mentions": ("batch", "mentions", size),
        "slots": ("batch", "mentions"),
        "beside": ("batch", "rows", "mentions", BESIDE),
    }


def mention_arrays(rows: TextRows, mentions: Sequence[Mention], slots: dict[str, int]) -> dict[str, Array]:
    """Make arrays of the mentions of a part of a session.

    Returns:
        `mentions` (mentions, size) vectors of their words, `slots` (mentions,) numbers of their names, `at` (mentions,)
        their rows, and `beside` (rows, mentions, `BESIDE`).
    """
    size = rows.vectors.shape[-1]
    vectors = [
        rows.vectors[each.row]
        if each.tokens is None
        else rows.words[each.row][slice(*each.tokens)].astype(np.float32).mean(0)
        for each in mentions
    ]
    return {
        "mentions": np.array(vectors, np.float32).reshape(len(mentions), size),
        "slots": np.array([slots[each.slot] for each in mentions], np.int64),
        "at": np.array([each.row for each in mentions], np.int64),
        "beside": _beside(rows, mentions, slots),
    }


def takes_up(rows: TextRows, mentions: Sequence[Mention], *, later: bool) -> Array:
    """Return which rows may take up which mentions, shape (rows, mentions): requests, what was said in another row.

    Args:
        rows: of a part of a session.
        mentions: in it.
        later: whether what is said only later counts too.
    """
    at = np.array([each.row for each in mentions], np.int64)[None, :]
    place = np.arange(len(rows.rows))[:, None]
    asked = np.array([row.asked for row in rows.rows])[:, None]
    return np.asarray(asked & ((at != place) if later else (at < place)))


def _beside(rows: TextRows, mentions: Sequence[Mention], slots: dict[str, int]) -> Array:
    count = len(rows.rows)
    if not mentions:
        return np.zeros((count, 0, BESIDE), np.float32)
    values: dict[str, int] = {}
    value = np.array([values.setdefault(same_text(each.value), len(values)) for each in mentions])
    name = np.array([slots[each.slot] for each in mentions])
    at = np.array([each.row for each in mentions])
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
        np.broadcast_to(np.array([each.tokens is None for each in mentions])[None, :], (count, len(mentions))),
        np.minimum(before @ (alike_name & alike_value).T.astype(np.float32), 4) / 4,
    ]
    return np.stack([np.asarray(each, np.float32) for each in out], -1)
