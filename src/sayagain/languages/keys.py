"""Keys of requests in their language: the same words in two languages are two requests."""

from collections import Counter
from collections.abc import Iterable

from sayagain.languages.packs import language_of

__all__ = ["log_languages", "request_key"]


def request_key(text: str, language: str | None) -> str:
    """Return the key of a text in its language; the text itself where the language is not known.

    Args:
        text: normalised, so without tabs.
        language: BCP 47; one language in two regions is one.

    >>> request_key("stop", "de-AT") == request_key("stop", "de"), request_key("stop", "*")
    (True, 'stop')
    """
    code = language_of(language)
    return text if code is None else f"{text}\t{code}"


def log_languages(tags: Iterable[str | None]) -> tuple[str, ...]:
    """Return the languages that the turns of a log state, the most common first, ties by code.

    >>> log_languages(["de", "de-AT", "*", None, "en"])
    ('de', 'en')
    """
    stated = Counter(map(language_of, tags))
    del stated[None]
    return tuple(sorted((code for code in stated if code is not None), key=lambda code: (-stated[code], code)))
