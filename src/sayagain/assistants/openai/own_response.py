"""The answer that sayagain gives itself, in the format of the Responses API: part of a teaching exchange.

The model's side never sees it, and a client may name it as the response before. So its id holds the id of the response
that went before it, and a later call is forwarded with that one.

See https://platform.openai.com/docs/api-reference/responses for the protocol.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["can_respond", "own_response", "response_before"]

_PREFIX = "resp_sayagain_"
_SEPARATOR = "_after_"


def can_respond(body: Mapping[str, Any]) -> bool:
    """Return whether a client would take plain words for an answer: no structured output, no tool that must be called.

    >>> can_respond({"text": {"format": {"type": "json_schema"}}}), can_respond({"input": "yes"})
    (False, True)
    """
    # The client may have sent a value of any type.
    text = body.get("text")
    kind = text.get("format") if isinstance(text, Mapping) else None
    is_text = kind is None or (isinstance(kind, Mapping) and kind.get("type") == "text")
    return is_text and str(body.get("tool_choice")) in {"None", "auto", "none"}


def response_before(response_id: object) -> tuple[bool, str | None]:
    """Return whether a response is one of ours, and the id of the model's own response before it.

    >>> response_before("resp_sayagain_t1_after_resp_9"), response_before("resp_sayagain_t1"), response_before("resp_9")
    ((True, 'resp_9'), (True, None), (False, None))
    """
    if not isinstance(response_id, str) or not response_id.startswith(_PREFIX):
        return False, None
    return True, response_id.partition(_SEPARATOR)[2] or None


def own_response(body: Mapping[str, Any], words: str, turn_id: str, created: int) -> tuple[bytes, str]:
    """Return an answer with some words, whole or as a stream, and its content type.

    Args:
        body: of the call.
        words: what is said.
        turn_id: of the turn, for the id of the answer.
        created: when, in seconds since 1970.
    """
    previous = body.get("previous_response_id")
    is_own, before = response_before(previous)
    before = before if is_own else previous if isinstance(previous, str) else None
    response_id = f"{_PREFIX}{turn_id}" + (f"{_SEPARATOR}{before}" if before else "")
    part = {"type": "output_text", "text": words, "annotations": [], "logprobs": []}
    item = {"id": f"msg_{turn_id}", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    response = {
        "id": response_id,
        "object": "response",
        "created_at": created,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": body.get("model"),
        "output": [item],
        "parallel_tool_calls": True,
        "previous_response_id": previous,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 0,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": 0,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 0,
        },
    }
    if not body.get("stream"):
        return json.dumps(response).encode(), "application/json"
    events = enumerate(_events(response, item, part))
    lines = (
        f"event: {event['type']}\ndata: {json.dumps({**event, 'sequence_number': number})}\n\n"
        for number, event in events
    )
    return "".join(lines).encode(), "text/event-stream"


def _events(response: dict[str, Any], item: dict[str, Any], part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events of a stream, as the model's side sends them."""
    begun = {**response, "status": "in_progress", "output": []}
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    empty_item = {**item, "status": "in_progress", "content": []}
    yield {"type": "response.output_item.added", "output_index": 0, "item": empty_item}
    yield {"type": "response.content_part.added", **place, "part": {**part, "text": ""}}
    yield {"type": "response.output_text.delta", **place, "delta": part["text"], "logprobs": []}
    yield {"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []}
    yield {"type": "response.content_part.done", **place, "part": part}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": response}
