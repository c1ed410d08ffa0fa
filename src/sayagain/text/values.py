"""Values in text: numbers keep their signs, points, colons and slashes, and every other sign goes.

A comma between digits is a decimal comma, or parts thousands where three digits follow each time: 21,5 is 21.5, and
1,000 is 1000. Signs stand for values only beside digits.
"""

import re

__all__ = ["has_digit", "settle_values"]

_DIGIT = re.compile(r"\d")
# 1,234 and 1,234.5; then 1.234,5; then 21,5.
_THOUSANDS = re.compile(r"(?<![\d.,:/^*])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
_POINTED = re.compile(r"(?<![\d.,:/^*])([1-9]\d{0,2}(?:\.\d{3})+),(\d+)(?![\d,]|\.\d)")
_DECIMAL = re.compile(r"(?<![\d.,:/^*])(\d+),(\d+)(?![\d,]|\.\d)")
_BARE_POINT = re.compile(r"(?<![\w.'])\.(?=\d)")
# "2 + 3" is "2+3".
_SPACED = re.compile(r"(?<=\d)\s+([-+*/^])\s+(?=\d)")
_SYMBOL = r"[%$\u00a2-\u00a5\u20a0-\u20cf]"
_SYMBOLS = re.compile(rf"(\d)\s*({_SYMBOL})|({_SYMBOL})(?=\s*[-+]?\d)|{_SYMBOL}")
_LOOSE_SIGNS = re.compile(
    # A point, colon, slash or star only between digits; a plus or minus before a digit, and behind no letter.
    r"(?<!\d)[.:/*^]|[.:/*^](?!\d)|,|[-+](?!\d)|(?<=[^\W\d_])[-+]|_"
)


def has_digit(text: str) -> bool:
    """Whether there may be a value in a text."""
    return _DIGIT.search(text) is not None


def settle_values(text: str) -> str:
    """Return a text with its values in one spelling and without all other signs, which become spaces.

    >>> settle_values("1,234.5 or 1.234,5 or 21,5").split()
    ['1234.5', 'or', '1234.5', 'or', '21.5']
    >>> settle_values("$5, 20% -18 2 + 3").split()
    ['$', '5', '20', '%', '-18', '2+3']
    """
    text = _THOUSANDS.sub(lambda found: found[0].replace(",", ""), text)
    text = _POINTED.sub(lambda found: f"{found[1].replace('.', '')}.{found[2]}", text)
    text = _DECIMAL.sub(r"\1.\2", text)
    text = _BARE_POINT.sub("0.", text)
    text = _SPACED.sub(r"\1", text)
    text = _SYMBOLS.sub(_symbol, text)
    return _LOOSE_SIGNS.sub(" ", text)


def _symbol(found: re.Match[str]) -> str:
    if found[1] is not None:
        return f"{found[1]} {found[2]} "
    return f" {found[3]} " if found[3] is not None else " "
