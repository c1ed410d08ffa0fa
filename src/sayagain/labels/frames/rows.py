"""A session as rows: each request and each response is one row of tokens, as arrays for the frame network."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import numpy as np

from sayagain.labels.frames.frame import TextSpan
from sayagain.models import Array, Encoder, Shape, Tokens
from sayagain.turns import Session

__all__ = [
    "APART",
    "BUCKETS",
    "MARKS",
    "ROWS",
    "TextRow",
    "TextRows",
    "read_rows",
    "row_arrays",
    "row_shapes",
    "tag_spans",
    "token_tags",
]

BUCKETS = 4096
"""Size of the hashed token ids: the network sees a token's id modulo this, beside its embedding."""

LONGEST = 48
"""Most tokens of a row; the rest is cut off."""

ROWS = 128
"""Most rows of a part; a longer session is cut into parts."""

MARKS = 4
"""Number of spelling features of a token: capitalised, all capitals, digit, continuation of a word."""

APART = 3
"""Zero tokens between two rows, so that convolutions do not mix rows."""


# Texts of which the encoder's full vectors are held at a time, some twenty kilobytes each; half of that is kept.
_BLOCK = 4096


class TextRow(msgspec.Struct, frozen=True):
    """A request or a response."""

    turn: int
    """Which turn of the session."""
    text: str
    """The words."""
    asked: bool
    """Whether it is a request."""


class TextRows(msgspec.Struct, frozen=True):
    """A part of a session with the embeddings of its rows and tokens."""

    rows: tuple[TextRow, ...]
    """In order of time."""
    vectors: Array
    """Of whole texts, shape (rows, size)."""
    words: tuple[Array, ...]
    """Vectors of the tokens of each row, shape (tokens, size), in 16 bits; none of a row whose slots are not read."""
    tokens: tuple[Tokens, ...]
    """Where those tokens stand in the text."""
    begins: tuple[int, ...]
    """The place of each row's first token among those of all rows."""


def read_rows(
    sessions: Sequence[Session], encoder: Encoder, *, alone: bool = False, answers: bool = True
) -> list[TextRows]:
    """Encode the rows of sessions; a text that occurs more than once is encoded once.

    Args:
        sessions: in any order.
        encoder: makes vectors of tokens.
        alone: whether each request is a part of its own, without context.
        answers: whether responses have slots to be read; else a response is context as a whole, which is faster.

    Returns:
        One or more parts for each session with at least one request, in order.
    """
    parts = [part for session in sessions for part in _parts(session, alone=alone)]
    distinct = list(dict.fromkeys(row.text for part in parts for row in part if row.asked or answers))
    kept = {
        text: (each.vectors[:LONGEST].astype(np.float16), _first(each.tokens, LONGEST), each.whole)
        for block in (distinct[start : start + _BLOCK] for start in range(0, len(distinct), _BLOCK))
        for text, each in zip(block, encoder.tokens(block), strict=True)
    }
    # Texts whose words are not read are still read as a whole.
    rest = list(dict.fromkeys(row.text for part in parts for row in part if row.text not in kept))
    wholes = {text: whole for text, (_, _, whole) in kept.items()} | dict(zip(rest, encoder.vectors(rest), strict=True))
    found = []
    for part in parts:
        read = [kept[row.text][:2] if row.asked or answers else _NONE for row in part]
        begins = np.cumsum([0, *(len(words) + APART for words, _ in read[:-1])])
        whole = np.stack([wholes[row.text] for row in part])
        found.append(
            TextRows(part, whole, tuple(words for words, _ in read), tuple(tokens for _, tokens in read), tuple(begins))
        )
    return found


def _parts(session: Session, *, alone: bool) -> Iterable[tuple[TextRow, ...]]:
    rows = []
    for at, turn in enumerate(session.turns):
        rows.append(TextRow(at, turn.heard, asked=True))
        if turn.response is not None and turn.response.text and not alone:
            rows.append(TextRow(at, turn.response.text, asked=False))
    most = 1 if alone else ROWS
    return [tuple(rows[start : start + most]) for start in range(0, len(rows), most)]


def _first(tokens: Tokens, most: int) -> Tokens:
    return Tokens(ids=tokens.ids[:most], types=tokens.types[:most], offsets=tokens.offsets[:most])


