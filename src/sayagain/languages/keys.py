"""Keys of requests in their language: the same words in two languages are two requests."""

import re
from collections import Counter
from collections.abc import Iterable

from sayagain.languages.packs import language_of

__all__ = ["common_tag", "log_languages", "request_key"]

_TAG = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")


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


def common_tag(tags: Iterable[str | None]) -> str | None:
    """Return the tag that most turns state, with its region, ties by the alphabet; None where none states a language.

    >>> common_tag(["pt-BR", "pt-BR", "pt", None, "../.."])
    'pt-BR'
    """
    stated = Counter(tag for tag in tags if tag is not None and language_of(tag) and _TAG.fullmatch(tag))
    return min(stated, key=lambda tag: (-stated[tag], tag), default=None)
