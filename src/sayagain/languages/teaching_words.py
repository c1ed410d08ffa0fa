"""How people of one language teach an assistant, and what it says to them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

__all__ = ["TeachingReplies", "TeachingWords", "TemplatePart", "read_teaching_words"]

Phrases = tuple[tuple[str, ...], ...]
Slot = Literal["phrase", "means", "order", "name"]


class TemplatePart(msgspec.Struct, frozen=True):
    """One part of a template: a choice of words, or a slot for anything."""

    words: Phrases = ()
    """The choice; each is one word or several."""
    slot: Slot | None = None
    """`phrase`, what will be said; `means`, what it means; `order`, likewise, but it begins after a punctuation mark or
    with the verb of a command; `name`, the name of a thing."""
    optional: bool = False
    """Whether the words may be missing."""
    repeated: bool = False
    """Whether any number of them may stand there, in any order."""


Template = tuple[TemplatePart, ...]


class TeachingReplies(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said to somebody who teaches; `{phrase}`, `{means}`, `{old}` and `{lessons}` stand for the words."""

    confirm: str
    """Asks before anything is kept."""
    stored: str
    """It is kept."""
    replaced: str
    """It is kept in place of what was taught before."""
    declined: str
    """Nothing is kept."""
    unknown: str
    """The assistant cannot do what the phrase would mean."""
    circular: str
    """The meaning leads back to the phrase."""
    refused: str
    """It cannot be kept for another reason."""
    forgotten: str
    """It is forgotten."""
    nothing: str
    """Nothing was taught yet."""
    taught: str
    """Lists what was taught."""
    lesson: str
    """One lesson of the list."""


class TeachingWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The wordings of teaching in one language."""

    lessons: tuple[Template, ...]
    """Gives a phrase a meaning."""
    hints: tuple[Template, ...] = ()
    """The same, where the assistant understands the meaning; otherwise these words are anything: "… means …"."""
    names: tuple[Template, ...] = ()
    """Gives a thing another name."""
    forget: tuple[Template, ...]
    """Takes back what was taught about a phrase."""
    list: tuple[Template, ...]
    """Asks what was taught."""
    before: Phrases = ()
    """What may stand before any of them."""
    after: Phrases = ()
    """What may stand behind any of them."""
    joiners: Phrases
    """What stands between two requests of one meaning."""
    says: TeachingReplies
    """What the assistant says."""


def read_teaching_words(raw: Mapping[str, Any], plain: Callable[[str], str]) -> dict[str, Any]:
    """Turn the section `teaching` of a language file into the fields of `TeachingWords`.

    A template is a line of words. `a|b` is a choice, `a?` may be missing, `a|b*` is any number of them, `a_b` are two
    words in one place of a choice, a name in braces is a slot, and `<opening>` stands for the part of that name:
    "<opening> {phrase} i mean {means}".

    Args:
        raw: the section.
        plain: writes words as requests are compared.
    """
    parts: Mapping[str, str] = raw.get("parts", {})

    def whole(line: str) -> str:
        return " ".join(parts[word[1:-1]] if word.startswith("<") else word for word in line.split())

    return {
        **{name: [_template(whole(line), plain) for line in raw.get(name, ())] for name in _TEMPLATES},
        **{name: _phrases(raw.get(name, ()), plain) for name in ("before", "after", "joiners")},
        "says": raw["says"],
    }


_TEMPLATES = ("lessons", "hints", "names", "forget", "list")


def _template(line: str, plain: Callable[[str], str]) -> list[TemplatePart]:
    parts = []
    for word in line.split():
        if word.startswith("{"):
            parts.append(msgspec.convert({"slot": word.strip("{}")}, _Slotted).part)
        else:
            choice = [entry.replace("_", " ") for entry in word.rstrip("?*").split("|")]
            mark = word[-1]
            parts.append(TemplatePart(_phrases(choice, plain), None, mark == "?", mark == "*"))
    return parts


class _Slotted(msgspec.Struct):
    """A slot of a template, so that a misspelt one is an error."""

    slot: Slot

    @property
    def part(self) -> TemplatePart:
        return TemplatePart(slot=self.slot)


def _phrases(lines: Iterable[str], plain: Callable[[str], str]) -> Phrases:
    """Return phrases as tuples of words, the longest first."""
    return tuple(sorted((tuple(plain(line).split()) for line in lines), key=lambda words: (-len(words), words)))
