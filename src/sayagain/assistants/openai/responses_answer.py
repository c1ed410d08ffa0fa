"""The answer of the Responses API, collected while it passes: words, tool calls, how it ended."""

import json
from typing import Any

from sayagain.assistants.json_values import as_list, as_mapping, as_text
from sayagain.assistants.openai.answer import Answer, ToolCall

__all__ = ["ResponsesAnswer"]

_TOOL_CALLS = ("function_call", "custom_tool_call")
"""Items that the client answers; what the model's side runs itself needs no answer."""

_SAID = ("output_text", "refusal")
"""Parts of a message that the user reads."""


class ResponsesAnswer(Answer):
    r"""Collects one response, whole or streamed.

    >>> answer = ResponsesAnswer(streamed=True)
    >>> answer.feed(b"event: response.output_text.delta\n")
    >>> answer.feed(b'data: {"type": "response.output_text.delta", "delta": "It is on."}\n\n')
    >>> answer.close()
    >>> answer.text, answer.finish_reason
    ('It is on.', None)
    """

    def _take_document(self, content: bytes, message_key: str) -> None:
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            return
        if not isinstance(document, dict):
            return
        if message_key == "delta":
            self._take_event(document)
        else:
            self._take_response(document)

    def _take_event(self, event: dict[str, Any]) -> None:
        kind = event.get("type")
        if kind in ("response.output_text.delta", "response.refusal.delta"):
            self.refused = self.refused or kind == "response.refusal.delta"
            delta = event.get("delta")
            # A space alone is a piece, too.
            self.text += delta if isinstance(delta, str) else ""
        elif kind == "error":
            self.error = as_text(event.get("code")) or "error"
        elif isinstance(event.get("response"), dict):
            # The last one holds all that came before.
            self._take_response(event["response"])

    def _take_response(self, response: dict[str, Any]) -> None:
        self.response_id = as_text(response.get("id")) or self.response_id
        self.model = as_text(response.get("model")) or self.model
        if response.get("error"):
            error = as_mapping(response["error"])
            self.error = as_text(error.get("code")) or as_text(error.get("type")) or "error"
        status = as_text(response.get("status"))
        if status in ("in_progress", "queued"):
            return
        self.finish_reason = as_text(as_mapping(response.get("incomplete_details")).get("reason")) or status
        items = [as_mapping(item) for item in as_list(response.get("output"))]
        parts = [as_mapping(part) for item in items for part in as_list(item.get("content"))]
        texts = [part.get("refusal") or part.get("text") for part in parts if part.get("type") in _SAID]
        self.refused = self.refused or any(part.get("type") == "refusal" for part in parts)
        self.text = "".join(text for text in texts if isinstance(text, str)) or self.text
        self.tool_calls = [
            ToolCall(
                id=as_text(item.get("call_id")) or "",
                name=as_text(item.get("name")) or "",
                arguments=as_text(item.get("arguments")) or as_text(item.get("input")) or "",
            )
            for item in items
            if item.get("type") in _TOOL_CALLS
        ]
