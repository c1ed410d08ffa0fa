"""Confusions: how often a recogniser writes one letter for another, and what a request costs as another misheard.

A noisy channel: -log P(heard | said) of the cheapest alignment, letter by letter without word gaps, with costs counted
in pairs of what was heard and what was said. The same over sound keys.
Source: Ristad and Yianilos 1998, "Learning String-Edit Distance"; docs/references.md.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

import msgspec
import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

__all__ = ["UNKNOWN_WORD", "Alignment", "Confusions", "learn_confusions"]

UNKNOWN_WORD = "unk"
"""A word outside a recogniser's vocabulary (`<unk>`), as it is when normalised: any words may have been said there."""

UNKNOWN_COST, UNKNOWN_LETTER_COST = 1.0, 0.25
"""Cost of such a word, and of each letter that was said in its place."""

LETTERS = 48
"""The most frequent letters that have costs of their own; all others share one."""

SIMILAR = 0.5
"""Least similarity of a pair whose letters are counted: of a less similar one the alignment is arbitrary."""

_UNKNOWN = -1
_POINTS = 1 << 16

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]


class Alignment(msgspec.Struct, frozen=True):
    """What was heard aligned with several texts."""

    costs: Floats
    """-log P(heard | text) of each text, shape (texts,)."""
    gains: Floats
    """log P(heard | text) - log P(heard) of each text, shape (texts,)."""
    lengths: npt.NDArray[np.int64]
    """Letters of each text."""

    def take(self, rows: npt.NDArray[np.int64]) -> "Alignment":
        """Return the alignment of some of the texts, in the given order."""
        return Alignment(self.costs[rows], self.gains[rows], self.lengths[rows])


class Confusions(msgspec.Struct, frozen=True, dict=True):
    """Costs of letters: -log of their share."""

    letters: str
    """Letters with costs of their own; the last row of each table stands for all others."""
    replaced: Floats
    """Cost of each heard letter in place of each said one, shape (said, heard)."""
    omitted: Floats
    """Cost of not hearing each said letter."""
    inserted: Floats
    """Cost of hearing each letter where none was said."""
    alone: Floats
    """Cost of each heard letter whatever was said."""

    def align(self, heard: str, texts: Sequence[str]) -> Alignment:
        """Align what was heard with each text.

        Args:
            heard: letters or a sound key; gaps are left out.
            texts: likewise.
        """
        other = len(self.letters)
        heard_codes: list[int] = []
        for word in heard.split():
            heard_codes += [_UNKNOWN] if word == UNKNOWN_WORD else self._encode(word).tolist()
        said = [text.replace(" ", "") for text in texts]
        lengths = np.array([len(text) for text in said], np.int64)
        # The last code fills shorter texts up and costs nothing.
        table = np.full((len(texts), int(lengths.max(initial=0))), other + 1)
        table[np.arange(table.shape[1]) < lengths[:, None]] = self._encode("".join(said))
        table = np.ascontiguousarray(table.T)
        omitted = np.append(self.omitted, np.float32(0)).take(table)
        replaced = np.vstack([self.replaced, np.zeros((1, other + 1), np.float32)]).T.copy()
        # One row a letter and one column a text. Costs are kept without those of omitting all letters so far, a running
        # sum: then a row of the alignment is one minimum, and letters omitted in a row are a running minimum.
        offsets = np.zeros((len(table) + 1, len(texts)), np.float32)
        np.cumsum(omitted, 0, out=offsets[1:])
        costs, spare, moved = np.zeros_like(offsets), np.empty_like(offsets), np.empty_like(omitted)
        columns = {code: replaced[code].take(table) - omitted for code in set(heard_codes) - {_UNKNOWN}}
        places = UNKNOWN_LETTER_COST * np.arange(len(offsets), dtype=np.float32)[:, None] - offsets
        for code in heard_codes:
            if code == _UNKNOWN:
                np.subtract(costs, places, out=spare)
                costs, spare = _running_minimum(spare, costs)
                costs += UNKNOWN_COST + places
                continue
            np.add(costs[:-1], columns[code], out=moved)
            costs += self.inserted[code]
            np.minimum(costs[1:], moved, out=costs[1:])
            costs, spare = _running_minimum(costs, spare)
        ends = lengths, np.arange(len(texts))
        final = costs[ends] + offsets[ends]
        alone = self.alone[[code for code in heard_codes if code != _UNKNOWN]].sum(dtype=np.float32)
        return Alignment(final, np.float32(alone) - final, lengths)

    def _encode(self, text: str) -> Codes:
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        return self._codes[np.minimum(points, _POINTS - 1)]

    @cached_property
    def _codes(self) -> Codes:
        """Codes by code point; those beyond the table share the last one."""
        codes = np.full(_POINTS, len(self.letters))
        for code, letter in enumerate(self.letters):
            codes[min(ord(letter), _POINTS - 1)] = code
        return codes


def _running_minimum(rows: Floats, spare: Floats) -> tuple[Floats, Floats]:
    """Return the minimum of each row and all rows before it, and an array of the same shape that is free again.

    In log2(rows) steps of whole rows, which takes a third of the time of `np.minimum.accumulate`. Both arrays change.
    """
    distance = 1
    while distance < len(rows):
        spare[:distance] = rows[:distance]
        np.minimum(rows[distance:], rows[:-distance], out=spare[distance:])
        rows, spare = spare, rows
        distance *= 2
    return rows, spare


def learn_confusions(pairs: Sequence[tuple[str, str]]) -> Confusions:
    """Count letters in pairs of what was heard and what was said.

    >>> confusions = learn_confusions([("thin", "fin"), ("three", "free")] * 20)
    >>> costs = confusions.align("thor", ["for", "sor"]).costs
    >>> bool(costs[0] < costs[1])
    True
    """
    counts = Counter(letter for pair in pairs for text in pair for letter in text if letter != " ")
    letters = "".join(sorted(letter for letter, _ in counts.most_common(LETTERS)))
    codes = {letter: code for code, letter in enumerate(letters)}
    size = len(letters) + 1
    # Before anything is seen, most letters are heard right, and any error is as likely as any other.
    replaced = np.full((size, size), 0.05) + 4.0 * np.eye(size)
    omitted, inserted = np.full(size, 0.5), np.full(size, 0.5)
    for heard_text, said_text in pairs:
        heard, said = heard_text.replace(" ", ""), said_text.replace(" ", "")
        if UNKNOWN_WORD in heard_text.lower().split() or Levenshtein.normalized_similarity(heard, said) < SIMILAR:
            continue
        heard_codes, said_codes = ([codes.get(letter, size - 1) for letter in text] for text in (heard, said))
        for operation in Levenshtein.opcodes(said, heard):
            tag, low, high = operation.tag, operation.src_start, operation.src_end
            heard_low, heard_high = operation.dest_start, operation.dest_end
            if tag == "insert":
                np.add.at(inserted, heard_codes[heard_low:heard_high], 1)
            elif tag == "delete":
                np.add.at(omitted, said_codes[low:high], 1)
            else:
                np.add.at(replaced, (said_codes[low:high], heard_codes[heard_low:heard_high]), 1)
    said_totals = replaced.sum(1) + omitted
    heard_totals = replaced.sum(0) + inserted
    return Confusions(
        letters=letters,
        replaced=-np.log(replaced / said_totals[:, None]).astype(np.float32),
        omitted=-np.log(omitted / said_totals).astype(np.float32),
        inserted=-np.log(inserted / said_totals.sum()).astype(np.float32),
        alone=-np.log(heard_totals / heard_totals.sum()).astype(np.float32),
    )
