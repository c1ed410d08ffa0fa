"""Text normalisation: one spelling for each wording, whatever its case, punctuation and spacing."""

import re
import unicodedata
from functools import lru_cache

from sayagain.text.values import has_digit, settle_values

__all__ = ["normalise", "words"]

_CACHED = 1 << 16
"""Cache size for texts; requests repeat, and learning normalises each text of a log many times."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u00b4`\uff07", "'"))
# An apostrophe belongs to a word only inside it; elsewhere it is punctuation. `settle_values` handles points and signs.
_LOOSE = re.compile(r"(?<!\w)'|'(?!\w)")
_ASCII_LOOSE = re.compile(r"(?<![a-z0-9])'|'(?![a-z0-9])")
_ASCII_OUT = re.compile(r"[^a-z0-9'.,:/*^+%$-]")
_NO_VALUE = re.compile(r"[^\w']|_", re.ASCII)
# Signs that a number may need; `settle_values` removes the others.
_SIGNS = frozenset("'.,:/*^+%-")
# Scripts written without spaces: each character counts as a word.
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Characters that stand for several characters or for a sign; a fraction is spaced off before it is expanded.
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
    """Normalise `text`, in any script; the function is idempotent.

    It folds compatibility forms and case (NFKC, case folding), removes punctuation and symbols, turns `-` and `_`
    inside words into spaces and writes an apostrophe inside a word as `'`. Values keep their signs: fractions, times,
    dates, sums, percent and currencies; a decimal comma becomes a point.

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
        cleaned = _ASCII_OUT.sub(" ", text.lower().replace("`", "'"))
        cleaned = settle_values(cleaned) if has_digit(cleaned) else _NO_VALUE.sub(" ", cleaned)
        return " ".join(_ASCII_LOOSE.sub(" ", cleaned).split())
    # Case folding can undo composition and vice versa; two rounds suffice for all but the rarest texts.
    previous, folded = text, _fold(text)
    while folded != previous:
        previous, folded = folded, _fold(folded)
    return folded


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
    cleaned = "".join(map(_clean_character, unicodedata.normalize("NFKC", text)))
    cleaned = settle_values(cleaned)
    return " ".join(_LOOSE.sub(" ", cleaned).split())


@lru_cache(maxsize=_CACHED)
def _clean_character(character: str) -> str:
    """Keep a letter, mark, digit or sign of a value; drop a format character; replace any other by a space."""
    if character in _SIGNS:
        return character
    category = unicodedata.category(character)
    if category[0] in "LMN" or category == "Sc":
        return character
    return "" if category == "Cf" else " "
