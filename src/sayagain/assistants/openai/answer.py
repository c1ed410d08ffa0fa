"""The answer to a chat completion, gathered on the side while it passes: words, tool calls, how it ended."""

import json
from typing import Any

import msgspec

__all__ = ["Answer", "ToolCall"]

_LONGEST_LINE = 8 * 1024 * 1024
"""An event longer than this, in bytes, is passed on and not looked at."""


class ToolCall(msgspec.Struct):
    """A tool that the model calls."""

    id: str = ""
    """By which the tool's answer names it."""
    name: str = ""
    """Which tool."""
    arguments: str = ""
    """As the model wrote them: JSON, if it kept to it."""


class Answer:
    r"""Gathers the first choice of one answer, whole or streamed.

    >>> answer = Answer(streamed=True)
    >>> answer.feed(b'data: {"choices": [{"index": 0, "delta": {"content": "It is "}}]}\n\nda')
    >>> answer.feed(b'ta: {"choices": [{"index": 0, "delta": {"content": "on."}, "finish_reason": "stop"}]}\n\n')
    >>> answer.close()
    >>> answer.text, answer.finish_reason
    ('It is on.', 'stop')
    """

    def __init__(self, *, streamed: bool) -> None:
        self.text = ""
        """What the model said, a refusal included."""
        self.tool_calls: list[ToolCall] = []
        """What it called, in order."""
        self.finish_reason: str | None = None
        """Why it stopped; None when it did not come to an end."""
        self.refused = False
        """Whether the model itself said that it will not."""
        self.error: str | None = None
        """The code or type of an error in place of an answer."""
        self.response_id: str | None = None
        """The provider's id of the answer."""
        self.model: str | None = None
        """Which model answered."""
        self._streamed = streamed
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take in what came, wherever it was cut."""
        if len(self._rest) + len(chunk) > _LONGEST_LINE:
            self._rest.clear()
            return
        self._rest += chunk
        if self._streamed and b"\n" in chunk:
            *lines, rest = bytes(self._rest).split(b"\n")
            self._rest = bytearray(rest)
            for line in lines:
                self._line(line)

    def close(self) -> None:
        """Take in what is left; nothing more comes."""
        if self._streamed:
            self._line(bytes(self._rest))
        else:
            self._take(bytes(self._rest), "message")
        self._rest.clear()

    def _line(self, line: bytes) -> None:
        # An event of several data lines is none of this protocol.
        if line.startswith(b"data:"):
            self._take(line[5:], "delta")

    def _take(self, content: bytes, part: str) -> None:
        try:
            told = json.loads(content)
        except (ValueError, RecursionError):
            return
        if not isinstance(told, dict):
            return
        self.response_id = _text(told.get("id")) or self.response_id
        self.model = _text(told.get("model")) or self.model
        if told.get("error"):
            error = told["error"] if isinstance(told["error"], dict) else {}
            self.error = _text(error.get("code")) or _text(error.get("type")) or "error"
        choices = told.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict) and choice.get("index", 0) == 0:
                self._choice(choice, choice.get(part))

    def _choice(self, choice: dict[str, Any], message: object) -> None:
        self.finish_reason = _text(choice.get("finish_reason")) or self.finish_reason
        if not isinstance(message, dict):
            return
        refusal = _text(message.get("refusal"))
        self.refused = self.refused or refusal is not None
        self.text += (_text(message.get("content")) or "") + (refusal or "")
        calls = message.get("tool_calls")
        for place, call in enumerate(calls if isinstance(calls, list) else ()):
            if isinstance(call, dict):
                self._call(call, place)

    def _call(self, call: dict[str, Any], place: int) -> None:
        # Streamed, one call comes in pieces that name it by its index; whole, the calls are a list.
        index = call.get("index", place)
        if type(index) is not int or not 0 <= index <= len(self.tool_calls):
            return
        if index == len(self.tool_calls):
            self.tool_calls.append(ToolCall())
        known = self.tool_calls[index]
        named = call.get("function") or call.get("custom")
        function = named if isinstance(named, dict) else {}
        known.id = _text(call.get("id")) or known.id
        known.name += _text(function.get("name")) or ""
        known.arguments += _text(function.get("arguments")) or _text(function.get("input")) or ""


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
