"""The caller of a chat completion: user, conversation and trace, as far as the request names them."""

import hashlib
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from sayagain.assistants.json_values import as_text

__all__ = ["BYPASS_HEADER", "CONVERSATION_HEADERS", "USER_HEADERS", "Caller"]

USER_HEADERS = ("x-sayagain-user", "x-openwebui-user-id")
"""Headers that may name the user, most trusted first."""

CONVERSATION_HEADERS = ("x-sayagain-conversation", "x-openwebui-chat-id")
"""Headers that may name the conversation, most trusted first."""

BYPASS_HEADER = "x-sayagain"
"""Header whose value `off` has a call forwarded unread, for calls that no user makes."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """The caller of a chat completion.

    >>> Caller.of({"authorization": "Bearer sk-1"}, {"user": "ann"}).user_id
    'ann'
    """

    user_id: str | None
    """The user, where a header or the body names one; an API key is not a user."""
    conversation_id: str | None
    """The conversation, where a header names one."""
    scope: str
    """Key of what is remembered for this caller; no other caller has the same."""
    trace: tuple[str, str] | None
    """Trace id and span id of the call (W3C Trace Context), 32 and 16 hexadecimal digits."""

    @classmethod
    def of(cls, headers: Mapping[str, str], body: Mapping[str, Any]) -> Self:
        """Read the caller from the headers, in any case, and the body of a call."""
        header_values = {name.lower(): value.strip() for name, value in headers.items()}
        user_id = next((header_values[name] for name in USER_HEADERS if header_values.get(name)), None)
        user_id = user_id or as_text(body.get("user")) or as_text(body.get("safety_identifier"))
        conversation_id = next((header_values[name] for name in CONVERSATION_HEADERS if header_values.get(name)), None)
        # A digest, so that the key stays in memory no longer than the call.
        authorization = header_values.get("authorization", "").encode(errors="replace")
        key = hashlib.blake2b(authorization, digest_size=16).hexdigest()
        return cls(
            user_id=user_id,
            conversation_id=conversation_id,
            scope="\n".join((key, user_id or "", conversation_id or "")),
            trace=_trace_context(header_values.get("traceparent", "")),
        )


def _trace_context(traceparent: str) -> tuple[str, str] | None:
    fields = traceparent.split("-")
    if len(fields) < 4 or (len(fields[1]), len(fields[2])) != (32, 16):
        return None
    return (fields[1], fields[2]) if all(set(field) <= set("0123456789abcdef") for field in fields[1:3]) else None
