"""The words of a request as a language's lists have them: without apostrophes, elisions and joined pronouns parted."""

import re
import unicodedata
from functools import cache

from sayagain.languages.language import Language
from sayagain.text import normalise, words

__all__ = ["spoken_words", "unaccented"]


def spoken_words(text: str, language: Language | None) -> tuple[str, ...]:
    """Return the words of a text, normalised and without apostrophes.

    An apostrophe goes without leaving a gap ("don't" is one word, however it is written), but an elided word stands by
    itself, and so does a pronoun that is written joined to its verb.

    >>> from sayagain.languages import language_pack
    >>> spoken_words("Don’t STOP", language_pack("en"))
    ('dont', 'stop')
    """
    said = normalise(text)
    if language is not None and language.elided:
        said = _elision(language.elided).sub(r"\1 ", said)
    parts = words(said.replace("'", ""))
    if language is None or not language.enclitics:
        return parts
    return tuple(part for word in parts for part in _parted(word, language))


def unaccented(word: str) -> str:
    """Return a word without the marks on its Latin letters.

    >>> unaccented("enciéndela")
    'enciendela'
    """
    return "".join(c for c in unicodedata.normalize("NFD", word) if not ("\u0300" <= c <= "\u036f"))


def _parted(word: str, language: Language) -> tuple[str, ...]:
    bare = unaccented(word)
    if bare in language.hosts:
        return (word,)
    for pronoun in sorted(language.enclitics, key=lambda pronoun: (-len(pronoun), pronoun)):
        verb = language.hosts.get(bare.removesuffix(pronoun)) if bare.endswith(pronoun) else None
        if verb is not None:
            return (verb, pronoun)
    return (word,)


@cache
def _elision(elided: frozenset[str]) -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(sorted(elided))})'")
