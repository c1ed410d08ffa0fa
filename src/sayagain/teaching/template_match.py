"""Sentence matching: the words of a request, what stands around it, and the templates that it fits."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sayagain.languages import TemplatePart
from sayagain.text import normalise

__all__ = ["Slots", "Word", "match_template", "request_spans", "split_words"]

# A word with its apostrophes, or a sign that belongs to a value.
_WORD = re.compile(r"[^\W_]+(?:['’ʼ][^\W_]+)*|[%°]")
_BOUNDARY = re.compile(r"[,;:!?…\"“”„«»‘—–]|\.(?=\s|$)")


class Word(NamedTuple):
    """One word of a request."""

    key: str
    """The word as templates have it."""
    start: int
    """Where it begins in the text."""
    end: int
    """Where it ends."""
    at_boundary: bool
    """Whether a punctuation mark stands before it."""


def split_words(text: str) -> list[Word]:
    """Return the words of a request as templates have them."""
    words: list[Word] = []
    for match in _WORD.finditer(text):
        key = normalise(match[0]).replace("'", "") or match[0]
        before = text[words[-1].end : match.start()] if words else ""
        words.append(Word(key, match.start(), match.end(), bool(_BOUNDARY.search(before))))
    return words


def request_spans(
    words: Sequence[Word],
    before: Sequence[tuple[str, ...]],
    after: Sequence[tuple[str, ...]],
    *,
    alone: bool = False,
) -> list[tuple[int, int]]:
    """Return what may be the request without what stands around it, the shortest first.

    Args:
        words: of the whole text.
        before: phrases that may stand before it.
        after: phrases that may stand behind it.
        alone: whether no other sentence may stand before it, such as "New rule:".
    """
    starts, ends = {0}, {len(words)}
    if not alone:
        starts |= {at for at, word in enumerate(words) if word.at_boundary}
    queue = list(starts)
    while queue:
        start = queue.pop()
        for phrase in before:
            end = start + len(phrase)
            if end not in starts and tuple(word.key for word in words[start:end]) == phrase:
                starts.add(end)
                queue.append(end)
    queue = [len(words)]
    while queue:
        end = queue.pop()
        for phrase in after:
            start = end - len(phrase)
            if start > 0 and start not in ends and tuple(word.key for word in words[start:end]) == phrase:
                ends.add(start)
                queue.append(start)
    return [(start, end) for start in sorted(starts, reverse=True) for end in sorted(ends) if start < end]


Slots = dict[str, tuple[int, int]]
"""From the name of each slot to its first word and the word behind it."""


def match_template(
    template: Sequence[TemplatePart], words: Sequence[Word], start: int, end: int, commands: frozenset[str]
) -> Iterator[Slots]:
    """Yield the slots of each way in which a template is exactly the words from `start` to `end`."""
    if not template:
        if start == end:
            yield {}
        return
    part, rest = template[0], template[1:]
    if part.slot is None:
        for phrase in part.words:
            after = start + len(phrase)
            if after <= end and tuple(word.key for word in words[start:after]) == phrase:
                yield from match_template(template if part.repeated else rest, words, after, end, commands)
        if part.optional or part.repeated:
            yield from match_template(rest, words, start, end, commands)
        return
    if start >= end or (
        part.slot == "order" and words[start].key not in commands and not (words[start].at_boundary and start > 0)
    ):
        return
    for after in range(start + 1, end + 1):
        for slots in match_template(rest, words, after, end, commands):
            yield {part.slot: (start, after), **slots}
