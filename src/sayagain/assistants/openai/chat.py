"""A chat completion as it is asked for: the user's last words, what was said before, and the same with other words."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

import msgspec

__all__ = ["LONGEST", "ChatRequest", "body_of"]

LONGEST = 1_000
"""Words longer than this, in letters, are a document rather than a request; they are passed on and not looked at."""

_APART = ("system", "developer")
"""Roles that say nothing in the conversation; what they say may change from call to call, as the time of day does."""


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /v1/chat/completions`, as far as it matters here.

    >>> chat = ChatRequest.of({"model": "m", "messages": [{"role": "user", "content": "lamp on"}]}, "ann")
    >>> chat.words, chat.fresh
    ('lamp on', True)
    >>> chat.with_words({0: "turn on the lamp"})
    b'{"model":"m","messages":[{"role":"user","content":"turn on the lamp"}]}'
    """

    body: dict[str, Any]
    """As it was sent."""
    asked: tuple[tuple[int, str], ...]
    """Each message of the user: its place, and a digest of all that was said up to it, within its scope."""

    @classmethod
    def of(cls, body: dict[str, Any], scope: str) -> Self | None:
        """Read a body; None for one in which no user says anything.

        Args:
            body: as `body_of` reads it.
            scope: whose it is; the digests of two scopes never meet.
        """
        messages = body.get("messages")
        if not isinstance(messages, list) or not all(isinstance(each, dict) for each in messages):
            return None
        said = hashlib.blake2b(scope.encode(errors="replace"), digest_size=16)
        asked = []
        for place, message in enumerate(messages):
            if message.get("role") in _APART:
                continue
            part = {key: message.get(key) for key in ("role", "content", "tool_calls", "tool_call_id")}
            try:
                said.update(json.dumps(part, sort_keys=True).encode())
            except RecursionError:
                return None
            if message.get("role") == "user":
                asked.append((place, said.copy().hexdigest()))
        return cls(body=body, asked=tuple(asked)) if asked else None

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was said, oldest first."""
        messages: list[dict[str, Any]] = self.body["messages"]
        return messages

    @property
    def words(self) -> str | None:
        """The user's last words; None where there are none, or too many to be a request."""
        words = _words(self.messages[self.asked[-1][0]].get("content"))
        return words if words is not None and words.strip() and len(words) <= LONGEST else None

    @property
    def key(self) -> str:
        """The digest of all that was said up to the user's last words."""
        return self.asked[-1][1]

    @property
    def fresh(self) -> bool:
        """Whether the user spoke last; otherwise the agent goes on with what it was asked before."""
        return self.asked[-1][0] == len(self.messages) - 1

    @property
    def results(self) -> dict[str, bool]:
        """For each tool that has answered since: whether it worked, by the id of its call."""
        since = self.messages[self.asked[-1][0] + 1 :]
        return {
            str(each.get("tool_call_id")): not _complains(each.get("content"))
            for each in since
            if each.get("role") == "tool"
        }

    def with_words(self, words: Mapping[int, str]) -> bytes:
        """Return the body with other words in place of some of the user's; everything else stays.

        Args:
            words: by the place of the message. Images and files beside the words stay.

        Raises:
            RecursionError: the body is nested too deep to be written.
        """
        messages = [
            {**message, "content": _reworded(message.get("content"), words[place])} if place in words else message
            for place, message in enumerate(self.messages)
        ]
        # Written in ASCII, half a letter that the client sent stays what it was.
        return json.dumps({**self.body, "messages": messages}, separators=(",", ":")).encode()


def body_of(content: bytes) -> dict[str, Any] | None:
    """Decode a body; None for one that is no JSON object."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _is_text(part: object) -> bool:
    return isinstance(part, dict) and part.get("type") == "text" and isinstance(part.get("text"), str)


def _words(content: object) -> str | None:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if _is_text(part)) or None
    return None


def _reworded(content: object, words: str) -> object:
    """Put words in place of all the text of a message."""
    if not isinstance(content, list):
        return words
    first = next((place for place, part in enumerate(content) if _is_text(part)), None)
    return [
        {**part, "text": words} if place == first else part
        for place, part in enumerate(content)
        if place == first or not _is_text(part)
    ]


def _complains(content: object) -> bool:
    """Whether a tool's answer says that it failed: an object with `error`, or with `isError` as MCP has it."""
    text = _words(content)
    try:
        told = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and bool(told.get("error") or told.get("isError") or told.get("is_error"))