_NONE = (
    np.zeros((0, 0), np.float16),
    Tokens(ids=np.zeros(0, np.int64), types=np.zeros(0, np.int64), offsets=np.zeros((0, 2), np.int64)),
)


def row_shapes(size: int) -> dict[str, Shape]:
    """Return the axes of the arrays of `row_arrays`, for embeddings of a size."""
    return {
        "vectors": ("batch", "rows", size),
        "asked": ("batch", "rows"),
        "mask": ("batch", "rows"),
        "words": ("batch", "tokens", size),
        "ids": ("batch", "tokens"),
        "marks": ("batch", "tokens", MARKS),
        "row": ("batch", "tokens"),
    }


def row_arrays(rows: TextRows) -> dict[str, Array]:
    """Return the network's inputs for a part of a session.

    Returns:
        `vectors` (rows, size) of whole texts, `asked` (rows,) 1 for requests, `mask` (rows,) True; and of all tokens
        together `words` (tokens, size), `ids` (tokens,), `marks` (tokens, `MARKS`) and `row` (tokens,): which row each
        is in, counted from 1, and 0 for what lies between two rows.
    """
    count = rows.begins[-1] + len(rows.words[-1]) + APART
    words = np.zeros((count, rows.vectors.shape[-1]), np.float32)
    ids, of = np.zeros(count, np.int64), np.zeros(count, np.int64)
    marks = np.zeros((count, MARKS), np.float32)
    for at, (begin, vectors, tokens) in enumerate(zip(rows.begins, rows.words, rows.tokens, strict=True)):
        here = slice(begin, begin + len(vectors))
        if len(vectors):
            words[here], ids[here], of[here] = vectors, tokens.ids % BUCKETS, at + 1
            marks[here] = _marks(rows.rows[at].text, tokens)
    return {
        "vectors": rows.vectors,
        "asked": np.array([int(row.asked) for row in rows.rows], np.int64),
        "mask": np.ones(len(rows.rows), bool),
        "words": words,
        "ids": ids,
        "marks": marks,
        "row": of,
    }


def _marks(text: str, tokens: Tokens) -> list[tuple[bool, bool, bool, bool]]:
    found, before = [], -1
    for first, end in tokens.offsets.tolist():
        word = text[first:end]
        found.append((word[:1].isupper(), word.isupper(), word[:1].isdigit(), end > first == before))
        before = end or before
    return found


def token_tags(tokens: Tokens, spans: Iterable[TextSpan], numbers: Mapping[str, int]) -> Array:
    """Return the tag of each token, shape (tokens,): 0, or 1 + 2n where slot n begins and 2 + 2n inside it.

    Args:
        tokens: of a text.
        spans: in that text; those of unknown slots are passed over.
        numbers: of the slots, by name.
    """
    tags = np.zeros(len(tokens.ids), np.int64)
    first, end = tokens.offsets[:, 0], tokens.offsets[:, 1]
    for span in spans:
        inside = np.flatnonzero((first < span.end) & (end > span.first))
        if len(inside) and span.slot in numbers:
            tags[inside] = 2 + 2 * numbers[span.slot]
            tags[inside[0]] -= 1
    return tags


def tag_spans(tokens: Tokens, tags: Sequence[int], slots: Sequence[str]) -> list[tuple[TextSpan, int, int]]:
    """Return the spans of tagged tokens, each with its first token and one past its last.

    A tag inside a slot that was not begun begins it; parts of words belong to the word's span.

    >>> words = Tokens(ids=np.arange(4), types=np.zeros(4), offsets=np.array([[0, 0], [0, 4], [5, 9], [0, 0]]))
    >>> tag_spans(words, [0, 1, 2, 0], ["name"])
    [(TextSpan(slot='name', first=0, end=9), 1, 3)]
    """
    found: list[tuple[TextSpan, int, int]] = []
    slot, begun = -1, 0
    for at in range(len(tags) + 1):
        tag = int(tags[at]) if at < len(tags) and tokens.offsets[at, 1] > tokens.offsets[at, 0] else 0
        now = (tag - 1) // 2 if tag else -1
        if slot >= 0 and (now != slot or tag % 2 == 1):
            span = TextSpan(slots[slot], int(tokens.offsets[begun, 0]), int(tokens.offsets[at - 1, 1]))
            found.append((span, begun, at))
            slot = -1
        if now >= 0 and slot < 0:
            slot, begun = now, at
    return found
