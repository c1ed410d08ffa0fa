"""Text in Postgres, which has no NUL: two marks stand for it, so that all text comes out as it went in."""

__all__ = ["from_postgres", "to_postgres"]


def to_postgres(text: str) -> str:
    r"""Write a text without NUL, such that texts sort by code point as they did before.

    >>> to_postgres("a\x00b\x01c")
    'a\x01\x01b\x01\x02c'
    """
    return text if text.isprintable() else text.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01")


def from_postgres(text: str) -> str:
    r"""Return a text as it was before `to_postgres`.

    >>> from_postgres("a\x01\x01b\x01\x02c")
    'a\x00b\x01c'
    """
    if "\x01" not in text:
        return text
    # Piece by piece: what follows a mark tells what it stood for.
    first, *rest = text.split("\x01")
    pieces = iter(rest)
    # Two marks in a row leave an empty piece between them; a mark is never the last character.
    return first + "".join("\x00" + next(pieces) if piece == "" else "\x01" + piece[1:] for piece in pieces)
