"""The length up to which a request is looked at: past it nothing is rewritten, so that no request costs much time."""

__all__ = ["LONGEST", "limit_text", "too_long"]

LONGEST = 400
"""Characters of a request that are looked at: half a minute of speech."""


def too_long(text: str) -> bool:
    """Whether a request is longer than what is looked at."""
    return len(text) > LONGEST


def limit_text(text: str) -> str:
    """Return the beginning of a text, as much of it as is looked at.

    >>> len(limit_text("la " * 10_000)) <= LONGEST
    True
    """
    if len(text) <= LONGEST:
        return text
    # A word is not cut in two where the text has spaces.
    return text[: LONGEST + 1].rsplit(" ", 1)[0][:LONGEST]
