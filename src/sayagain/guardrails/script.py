"""Scripts: what can be told of words in a language without a pack."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["same_spelling", "scripts", "unspaced"]

_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)


def scripts(text: str) -> frozenset[str]:
    """Return the scripts that a text is written in, by the names of its letters.

    >>> sorted(scripts("TV ein")), sorted(scripts("включи 2"))
    (['LATIN'], ['CYRILLIC'])
    """
    return frozenset(map(_script, filter(str.isalpha, text)))


def unspaced(text: str) -> bool:
    """Whether a text has letters of a script that is written without spaces.

    >>> unspaced("打开灯"), unspaced("lamp")
    (True, False)
    """
    return _UNSPACED.search(text) is not None


def same_spelling(a: str, b: str) -> bool:
    """Whether two normalised texts differ only in where their words are parted and in accents.

    >>> same_spelling("licht an", "lichtan"), same_spelling("licht an", "licht aus")
    (True, False)
    """
    return _letters(a) == _letters(b)


def _letters(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace(" ", "").replace("'", ""))
    # Accents are dropped from Latin letters only: elsewhere a mark is a vowel.
    kept = (c for c in apart if not ("\u0300" <= c <= "\u036f"))
    return "".join(kept)


@lru_cache(maxsize=1 << 14)
def _script(letter: str) -> str:
    return unicodedata.name(letter, "").split(" ")[0]
