"""Words of program identifiers: `HassTurnOn`, `media_player.play_media`, `skill:volume-up`."""

import re
from functools import lru_cache

__all__ = ["identifier_words"]

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_a-zA-Z]+")


@lru_cache(maxsize=1 << 14)
def identifier_words(name: str) -> tuple[str, ...]:
    """Split the name of an intent, action or domain into lower-case words.

    >>> identifier_words("HassTurnOn")
    ('hass', 'turn', 'on')
    >>> identifier_words("media_player.playMedia2")
    ('media', 'player', 'play', 'media', '2')
    >>> identifier_words("TVOn")
    ('tv', 'on')
    """
    return tuple(part.lower() for part in _PART.findall(name))
