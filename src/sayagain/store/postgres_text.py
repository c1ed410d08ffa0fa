"""Escape for NUL in Postgres text, which cannot hold it; any text is returned unchanged."""

__all__ = ["from_postgres", "to_postgres"]


def to_postgres(text: str) -> str:
    r"""Escape NUL in a text; escaped texts sort like the original ones.

    >>> to_postgres("a\x00b\x01c")
    'a\x01\x01b\x01\x02c'
    """
    return text if text.isprintable() else text.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01")


def from_postgres(text: str) -> str:
    r"""Undo `to_postgres`.

    >>> from_postgres("a\x01\x01b\x01\x02c")
    'a\x00b\x01c'
    """
    if "\x01" not in text:
        return text
    # Piece by piece: the character after \x01 tells what the escape stands for.
    first, *rest = text.split("\x01")
    pieces = iter(rest)
    # Two \x01 in a row leave an empty piece between them; \x01 is never the last character.
    return first + "".join("\x00" + next(pieces) if piece == "" else "\x01" + piece[1:] for piece in pieces)
