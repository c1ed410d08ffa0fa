"""The languages that come with the package: a folder of TOML files each, one a subject, read once."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache, partial
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import product
from typing import Any

import msgspec

from sayagain.languages.language import Language
from sayagain.languages.patterned_words import read_act_words, read_quantity_words
from sayagain.languages.preference_words import read_preference_words
from sayagain.languages.reaction_words import Answers, ReactionWords
from sayagain.languages.reference_words import read_reference_words
from sayagain.languages.sensitive_words import read_sensitive
from sayagain.languages.teaching_words import read_teaching_words
from sayagain.languages.wording import part_words, unaccented
from sayagain.text import normalise

__all__ = ["DEFAULT", "language_answers", "language_codes", "language_of", "language_pack"]

DEFAULT = "en"
"""The language of a log that states none."""

_UNKNOWN = frozenset({"mul", "und", "zxx"})
_CODE = re.compile(r"[a-z]{2,8}")
_FOLDER = re.compile(r"[a-z]{2,3}")
_DATA = resources.files("sayagain.languages")
# A line that is no regular expression.
_PHRASE = re.compile(r"[\w\s'’-]+")


@lru_cache(maxsize=1 << 10)
def language_of(tag: str | None) -> str | None:
    """Return the language of a BCP 47 tag without its region, or None where it states none.

    >>> language_of("de-AT"), language_of("*")
    ('de', None)
    """
    code = re.split(r"[-_]", tag or "")[0].strip().lower()
    return code if _CODE.fullmatch(code) and code not in _UNKNOWN else None


@cache
def language_codes() -> tuple[str, ...]:
    """Return the languages that there are packs for.

    >>> "en" in language_codes()
    True
    """
    return tuple(sorted(entry.name for entry in _DATA.iterdir() if entry.is_dir() and _FOLDER.fullmatch(entry.name)))


@cache
def language_pack(code: str) -> Language | None:
    """Return the words of a language, or None where the package brings none.

    >>> language_pack("en").name
    'English'
    >>> language_pack("xx") is None
    True
    """
    if code not in language_codes():
        return None
    files = [_read(file) for file in (_DATA / code).iterdir() if file.name.endswith(".toml")]
    return msgspec.convert(_parsed({name: value for raw in files for name, value in raw.items()}), Language)


@cache
def language_answers() -> Mapping[str, Answers]:
    """Return the answers of yes and no by language: those of the packs, and of languages that have no pack yet.

    >>> language_answers()["hu"].yes[0]
    ('rendben', 'van')
    """
    alone = {code: msgspec.convert(_answers(raw), Answers) for code, raw in _read(_DATA / "answers.toml").items()}
    return alone | {code: pack.answers for code in language_codes() if (pack := language_pack(code)) is not None}


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _parsed(raw: dict[str, Any]) -> dict[str, Any]:
    """Turn the lists of the files, written as text, into sets of words, phrases and look-ups."""
    made: dict[str, Any] = {name: raw[name] for name in ("code", "name", "nothing")}
    # Words stand in one text, phrases in a list of lines.
    made |= {name: _words(value) for name, value in raw.items() if isinstance(value, str) and name not in made}
    made["opposites"] = [
        {**pair, "one": _words(pair["one"]), "other": _words(pair["other"])} for pair in raw["opposites"]
    ]
    directions = {word for pair in made["opposites"] for word in (*pair["one"], *pair["other"])}
    made["long_directions"] = sorted(word for word in directions if " " in word)
    if "enclitics" in made:
        verbs = {*made["commands"], *directions}
        # Of two verbs that differ in an accent the plain one comes last and stays: "apágala" is "apaga la".
        made["hosts"] = {unaccented(verb): verb for verb in sorted(verbs, reverse=True)}
    parted = partial(
        part_words,
        elided=frozenset(made.get("elided", ())),
        enclitics=frozenset(made.get("enclitics", ())),
        hosts=made.get("hosts", {}),
    )
    for name, value in raw.items():
        if isinstance(value, list) and name != "opposites":
            made[name] = value if name == "endings" else _phrases(value, parted)
    for name in ("kinds", "units", "times"):
        made[name] = {
            word: one
            for one, spellings in raw[name].items()
            for word in (_words(spellings) if isinstance(spellings, str) else map(_plain, spellings))
        }
    # Between the words of one number stand hyphens: "quatre-vingt=80".
    spelt = (entry.rpartition("=") for entry in raw["numbers"].split())
    made["numbers"] = {_plain(word): float(value) for word, _, value in spelt}
    spellings = (phrase.split() for table in ("numbers", "units", "times") for phrase in made[table])
    made["long_starts"] = sorted({words[0] for words in spellings if len(words) > 1})
    made["sensitive"] = read_sensitive(raw["sensitive"], raw["sensitive_parts"], _plain)
    made["answers"] = _answers(raw["answers"])
    made["reactions"] = _reactions(raw["reactions"])
    if "acts" in raw:
        made["acts"] = read_act_words(raw["acts"])
    if "quantities" in raw:
        made["quantities"] = read_quantity_words(raw["quantities"], made, _plain)
    if "references" in raw:
        made["references"] = read_reference_words(raw["references"])
    made["teaching"] = read_teaching_words(raw["teaching"], _plain)
    made["preferences"] = read_preference_words(raw["preferences"], _plain)
    return made


def _answers(raw: Mapping[str, list[str]]) -> dict[str, Any]:
    return {name: _phrases(lines, lambda line: tuple(_plain(line).split())) for name, lines in raw.items()}


def _reactions(raw: Mapping[str, Any]) -> dict[str, Any]:
    parts = {name: f"(?:{'|'.join(map(_pattern, lines))})" for name, lines in raw.get("parts", {}).items()}
    made: dict[str, Any] = {}
    for field in msgspec.structs.fields(ReactionWords):
        value = raw.get(field.name, field.default)
        if isinstance(value, dict):
            made[field.name] = {name: [_pattern(line, parts) for line in lines] for name, lines in value.items()}
        elif isinstance(value, list):
            made[field.name] = [_pattern(line, parts) for line in value]
        elif isinstance(value, str):
            made[field.name] = _words(value)
    made["opposites"] = [[_plain(word) for word in pair.split("/")] for pair in raw["opposites"].split()]
    return made


def _pattern(line: str, parts: Mapping[str, str] | None = None) -> str:
    """Write a phrase as texts are normalised; a regular expression must be written so, but for apostrophes and ß."""
    anchored = "^" if line.startswith("^") else ""
    if _PHRASE.fullmatch(line.removeprefix("^")):
        return anchored + _plain(line)
    line = line.replace("'", "").replace("ß", "ss")
    for name, pattern in (parts or {}).items():
        line = line.replace(f"<{name}>", pattern)
    return line


def _plain(text: str) -> str:
    return normalise(text).replace("'", "")


def _words(text: str) -> list[str]:
    # A sign such as "%" is a word of its own and would be lost without a number beside it.
    return [_plain(word) or word for word in text.split()]


def _phrases(lines: Iterable[str], parted: Callable[[str], tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the phrases of lines, the longest first, so that the first that fits is the one that is meant.

    A line may give a choice for a word: "kannst|könntest du" is two phrases.
    """
    choices = (product(*(word.split("|") for word in line.split())) for line in lines)
    phrases = {parted(" ".join(choice)) for made in choices for choice in made}
    return sorted(phrases, key=lambda words: (-len(words), words))
