"""Rows of a session: each request and each response is one row of tokens, as arrays for the frame networks."""

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
"""Number of hashed token ids: the network takes a token's id modulo this, in addition to its embedding."""

LONGEST = 48
"""Most tokens of a row; the rest is cut off."""

ROWS = 128
"""Most rows of a part; a longer session is cut into parts."""

MARKS = 4
"""Number of spelling features of a token: capitalised, all capitals, digit, continuation of a word."""

APART = 3
"""Zero tokens between two rows, so that convolutions do not mix rows."""


# Texts per block of full token embeddings in memory, some twenty kilobytes each; afterwards half of that stays.
_BLOCK = 4096


class TextRow(msgspec.Struct, frozen=True):
    """A request or a response."""

    turn: int
    """Index of the turn in the session."""
    text: str
    """The words of the row."""
    asked: bool
    """Whether it is a request."""


class TextRows(msgspec.Struct, frozen=True):
    """A part of a session with the embeddings of its rows and tokens."""

    rows: tuple[TextRow, ...]
    """Rows in order of time."""
    vectors: Array
    """Embeddings of whole texts, shape (rows, size)."""
    words: tuple[Array, ...]
    """Token embeddings of each row, shape (tokens, size), in 16 bits; empty for a row without slots to label."""
    tokens: tuple[Tokens, ...]
    """Tokens of each row, with their offsets in the text."""
    begins: tuple[int, ...]
    """Index of each row's first token among the tokens of all rows."""


def read_rows(
    sessions: Sequence[Session], encoder: Encoder, *, alone: bool = False, answers: bool = True
) -> list[TextRows]:
    """Encode the rows of sessions; a text that occurs more than once is encoded once.

    Args:
        sessions: in any order.
        encoder: encoder of texts and tokens.
        alone: whether each request is a part of its own, without context.
        answers: whether slots in responses are labelled; otherwise a response is only context, which is faster.

    Returns:
        One or more parts for each session with at least one request, in order.
    """
    parts = [part for session in sessions for part in _parts(session, alone=alone)]
    distinct = list(dict.fromkeys(row.text for part in parts for row in part if row.asked or answers))
    vectors_by_text = {
        text: (
            token_vectors.vectors[:LONGEST].astype(np.float16),
            _truncate(token_vectors.tokens, LONGEST),
            token_vectors.whole,
        )
        for block in (distinct[start : start + _BLOCK] for start in range(0, len(distinct), _BLOCK))
        for text, token_vectors in zip(block, encoder.tokens(block), strict=True)
    }
    # Texts without token embeddings still need one embedding of the whole text.
    other_texts = list(dict.fromkeys(row.text for part in parts for row in part if row.text not in vectors_by_text))
    text_vectors = {text: whole for text, (_, _, whole) in vectors_by_text.items()} | dict(
        zip(other_texts, encoder.vectors(other_texts), strict=True)
    )
    results = []
    for part in parts:
        encodings = [vectors_by_text[row.text][:2] if row.asked or answers else _NONE for row in part]
        begins = np.cumsum([0, *(len(words) + APART for words, _ in encodings[:-1])])
        row_vectors = np.stack([text_vectors[row.text] for row in part])
        results.append(
            TextRows(
                part,
                row_vectors,
                tuple(words for words, _ in encodings),
                tuple(tokens for _, tokens in encodings),
                tuple(begins),
            )
        )
    return results


def _parts(session: Session, *, alone: bool) -> Iterable[tuple[TextRow, ...]]:
    rows = []
    for index, turn in enumerate(session.turns):
        rows.append(TextRow(index, turn.heard, asked=True))
        if turn.response is not None and turn.response.text and not alone:
            rows.append(TextRow(index, turn.response.text, asked=False))
    part_size = 1 if alone else ROWS
    return [tuple(rows[start : start + part_size]) for start in range(0, len(rows), part_size)]


def _truncate(tokens: Tokens, limit: int) -> Tokens:
    return Tokens(ids=tokens.ids[:limit], types=tokens.types[:limit], offsets=tokens.offsets[:limit])


