"""Who calls, and in which conversation, as far as a chat completion tells."""

import hashlib
from collections.abc import Mapping
from typing import Any, Self

import msgspec

__all__ = ["CONVERSATION", "OFF", "USER", "Caller"]

USER = ("x-sayagain-user", "x-openwebui-user-id")
"""Headers that may name the user, in the order in which they are believed."""

CONVERSATION = ("x-sayagain-conversation", "x-openwebui-chat-id")
"""Headers that may name the conversation, likewise."""

OFF = "x-sayagain"
"""The header whose value `off` has a call passed on and not looked at, for calls that no user makes."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls.

    >>> Caller.of({"authorization": "Bearer sk-1"}, {"user": "ann"}).user_id
    'ann'
    """

    user_id: str | None
    """Who, where a header or the body tells; a key is no person."""
    conversation_id: str | None
    """In which conversation, where a header tells."""
    scope: str
    """What is remembered for this caller is found by no other."""
    trace: tuple[str, str] | None
    """The trace and the span that the call belongs to (W3C Trace Context), as 32 and 16 hexadecimal digits."""

    @classmethod
    def of(cls, headers: Mapping[str, str], body: Mapping[str, Any]) -> Self:
        """Tell it from the headers, named in any case, and the body of a call."""
        named = {name.lower(): value.strip() for name, value in headers.items()}
        user = next((named[name] for name in USER if named.get(name)), None)
        user = user or _text(body.get("user")) or _text(body.get("safety_identifier"))
        conversation = next((named[name] for name in CONVERSATION if named.get(name)), None)
        # The key goes in as a digest only, so that it stands nowhere in memory for longer than the call.
        key = hashlib.blake2b(named.get("authorization", "").encode(errors="replace"), digest_size=16).hexdigest()
        return cls(
            user_id=user,
            conversation_id=conversation,
            scope="\n".join((key, user or "", conversation or "")),
            trace=_trace(named.get("traceparent", "")),
        )


def _trace(parent: str) -> tuple[str, str] | None:
    parts = parent.split("-")
    if len(parts) < 4 or (len(parts[1]), len(parts[2])) != (32, 16):
        return None
    return (parts[1], parts[2]) if all(set(part) <= set("0123456789abcdef") for part in parts[1:3]) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
