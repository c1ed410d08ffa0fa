"""The words of requests that need the user's word first, as patterns of words."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import msgspec

__all__ = ["Condition", "Sensitive", "SensitiveAct", "Way", "read_sensitive"]


class Condition(msgspec.Struct, frozen=True):
    """What must be found in a request, or must not."""

    pattern: str
    """Regular expression over the words of a request with a space between."""
    absent: bool = False
    """Whether it must not be found."""


class Way(msgspec.Struct, frozen=True):
    """One way of saying what needs the user's word first."""

    conditions: tuple[Condition, ...]
    """All of them hold where it is said so."""
    loose: bool = False
    """Whether who says so may have meant something else: "bolt it", "the gate up"."""


class SensitiveAct(NamedTuple):
    """What a request would do that needs the user's word first, and what gives it away."""

    kind: str
    """What it would do, as named in the packs."""
    sign: str
    """Name of the way that is said, or of what else gives it away."""
    loose: bool = False
    """Whether who says so may have meant something else."""


class Sensitive(msgspec.Struct, frozen=True, kw_only=True):
    """What needs the user's word first in one language, and the things that it is done to."""

    ways: Mapping[str, tuple[Way, ...]]
    """From what is done to the ways of saying it."""
    parts: Mapping[str, str]
    """Regular expressions of things: `entry`, `gate`, `alarm`, `lock`."""
    starts: tuple[str, ...]
    """Beginnings of the words of which each way has one, for a quick look at a request that has none."""
    ends: tuple[str, ...]
    """Ends of those that are known by their end."""

    def said(self, words: Sequence[str]) -> frozenset[SensitiveAct]:
        """Return what a request would do that needs the user's word first."""
        if not any(word.startswith(self.starts) or word.endswith(self.ends) for word in words):
            return frozenset()
        text = " ".join(words)
        return frozenset(
            SensitiveAct(kind, str(place), way.loose)
            for kind, ways in self.ways.items()
            for place, way in enumerate(ways)
            if _is_said(way, text)
        )

    def names(self, part: str, words: Iterable[str]) -> bool:
        """Return whether words name a thing, and not what is beside it: "the light at the door" is no door."""
        return _is_found(self.parts[part], " ".join(words))


def read_sensitive(
    ways: Mapping[str, Iterable[str]], parts: Mapping[str, str], plain: Callable[[str], str]
) -> dict[str, object]:
    """Return the fields of `Sensitive` from the tables `sensitive` and `sensitive_parts` of a language.

    Args:
        ways: lines of conditions. `a|b`: one of the two words is found; `lock*`: a word that begins so; `him_in`: two
            words that stand together; `^phone`: at the beginning, or behind a word of the part `lead`; `<entry>`: a
            thing; `!a|b`: none of the two is found. A line that begins with `~` is loose.
        parts: words of things; of what may be beside them (`beside`), with the words that join the two (`link`).
        plain: writes a word as requests are compared.

    >>> raw = read_sensitive(
    ...     {"open": ["~rais*|lift <entry>"]},
    ...     {"entry": "door garage", "beside": "light", "link": "by the", "lead": "please"},
    ...     str.lower,
    ... )
    >>> sensitive = msgspec.convert(raw, Sensitive)
    >>> [set(sensitive.said(text.split())) for text in ("raising the garage door", "raise the light by the door")]
    [{SensitiveAct(kind='open', sign='0', loose=True)}, set()]
    """
    choices = {name: _choice(text.split(), plain) for name, text in parts.items()}
    beside, link, lead = (choices.pop(name) for name in ("beside", "link", "lead"))
    before, behind = rf"(?:(?<!\S){beside} (?:{link} )+(?P<before>))?", rf"(?: {beside}(?!\S)(?P<behind>))?"
    things = {name: rf"{before}(?<!\S){choice}(?: {choice})*(?!\S){behind}" for name, choice in choices.items()}

    def condition(text: str) -> dict[str, object]:
        if text.startswith("<"):
            return {"pattern": things[text.strip("<>")]}
        alternatives = text.removeprefix("!").split("|")
        first = [word.removeprefix("^") for word in alternatives if word.startswith("^")]
        anywhere = [word for word in alternatives if not word.startswith("^")]
        patterns = [rf"(?<!\S){_choice(anywhere, plain)}(?!\S)"] if anywhere else []
        if first:
            patterns.append(rf"(?:\A|(?<!\S){lead} ){_choice(first, plain)}(?!\S)")
        return {"pattern": "|".join(patterns), "absent": text.startswith("!")}

    first = [word for lines in ways.values() for line in lines for word in _first_words(line, parts)]
    return {
        "starts": [plain(word.partition("*")[0]) for word in first if not word.startswith("*")],
        "ends": [plain(word.removeprefix("*").rstrip("*")) for word in first if word.startswith("*")],
        "ways": {
            kind: [
                {"conditions": [condition(text) for text in line.lstrip("~").split()], "loose": line.startswith("~")}
                for line in lines
            ]
            for kind, lines in ways.items()
        },
        "parts": things,
    }


def _first_words(line: str, parts: Mapping[str, str]) -> Iterable[str]:
    """Return the first words of what the first condition of a line allows."""
    condition = line.lstrip("~").split(maxsplit=1)[0]
    choices = parts[condition.strip("<>")].split() if condition.startswith("<") else condition.split("|")
    return (choice.removeprefix("^").split("_")[0] for choice in choices)


def _choice(words: Iterable[str], plain: Callable[[str], str]) -> str:
    return f"(?:{'|'.join(_word(word, plain) for word in words)})"


def _word(word: str, plain: Callable[[str], str]) -> str:
    return r"\S*".join(re.escape(plain(piece.replace("_", " "))) for piece in word.split("*"))


def _is_said(way: Way, text: str) -> bool:
    return all(_is_found(condition.pattern, text) is not condition.absent for condition in way.conditions)


@lru_cache(maxsize=1 << 16)
def _is_found(pattern: str, text: str) -> bool:
    for match in _compiled(pattern).finditer(text):
        sides = match.groupdict()
        # An empty group that took part: the thing is only where something else is.
        if sides.get("before") is None and sides.get("behind") is None:
            return True
    return False


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
