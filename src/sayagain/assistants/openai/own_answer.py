"""The answer that sayagain gives itself, in the format of a chat completion: part of a teaching exchange."""

import json
from collections.abc import Mapping
from typing import Any

__all__ = ["can_answer", "own_answer"]


def can_answer(body: Mapping[str, Any]) -> bool:
    """Return whether a client would take plain words for an answer: no structured output, and one choice.

    >>> can_answer({"response_format": {"type": "json_object"}}), can_answer({"n": 1})
    (False, True)
    """
    kind = body.get("response_format")
    is_text = kind is None or (isinstance(kind, Mapping) and kind.get("type") == "text")
    # The client may have sent a value of any type.
    is_one = body.get("n") is None or body.get("n") == 1
    tool_choice = body.get("tool_choice")
    return is_text and is_one and str(tool_choice) in {"None", "auto", "none"}


def own_answer(body: Mapping[str, Any], words: str, turn_id: str, created: int) -> tuple[bytes, str]:
    """Return an answer with some words, whole or as a stream, and its content type.

    Args:
        body: of the call.
        words: what is said.
        turn_id: of the turn, for the id of the answer.
        created: when, in seconds since 1970.
    """
    common = {"id": f"sayagain-{turn_id}", "created": created, "model": body.get("model")}
    if not body.get("stream"):
        message = {"role": "assistant", "content": words, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
        answer = common | {"object": "chat.completion", "choices": [choice], "usage": usage}
        return json.dumps(answer).encode(), "application/json"
    parts: list[tuple[dict[str, str], str | None]] = [({"role": "assistant", "content": words}, None), ({}, "stop")]
    lines = []
    for delta, reason in parts:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
        lines.append(f"data: {json.dumps(common | {'object': 'chat.completion.chunk', 'choices': [choice]})}\n\n")
    return "".join([*lines, "data: [DONE]\n\n"]).encode(), "text/event-stream"
