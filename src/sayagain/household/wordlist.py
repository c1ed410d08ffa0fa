"""Word lists: written as text, read as tuples."""

__all__ = ["phrases", "words"]


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text.

    >>> words("milk eggs")
    ('milk', 'eggs')
    """
    return tuple(text.split())


def phrases(text: str) -> tuple[str, ...]:
    """Return the phrases of a text, separated by commas.

    >>> phrases("olive oil, salt")
    ('olive oil', 'salt')
    """
    return tuple(phrase.strip() for phrase in text.split(","))
