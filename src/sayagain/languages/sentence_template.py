"""Sentence templates: how the wordings of one language are written in its data files."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

__all__ = ["Phrases", "Template", "TemplatePart", "expand_parts", "read_phrases", "read_template"]

Phrases = tuple[tuple[str, ...], ...]
Slot = Literal["phrase", "means", "order", "name", "topic", "value"]


class TemplatePart(msgspec.Struct, frozen=True):
    """One part of a template: a choice of words, or a slot for anything."""

    words: Phrases = ()
    """The choice; each is one word or several."""
    slot: Slot | None = None
    """`phrase`, what will be said; `means`, what it means; `order`, likewise, but it begins after a punctuation mark or
    with the verb of a command; `name`, the name of a thing; `topic`,
    what a preference is about; `value`, what is preferred."""
    optional: bool = False
    """Whether the words may be missing."""
    repeated: bool = False
    """Whether any number of them may stand there, in any order."""


Template = tuple[TemplatePart, ...]


def expand_parts(line: str, parts: Mapping[str, str]) -> str:
    """Return a line with `<opening>` replaced by the part of that name."""
    return " ".join(parts[word[1:-1]] if word.startswith("<") else word for word in line.split())


def read_template(line: str, plain: Callable[[str], str]) -> list[TemplatePart]:
    """Read a template from a line of words.

    `a|b` is a choice, `a?` may be missing, `a|b*` is any number of them, `a_b` are two words in one place of a choice,
    and a name in braces is a slot: "i|we really? like {value}".

    Args:
        line: the words.
        plain: writes words as requests are compared.
    """
    parts = []
    for word in line.split():
        if word.startswith("{"):
            parts.append(msgspec.convert({"slot": word.strip("{}")}, _Slotted).part)
        else:
            choice = [entry.replace("_", " ") for entry in word.rstrip("?*").split("|")]
            mark = word[-1]
            parts.append(TemplatePart(read_phrases(choice, plain), None, mark == "?", mark == "*"))
    return parts


class _Slotted(msgspec.Struct):
    """A slot of a template, so that a misspelt one is an error."""

    slot: Slot

    @property
    def part(self) -> TemplatePart:
        return TemplatePart(slot=self.slot)


def read_phrases(lines: Iterable[str], plain: Callable[[str], str]) -> Phrases:
    """Return phrases as tuples of words, the longest first."""
    return tuple(sorted((tuple(plain(line).split()) for line in lines), key=lambda words: (-len(words), words)))
