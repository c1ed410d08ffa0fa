"""One spelling for each wording: what is left when case, punctuation and spacing no longer matter."""

import re
import unicodedata
from functools import lru_cache

from sayagain.text.values import has_digit, settle_values

__all__ = ["normalise", "words"]

_CACHED = 1 << 16
"""How many texts are remembered: requests repeat, and a log's texts pass through here many times."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u00b4`\uff07", "'"))
# An apostrophe counts inside a word only; elsewhere it is punctuation. Points and signs are left to the values.
_LOOSE = re.compile(r"(?<!\w)'|'(?!\w)")
_ASCII_LOOSE = re.compile(r"(?<![a-z0-9])'|'(?![a-z0-9])")
_ASCII_OUT = re.compile(r"[^a-z0-9'.,:/*^+%$-]")
_NO_VALUE = re.compile(r"[^\w']|_", re.ASCII)
# Signs of values: they stay where a number needs them.
_SIGNS = frozenset("'.,:/*^+%-")
# Scripts written without spaces: each character counts as a word.
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# One character that stands for several, or for a sign: apart from its neighbours before it is unfolded.
_UNFOLDS = {
    **{ord(c): f" {unicodedata.normalize('NFKC', c)} ".replace("\u2044", "/") for c in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"},
    **{ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2212"},
    ord("\u2044"): "/",
    ord("\u00f7"): "/",
    ord("\u00d7"): "*",
    ord("\u066b"): ".",
}
_RAISED = re.compile(r"(?<=\d)(?=[\u00b2\u00b3\u00b9\u2070\u2074-\u2079])")


@lru_cache(maxsize=_CACHED)
def normalise(text: str) -> str:
    """Return the words of `text` in one spelling, in any script; normalising twice changes nothing.

    Compatibility forms and case are folded (NFKC, case folding); punctuation and symbols go; `-` and `_` inside words
    become spaces; an apostrophe inside a word is kept, always as `'`. Values stay values: signs, fractions, times,
    dates, sums, percent and currencies, and a decimal comma is a point.

    >>> normalise("Set the  living-room to 21,5°, please!")
    'set the living room to 21.5 please'
    >>> normalise("freezer to -18, 1/2 pound at 6:30, 20%")
    'freezer to -18 1/2 pound at 6:30 20 %'
    >>> normalise("Don’t STOP")
    "don't stop"
    >>> normalise("ПРИВЕТ, мир")
    'привет мир'
    """
    if text.isascii():
        kept = _ASCII_OUT.sub(" ", text.lower().replace("`", "'"))
        kept = settle_values(kept) if has_digit(kept) else _NO_VALUE.sub(" ", kept)
        return " ".join(_ASCII_LOOSE.sub(" ", kept).split())
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
    text = _RAISED.sub("^", text).translate(_UNFOLDS)
    text = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).casefold().translate(_APOSTROPHES)
    kept = "".join(map(_kept, unicodedata.normalize("NFKC", text)))
    kept = settle_values(kept)
    return " ".join(_LOOSE.sub(" ", kept).split())


@lru_cache(maxsize=_CACHED)
def _kept(character: str) -> str:
    """Keep letters, their marks, digits and the signs of values; drop what only formats; else put a space."""
    if character in _SIGNS:
        return character
    category = unicodedata.category(character)
    if category[0] in "LMN" or category == "Sc":
        return character
    return "" if category == "Cf" else " "
