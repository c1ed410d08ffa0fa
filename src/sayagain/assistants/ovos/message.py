"""One message of the OVOS bus, and the session in its context, whatever stands there."""

from collections.abc import Mapping
from typing import Any, Self

import msgspec

__all__ = ["CONTEXT_KEY", "Session"]

CONTEXT_KEY = "sayagain"
"""Where the transformer leaves the turn's id and rewrite in the context of every later message."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Where an utterance came from, as far as the context tells.

    >>> Session.of({"session": {"session_id": "s1", "site_id": "kitchen", "lang": "en-US"}}).area
    'kitchen'
    >>> Session.of({"session": 5}).session_id
    'default'
    """

    session_id: str = "default"
    """The session; `default` is the device that OVOS runs on."""
    area: str | None = None
    """The room, where the satellite's site is configured."""
    language: str | None = None
    """BCP 47."""
    user_id: str | None = None
    """Who speaks, where a plugin of the listener recognises speakers."""

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Self:
        """Read it off the context of a message."""
        session = context.get("session")
        within: Mapping[str, Any] = session if isinstance(session, Mapping) else {}
        site = _text(within.get("site_id"))
        return cls(
            session_id=_text(within.get("session_id")) or "default",
            area=None if site == "unknown" else site,
            language=_text(context.get("lang")) or _text(within.get("lang")),
            user_id=_text(context.get("user_id")),
        )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
