"""The request body of the Responses API: the user's last words, the items before, the body with other words.

See https://platform.openai.com/docs/api-reference/responses/create for the protocol.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Self

import msgspec

from sayagain.assistants.openai.message_content import replace_text, reports_error, text_of
from sayagain.assistants.openai.model_request import MAX_LENGTH, SERVER_SIDE
from sayagain.assistants.openai.own_response import can_respond, own_response, response_before
from sayagain.assistants.openai.responses_answer import ResponsesAnswer

__all__ = ["ResponsesRequest"]

_INSTRUCTION_ROLES = ("system", "developer")
"""Roles outside the conversation; their content may change from call to call, as the time of day does."""

_DIGEST_FIELDS = ("role", "content", "call_id", "name", "arguments", "input", "output")
"""Fields of an item that make the conversation; ids and states of items need not come back."""

_TOOL_OUTPUTS = ("function_call_output", "custom_tool_call_output")


class ResponsesRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /v1/responses`.

    >>> request = ResponsesRequest.of({"model": "m", "input": "lamp on"}, "ann")
    >>> request.words, request.user_spoke_last
    ('lamp on', True)
    >>> request.with_words({0: "turn on the lamp"})
    b'{"model":"m","input":"turn on the lamp"}'
    """

    body: dict[str, Any]
    """The body as it was sent."""
    scope: str
    """Key of the caller."""
    user_messages: tuple[tuple[int, str], ...]
    """Each message of the user: its index, and a digest; `SERVER_SIDE` for the last that the model's side keeps."""

    @classmethod
    def of(cls, body: dict[str, Any], scope: str) -> Self | None:
        """Read a body; None without a message of a user, here or on the model's side, or in the background.

        Args:
            body: the result of `decode_body`.
            scope: key of the caller; two scopes never share a digest.
        """
        items = _items(body)
        # The answer to a call in the background comes to another call.
        if items is None or body.get("background"):
            return None
        previous = _previous(body)
        kept = () if previous is None else ((SERVER_SIDE, _link(scope, previous)),)
        digest = hashlib.blake2b(f"responses\n{scope}\n{previous or ''}".encode(errors="replace"), digest_size=16)
        user_messages: list[tuple[int, str]] = []
        for index, item in enumerate(items):
            if item.get("role") in _INSTRUCTION_ROLES or item.get("type") == "reasoning":
                continue
            try:
                digest.update(json.dumps({key: item.get(key) for key in _DIGEST_FIELDS}, sort_keys=True).encode())
            except RecursionError:
                return None
            if item.get("role") == "user":
                user_messages.append((index, digest.copy().hexdigest()))
        messages = (*kept, *user_messages)
        return cls(body=body, scope=scope, user_messages=messages) if messages else None

    @property
    def words(self) -> str | None:
        """The user's last words; None if there are none here, or more than `MAX_LENGTH`."""
        index = self.user_messages[-1][0]
        words = None if index == SERVER_SIDE else text_of((_items(self.body) or [])[index].get("content"))
        return words if words is not None and words.strip() and len(words) <= MAX_LENGTH else None

    @property
    def key(self) -> str:
        """Digest of all messages up to the user's last words."""
        return self.user_messages[-1][1]

    @property
    def user_spoke_last(self) -> bool:
        """Whether the user spoke last; otherwise the agent continues an earlier request."""
        items = _items(self.body) or []
        return bool(items) and self.user_messages[-1][0] == len(items) - 1

    @property
    def tool_results(self) -> dict[str, bool]:
        """Whether each tool worked that has answered since the user's last words, by id of its call."""
        later_items = (_items(self.body) or [])[self.user_messages[-1][0] + 1 :]
        return {
            str(item.get("call_id")): item.get("status") != "incomplete" and not reports_error(item.get("output"))
            for item in later_items
            if item.get("type") in _TOOL_OUTPUTS
        }

    def with_words(self, words: Mapping[int, str]) -> bytes:
        """Return the body with some of the user's words replaced, and none of our answers named as the one before.

        Args:
            words: new words by index of the message; images and files beside them stay.

        Raises:
            RecursionError: the body is nested too deeply to be written.
        """
        content: object = self.body["input"]
        body = self.body
        if self.follows_own_answer:
            body = {**body, "previous_response_id": response_before(body["previous_response_id"])[1]}
        if isinstance(content, str):
            content = words.get(0, content)
        else:
            content = [
                {**item, "content": replace_text(item.get("content"), words[index])} if index in words else item
                for index, item in enumerate(_items(self.body) or [])
            ]
        # ASCII escapes keep a lone surrogate that the client sent.
        return json.dumps({**body, "input": content}, separators=(",", ":")).encode()

    @property
    def takes_words(self) -> bool:
        """Whether the client would take plain words for an answer."""
        return can_respond(self.body)

    @property
    def follows_own_answer(self) -> bool:
        """Whether the response before is one of ours, which the model's side does not know."""
        return response_before(self.body.get("previous_response_id"))[0]

    def own_answer(self, words: str, turn_id: str, created: int) -> tuple[bytes, str]:
        """Return an answer in place of the model's, and its content type; see `own_response`."""
        return own_response(self.body, words, turn_id, created)

    def new_answer(self) -> ResponsesAnswer:
        """Return what collects the answer to this call."""
        return ResponsesAnswer(streamed=bool(self.body.get("stream")))

    def answer_keys(self, response_id: str | None) -> tuple[str, ...]:
        """Return the digests by which a later call names the conversation: by the response, or by its id."""
        names = (_response(response_id), _conversation(self.body))
        return tuple(_link(self.scope, name) for name in names if name is not None)


def _items(body: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    """Return the items of the input; None where it is none that is known."""
    content = body.get("input")
    if isinstance(content, str):
        return [{"role": "user", "content": content}]
    if not isinstance(content, list) or not all(isinstance(item, dict) for item in content):
        return None
    return content


def _previous(body: Mapping[str, Any]) -> str | None:
    """Return the name of the past that the model's side keeps; None where the call holds all of it."""
    return _response(body.get("previous_response_id")) or _conversation(body)


def _response(response_id: object) -> str | None:
    return f"response {response_id}" if isinstance(response_id, str) and response_id else None


def _conversation(body: Mapping[str, Any]) -> str | None:
    conversation = body.get("conversation")
    identity = conversation.get("id") if isinstance(conversation, dict) else conversation
    return f"conversation {identity}" if isinstance(identity, str) and identity else None


def _link(scope: str, name: str) -> str:
    return hashlib.blake2b(f"link\n{scope}\n{name}".encode(errors="replace"), digest_size=16).hexdigest()
