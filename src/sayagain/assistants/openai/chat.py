"""The request body of a chat completion: the user's last words, the messages before, the body with other words."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from sayagain.assistants.openai.answer import Answer
from sayagain.assistants.openai.message_content import replace_text, reports_error, text_of
from sayagain.assistants.openai.model_request import MAX_LENGTH
from sayagain.assistants.openai.own_answer import can_answer, own_answer

__all__ = ["ChatRequest", "decode_body"]

_INSTRUCTION_ROLES = ("system", "developer")
"""Roles outside the conversation; their content may change from call to call, as the time of day does."""


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /v1/chat/completions`.

    >>> chat = ChatRequest.of({"model": "m", "messages": [{"role": "user", "content": "lamp on"}]}, "ann")
    >>> chat.words, chat.user_spoke_last
    ('lamp on', True)
    >>> chat.with_words({0: "turn on the lamp"})
    b'{"model":"m","messages":[{"role":"user","content":"turn on the lamp"}]}'
    """

    body: dict[str, Any]
    """The body as it was sent."""
    user_messages: tuple[tuple[int, str], ...]
    """Each message of the user: its index, and a digest of the scope and all messages up to it."""

    @classmethod
    def of(cls, body: dict[str, Any], scope: str) -> Self | None:
        """Read a body; None without a message of a user.

        Args:
            body: the result of `decode_body`.
            scope: key of the caller; two scopes never share a digest.
        """
        messages = body.get("messages")
        if not isinstance(messages, list) or not all(isinstance(message, dict) for message in messages):
            return None
        digest = hashlib.blake2b(scope.encode(errors="replace"), digest_size=16)
        user_messages = []
        for index, message in enumerate(messages):
            if message.get("role") in _INSTRUCTION_ROLES:
                continue
            digest_fields = {key: message.get(key) for key in ("role", "content", "tool_calls", "tool_call_id")}
            try:
                digest.update(json.dumps(digest_fields, sort_keys=True).encode())
            except RecursionError:
                return None
            if message.get("role") == "user":
                user_messages.append((index, digest.copy().hexdigest()))
        return cls(body=body, user_messages=tuple(user_messages)) if user_messages else None

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages, oldest first."""
        messages: list[dict[str, Any]] = self.body["messages"]
        return messages

    @property
    def words(self) -> str | None:
        """The user's last words; None if there are none, or more than `MAX_LENGTH`."""
        words = text_of(self.messages[self.user_messages[-1][0]].get("content"))
        return words if words is not None and words.strip() and len(words) <= MAX_LENGTH else None

    @property
    def key(self) -> str:
        """Digest of all messages up to the user's last words."""
        return self.user_messages[-1][1]

    @property
    def user_spoke_last(self) -> bool:
        """Whether the user spoke last; otherwise the agent continues an earlier request."""
        return self.user_messages[-1][0] == len(self.messages) - 1

    @property
    def tool_results(self) -> dict[str, bool]:
        """Whether each tool worked that has answered since the user's last words, by id of its call."""
        later_messages = self.messages[self.user_messages[-1][0] + 1 :]
        return {
            str(message.get("tool_call_id")): not reports_error(message.get("content"))
            for message in later_messages
            if message.get("role") == "tool"
        }

    def with_words(self, words: Mapping[int, str]) -> bytes:
        """Return the body with some of the user's words replaced; everything else stays.

        Args:
            words: new words by index of the message; images and files beside them stay.

        Raises:
            RecursionError: the body is nested too deeply to be written.
        """
        messages = [
            {**message, "content": replace_text(message.get("content"), words[index])} if index in words else message
            for index, message in enumerate(self.messages)
        ]
        # ASCII escapes keep a lone surrogate that the client sent.
        return json.dumps({**self.body, "messages": messages}, separators=(",", ":")).encode()

    @property
    def takes_words(self) -> bool:
        """Whether the client would take plain words for an answer."""
        return can_answer(self.body)

    @property
    def follows_own_answer(self) -> bool:
        """Never: each call holds the whole conversation."""
        return False

    def own_answer(self, words: str, turn_id: str, created: int) -> tuple[bytes, str]:
        """Return an answer in place of the model's, and its content type; see `own_answer`."""
        return own_answer(self.body, words, turn_id, created)

    def new_answer(self) -> Answer:
        """Return what collects the answer to this call."""
        return Answer(streamed=bool(self.body.get("stream")))

    def answer_keys(self, _response_id: str | None) -> tuple[str, ...]:
        """Return nothing: each call holds the whole conversation."""
        return ()


def decode_body(content: bytes) -> dict[str, Any] | None:
    """Decode a body; None unless it is a JSON object."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
