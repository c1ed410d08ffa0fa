"""The languages that come with the package: one TOML file each, read once."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import msgspec

from sayagain.languages.language import Language

__all__ = ["DEFAULT", "language_codes", "language_of", "language_pack"]

DEFAULT = "en"
"""The language of a log that states none."""

_UNKNOWN = frozenset({"mul", "und", "zxx"})
_CODE = re.compile(r"[a-z]{2,8}")
_WORDS = ("negations", "wide", "social", "fillers", "articles", "common", "commands", "auxiliaries", "query_verbs")
_MORE_WORDS = ("statements", "subjects", "finite", "query_intents", "prepositions", "particles")
_PHRASES = ("stops", "questions", "undecided", "queries", "polite", "corrections")
_NAMES = ("kinds", "units", "times")


@lru_cache(maxsize=1 << 10)
def language_of(tag: str | None) -> str | None:
    """Return the language of a BCP 47 tag without its region, or None where it states none.

    >>> language_of("de-AT"), language_of("*")
    ('de', None)
    """
    code = re.split(r"[-_]", tag or "")[0].strip().lower()
    return code if _CODE.fullmatch(code) and code not in _UNKNOWN else None


def language_codes() -> tuple[str, ...]:
    """Return the languages that there are packs for.

    >>> "en" in language_codes()
    True
    """
    found = (file.name for file in resources.files("sayagain.languages").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


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
    text = (resources.files("sayagain.languages") / f"{code}.toml").read_text(encoding="utf-8")
    return msgspec.convert(_parsed(tomllib.loads(text)), Language)


def _parsed(raw: dict[str, Any]) -> dict[str, Any]:
    """Turn the lists of a file, written as text, into sets of words, phrases and look-ups."""
    made = dict(raw)
    for name in (*_WORDS, *_MORE_WORDS):
        made[name] = raw[name].split()
    for name in _PHRASES:
        made[name] = _phrases(raw[name])
    for name in _NAMES:
        made[name] = {word: one for one, words in raw[name].items() for word in words.split()}
    made["opposites"] = [
        {**pair, "one": pair["one"].split(), "other": pair["other"].split()} for pair in raw["opposites"]
    ]
    made["sensitive"] = {kind: _phrases(ways) for kind, ways in raw["sensitive"].items()}
    return made


def _phrases(lines: Iterable[str]) -> list[list[str]]:
    # The longest first, so that the first that fits is the one that is meant.
    return sorted((line.split() for line in lines), key=lambda words: (-len(words), words))
