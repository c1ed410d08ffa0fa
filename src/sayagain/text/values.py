"""Values in text: numbers keep their signs, points, colons and slashes; all other signs are removed.

A comma between digits separates thousands if three digits follow it each time, otherwise decimals: 1,000 is 1000 and
21,5 is 21.5. Signs belong to values only beside digits.
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
    """Return whether a text has a digit, and so may have a value."""
    return _DIGIT.search(text) is not None


def settle_values(text: str) -> str:
    """Write the values of a text in one spelling and replace all other signs by spaces.

    >>> settle_values("1,234.5 or 1.234,5 or 21,5").split()
    ['1234.5', 'or', '1234.5', 'or', '21.5']
    >>> settle_values("$5, 20% -18 2 + 3").split()
    ['$', '5', '20', '%', '-18', '2+3']
    """
    text = _THOUSANDS.sub(lambda match: match[0].replace(",", ""), text)
    text = _POINTED.sub(lambda match: f"{match[1].replace('.', '')}.{match[2]}", text)
    text = _DECIMAL.sub(r"\1.\2", text)
    text = _BARE_POINT.sub("0.", text)
    text = _SPACED.sub(r"\1", text)
    text = _SYMBOLS.sub(_symbol, text)
    return _LOOSE_SIGNS.sub(" ", text)


def _symbol(match: re.Match[str]) -> str:
    if match[1] is not None:
        return f"{match[1]} {match[2]} "
    return f" {match[3]} " if match[3] is not None else " "
