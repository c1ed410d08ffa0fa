"""The words of a request as a language's lists have them: without apostrophes, elisions and joined pronouns parted."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from sayagain.languages.language import Language
from sayagain.text import normalise, words

__all__ = ["part_words", "spoken_words", "unaccented"]


def spoken_words(text: str, language: Language | None) -> tuple[str, ...]:
    """Return the words of a text, normalised and without apostrophes.

    An apostrophe goes without leaving a gap ("don't" is one word, however it is written), but an elided word stands by
    itself, and so does a pronoun that is written joined to its verb.

    >>> from sayagain.languages import language_pack
    >>> spoken_words("Don’t STOP", language_pack("en"))
    ('dont', 'stop')
    >>> spoken_words("allume l'entrée", language_pack("fr")), spoken_words("Enciéndela", language_pack("es"))
    (('allume', 'l', 'entrée'), ('enciende', 'la'))
    """
    if language is None:
        return words(normalise(text).replace("'", ""))
    return part_words(text, language.elided, language.enclitics, language.hosts)


def part_words(
    text: str, elided: frozenset[str], enclitics: frozenset[str], hosts: Mapping[str, str]
) -> tuple[str, ...]:
    """Return what `spoken_words` does, of a language of which these lists are known already."""
    said = normalise(text)
    if elided:
        said = _elision(elided).sub(r"\1 ", said)
    parts = words(said.replace("'", ""))
    if not enclitics:
        return parts
    return tuple(part for word in parts for part in _parted(word, enclitics, hosts))


def unaccented(word: str) -> str:
    """Return a word without the marks on its Latin letters.

    >>> unaccented("enciéndela")
    'enciendela'
    """
    return "".join(c for c in unicodedata.normalize("NFD", word) if not ("\u0300" <= c <= "\u036f"))


def _parted(word: str, enclitics: frozenset[str], hosts: Mapping[str, str]) -> tuple[str, ...]:
    bare = unaccented(word)
    if bare in hosts:
        return (word,)
    for pronoun in _longest_first(enclitics):
        verb = hosts.get(bare.removesuffix(pronoun)) if bare.endswith(pronoun) else None
        if verb is not None:
            return (verb, pronoun)
    return (word,)


@cache
def _longest_first(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def _elision(elided: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(sorted(elided))})'")
