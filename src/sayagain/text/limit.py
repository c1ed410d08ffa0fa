"""Length limit of requests: a longer request is not rewritten, which bounds the time per request."""

__all__ = ["LONGEST", "limit_text", "too_long"]

LONGEST = 400
"""Most characters of a request that are processed: half a minute of speech."""


def too_long(text: str) -> bool:
    """Return whether a request exceeds `LONGEST`."""
    return len(text) > LONGEST


def limit_text(text: str) -> str:
    """Cut a text to at most `LONGEST` characters.

    >>> len(limit_text("la " * 10_000)) <= LONGEST
    True
    """
    if len(text) <= LONGEST:
        return text
    # Cut at a space where there is one, so that no word is split.
    return text[: LONGEST + 1].rsplit(" ", 1)[0][:LONGEST]
