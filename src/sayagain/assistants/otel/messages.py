"""The messages of a model call, in the format of the GenAI conventions: words and tool calls.

See https://github.com/open-telemetry/semantic-conventions-genai for the conventions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import msgspec

from sayagain.assistants.json_values import as_list

__all__ = ["SpanToolCall", "last_user_message", "message_text", "parse_messages", "tool_calls"]

Message = Mapping[str, Any]
"""One message: `role` and `parts`."""


class SpanToolCall(NamedTuple):
    """A tool that the model calls."""

    id: str
    """Id by which the result names the call; empty if it has none."""
    name: str
    """Name of the tool."""
    arguments: object
    """Its arguments, structured or as JSON; None where they were not recorded."""


def parse_messages(value: object) -> list[Message]:
    """Read an attribute that holds messages, structured or as a JSON string.

    >>> parse_messages('[{"role": "user", "parts": [{"type": "text", "content": "lamp on"}]}]')[0]["role"]
    'user'
    """
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return []
    return [message for message in as_list(value) if isinstance(message, Mapping)]


def message_text(message: Message) -> str:
    """Return the words of a message, without pictures, files and reasoning."""
    content = message.get("content")
    texts = [content] if isinstance(content, str) else []
    texts += [part["content"] for part in _parts(message, "text") if isinstance(part.get("content"), str)]
    return "\n".join(texts)


def last_user_message(messages: list[Message]) -> tuple[int, str] | None:
    """Return the number, from 1, and the words of the user's last message; None if it has no words."""
    user_texts = [message_text(message) for message in messages if message.get("role") == "user"]
    return (len(user_texts), user_texts[-1]) if user_texts and user_texts[-1].strip() else None


def tool_calls(messages: list[Message]) -> Iterator[SpanToolCall]:
    """Yield every tool call in the messages."""
    for message in messages:
        for part in _parts(message, "tool_call"):
            name, call_id = part.get("name"), part.get("id")
            if isinstance(name, str) and name:
                yield SpanToolCall(call_id if isinstance(call_id, str) else "", name, part.get("arguments"))


def _parts(message: Message, kind: str) -> Iterator[Message]:
    for part in as_list(message.get("parts")):
        if isinstance(part, Mapping) and part.get("type") == kind:
            yield part
