"""The answer to a chat completion, collected while it passes: words, tool calls, finish reason."""

import json
from typing import Any

import msgspec

from sayagain.assistants.json_values import as_list, as_mapping

__all__ = ["Answer", "ToolCall"]

_LONGEST_LINE = 8 * 1024 * 1024
"""Longest event that is read, in bytes; a longer one is only forwarded."""


class ToolCall(msgspec.Struct):
    """A tool that the model calls."""

    id: str = ""
    """Id by which the tool's result names the call."""
    name: str = ""
    """Name of the tool."""
    arguments: str = ""
    """Arguments as the model wrote them, usually JSON."""


class Answer:
    r"""Collects the first choice of one answer, whole or streamed.

    >>> answer = Answer(streamed=True)
    >>> answer.feed(b'data: {"choices": [{"index": 0, "delta": {"content": "It is "}}]}\n\nda')
    >>> answer.feed(b'ta: {"choices": [{"index": 0, "delta": {"content": "on."}, "finish_reason": "stop"}]}\n\n')
    >>> answer.close()
    >>> answer.text, answer.finish_reason
    ('It is on.', 'stop')
    """

    def __init__(self, *, streamed: bool) -> None:
        self.text = ""
        """The model's words, including a refusal."""
        self.tool_calls: list[ToolCall] = []
        """Tool calls, in order."""
        self.finish_reason: str | None = None
        """Why the model stopped; None if it was cut off."""
        self.refused = False
        """Whether the model refused."""
        self.error: str | None = None
        """Code or type of an error sent instead of an answer."""
        self.response_id: str | None = None
        """The provider's id of the answer."""
        self.model: str | None = None
        """Name of the model that answered."""
        self._streamed = streamed
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take in a chunk, cut anywhere."""
        if len(self._buffer) + len(chunk) > _LONGEST_LINE:
            self._buffer.clear()
            return
        self._buffer += chunk
        if self._streamed and b"\n" in chunk:
            *lines, remainder = bytes(self._buffer).split(b"\n")
            self._buffer = bytearray(remainder)
            for line in lines:
                self._take_line(line)

    def close(self) -> None:
        """Take in the rest; no more chunks follow."""
        if self._streamed:
            self._take_line(bytes(self._buffer))
        else:
            self._take_document(bytes(self._buffer), "message")
        self._buffer.clear()

    def _take_line(self, line: bytes) -> None:
        # This protocol has no events of several data lines.
        if line.startswith(b"data:"):
            self._take_document(line[5:], "delta")

    def _take_document(self, content: bytes, message_key: str) -> None:
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            return
        if not isinstance(document, dict):
            return
        self.response_id = _text(document.get("id")) or self.response_id
        self.model = _text(document.get("model")) or self.model
        if document.get("error"):
            error = as_mapping(document["error"])
            self.error = _text(error.get("code")) or _text(error.get("type")) or "error"
        for choice in as_list(document.get("choices")):
            if isinstance(choice, dict) and choice.get("index", 0) == 0:
                self._take_choice(choice, choice.get(message_key))

    def _take_choice(self, choice: dict[str, Any], message: object) -> None:
        self.finish_reason = _text(choice.get("finish_reason")) or self.finish_reason
        if not isinstance(message, dict):
            return
        refusal = _text(message.get("refusal"))
        self.refused = self.refused or refusal is not None
        self.text += (_text(message.get("content")) or "") + (refusal or "")
        for position, call in enumerate(as_list(message.get("tool_calls"))):
            if isinstance(call, dict):
                self._take_tool_call(call, position)

    def _take_tool_call(self, call: dict[str, Any], position: int) -> None:
        # Streamed, one call comes in pieces that name it by its index; whole, the calls are a list.
        index = call.get("index", position)
        if type(index) is not int or not 0 <= index <= len(self.tool_calls):
            return
        if index == len(self.tool_calls):
            self.tool_calls.append(ToolCall())
        tool_call = self.tool_calls[index]
        function = as_mapping(call.get("function") or call.get("custom"))
        tool_call.id = _text(call.get("id")) or tool_call.id
        tool_call.name += _text(function.get("name")) or ""
        tool_call.arguments += _text(function.get("arguments")) or _text(function.get("input")) or ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
