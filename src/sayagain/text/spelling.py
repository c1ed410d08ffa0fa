"""One spelling for each wording: what is left when case, punctuation and spacing no longer matter."""

import re
import unicodedata
from functools import lru_cache

__all__ = ["normalise", "words"]

_CACHED = 1 << 16
"""How many texts are remembered: requests repeat, and a log's texts pass through here many times."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u00b4`\uff07", "'"))
# An apostrophe counts inside a word only and a point between digits only; elsewhere they are punctuation.
_ASCII_OUT = re.compile(r"(?<![a-z0-9])'|'(?![a-z0-9])|(?<![0-9])\.|\.(?![0-9])|[^a-z0-9'.]")
_LOOSE = re.compile(r"(?<!\w)'|'(?!\w)|(?<!\d)\.|\.(?!\d)")
# Scripts written without spaces: each character counts as a word.
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@lru_cache(maxsize=_CACHED)
def normalise(text: str) -> str:
    """Return the words of `text` in one spelling, in any script; normalising twice changes nothing.

    Compatibility forms and case are folded (NFKC, case folding); punctuation and symbols go; `-` and `_` become
    spaces; digits stay, with the point inside a number; an apostrophe inside a word is kept, always as `'`.

    >>> normalise("Set the  living-room to 21.5°, please!")
    'set the living room to 21.5 please'
    >>> normalise("Don’t STOP")
    "don't stop"
    >>> normalise("ПРИВЕТ, мир")
    'привет мир'
    """
    if text.isascii():
        return " ".join(_ASCII_OUT.sub(" ", text.lower().replace("`", "'")).split())
    # Folding case can undo the composition and the other way round; two rounds settle all but the rarest texts.
    before, now = text, _fold(text)
    while now != before:
        before, now = now, _fold(now)
    return now


def words(text: str) -> tuple[str, ...]:
    """Return the words of `text`, normalised; in scripts written without spaces each character is a word.

    >>> words("Turn_on the TV")
    ('turn', 'on', 'the', 'tv')
    >>> words("打开灯")
    ('打', '开', '灯')
    """
    return _words(normalise(text))


@lru_cache(maxsize=_CACHED)
def _words(text: str) -> tuple[str, ...]:
    if text.isascii() or not _UNSPACED.search(text):
        return tuple(text.split())
    return tuple(_UNSPACED.sub(r" \g<0> ", text).split())


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold().translate(_APOSTROPHES)
    kept = "".join(map(_kept, unicodedata.normalize("NFKC", text)))
    return " ".join(_LOOSE.sub(" ", kept).split())


@lru_cache(maxsize=_CACHED)
def _kept(character: str) -> str:
    """Keep letters, their marks and digits; drop what only formats; put a space for everything else."""
    if character in "'.":
        return character
    category = unicodedata.category(character)
    if category[0] in "LMN":
        return character
    return "" if category == "Cf" else " "
