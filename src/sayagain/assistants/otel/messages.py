"""The messages of a model's call, as the GenAI conventions write them: who said what, which tools were called.

See https://github.com/open-telemetry/semantic-conventions-genai for the conventions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

__all__ = ["SpanToolCall", "messages", "said_last", "spoken", "tool_calls"]

Message = Mapping[str, Any]
"""One message: `role` and `parts`."""


class SpanToolCall(NamedTuple):
    """A tool that the model calls."""

    id: str
    """By which its answer names it; empty when it has none."""
    name: str
    """Which tool."""


def messages(value: object) -> list[Message]:
    """Read an attribute that holds messages, structured or as JSON within a text.

    >>> messages('[{"role": "user", "parts": [{"type": "text", "content": "lamp on"}]}]')[0]["role"]
    'user'
    """
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return []
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def spoken(message: Message) -> str:
    """Return the words of a message; pictures, files and thoughts are none."""
    content = message.get("content")
    words = [content] if isinstance(content, str) else []
    words += [part["content"] for part in _parts(message, "text") if isinstance(part.get("content"), str)]
    return "\n".join(words)


def said_last(said: list[Message]) -> tuple[int, str] | None:
    """Return the user's last words, and which of the user's messages they are, from 1; None where there are none."""
    of_user = [spoken(each) for each in said if each.get("role") == "user"]
    return (len(of_user), of_user[-1]) if of_user and of_user[-1].strip() else None


def tool_calls(said: list[Message]) -> Iterator[SpanToolCall]:
    """Give every tool that is called in some messages."""
    for message in said:
        for part in _parts(message, "tool_call"):
            name, call_id = part.get("name"), part.get("id")
            if isinstance(name, str) and name:
                yield SpanToolCall(call_id if isinstance(call_id, str) else "", name)


def _parts(message: Message, kind: str) -> Iterator[Message]:
    parts = message.get("parts")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and part.get("type") == kind:
            yield part