_NONE = (
    np.zeros((0, 0), np.float16),
    Tokens(ids=np.zeros(0, np.int64), types=np.zeros(0, np.int64), offsets=np.zeros((0, 2), np.int64)),
)


def row_shapes(size: int) -> dict[str, Shape]:
    """Return the axes of the arrays of `row_arrays`, for embeddings of the given size."""
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
        `vectors` (rows, size) embeddings of whole texts, `asked` (rows,) 1 for requests, `mask` (rows,) True; and for
        the tokens of all rows `words` (tokens, size), `ids` (tokens,), `marks` (tokens, `MARKS`) and `row` (tokens,),
        the number of the token's row, counted from 1; 0 between two rows.
    """
    count = rows.begins[-1] + len(rows.words[-1]) + APART
    words = np.zeros((count, rows.vectors.shape[-1]), np.float32)
    ids, row_numbers = np.zeros(count, np.int64), np.zeros(count, np.int64)
    marks = np.zeros((count, MARKS), np.float32)
    for index, (begin, vectors, tokens) in enumerate(zip(rows.begins, rows.words, rows.tokens, strict=True)):
        token_slice = slice(begin, begin + len(vectors))
        if len(vectors):
            words[token_slice], ids[token_slice], row_numbers[token_slice] = vectors, tokens.ids % BUCKETS, index + 1
            marks[token_slice] = _marks(rows.rows[index].text, tokens)
    return {
        "vectors": rows.vectors,
        "asked": np.array([int(row.asked) for row in rows.rows], np.int64),
        "mask": np.ones(len(rows.rows), bool),
        "words": words,
        "ids": ids,
        "marks": marks,
        "row": row_numbers,
    }


def _marks(text: str, tokens: Tokens) -> list[tuple[bool, bool, bool, bool]]:
    marks, previous_end = [], -1
    for start, end in tokens.offsets.tolist():
        word = text[start:end]
        marks.append((word[:1].isupper(), word.isupper(), word[:1].isdigit(), end > start == previous_end))
        previous_end = end or previous_end
    return marks


def token_tags(tokens: Tokens, spans: Iterable[TextSpan], numbers: Mapping[str, int]) -> Array:
    """Return the tag of each token, shape (tokens,): 0, or 1 + 2n where slot n begins and 2 + 2n inside it.

    Args:
        tokens: tokens of a text.
        spans: slot spans in the text; unknown slots are skipped.
        numbers: numbers of the slots, by name.
    """
    tags = np.zeros(len(tokens.ids), np.int64)
    starts, ends = tokens.offsets[:, 0], tokens.offsets[:, 1]
    for span in spans:
        inside = np.flatnonzero((starts < span.end) & (ends > span.first))
        if len(inside) and span.slot in numbers:
            tags[inside] = 2 + 2 * numbers[span.slot]
            tags[inside[0]] -= 1
    return tags


def tag_spans(tokens: Tokens, tags: Sequence[int], slots: Sequence[str]) -> list[tuple[TextSpan, int, int]]:
    """Return the spans of tagged tokens, each with its first token and the one after its last.

    An inside tag without a beginning starts a span; continuations of a word belong to its span.

    >>> words = Tokens(ids=np.arange(4), types=np.zeros(4), offsets=np.array([[0, 0], [0, 4], [5, 9], [0, 0]]))
    >>> tag_spans(words, [0, 1, 2, 0], ["name"])
    [(TextSpan(slot='name', first=0, end=9), 1, 3)]
    """
    spans: list[tuple[TextSpan, int, int]] = []
    slot, first_token = -1, 0
    for position in range(len(tags) + 1):
        tag = (
            int(tags[position])
            if position < len(tags) and tokens.offsets[position, 1] > tokens.offsets[position, 0]
            else 0
        )
        tag_slot = (tag - 1) // 2 if tag else -1
        if slot >= 0 and (tag_slot != slot or tag % 2 == 1):
            span = TextSpan(slots[slot], int(tokens.offsets[first_token, 0]), int(tokens.offsets[position - 1, 1]))
            spans.append((span, first_token, position))
            slot = -1
        if tag_slot >= 0 and slot < 0:
            slot, first_token = tag_slot, position
    return spans
