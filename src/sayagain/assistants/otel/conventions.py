"""Other conventions for the spans of LLM agents, expressed in those of OpenTelemetry's GenAI.

OpenInference (Arize, LlamaIndex) numbers its messages in `llm.input_messages.0.message.content`, OpenLLMetry
(Traceloop) in `gen_ai.prompt.0.content`. LiveKit and earlier GenAI conventions have an event for each message within
the span. Pipecat has one attribute for all messages and one for the answer.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from sayagain.assistants.json_values import as_list, as_mapping, as_text

__all__ = ["SpanEvent", "genai_attributes"]

SpanEvent = tuple[str, Mapping[str, Any]]
"""Name and attributes of an event within a span."""

_NUMBERED = re.compile(
    r"(?P<side>llm\.input_messages|llm\.output_messages|gen_ai\.prompt|gen_ai\.completion)\.(?P<index>\d{1,4})\."
    r"(?:message\.)?(?P<field>role|content|contents?\.\d+\.message_content\.text|tool_calls\.\d+\..*name)"
)
_INPUTS = ("llm.input_messages", "gen_ai.prompt")

_EVENTS = {
    "gen_ai.system.message": "system",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}
"""The role of each event that holds a message of the input."""

_CHOICE = "gen_ai.choice"

_KINDS = {"LLM": "chat", "AGENT": "invoke_agent", "TOOL": "execute_tool", "RETRIEVER": "retrieval"}
"""The operation of each kind of span of OpenInference that is one."""

_CALL_NAMES = ("llm", "llm_request")
"""Names of spans with a model call, in Pipecat and LiveKit; newer ones of Pipecat add the service, `llm_openai`."""

_RENAMED = {
    "gen_ai.conversation.id": ("session.id", "conversation.id", "traceloop.association.properties.session_id"),
    "user.id": ("traceloop.association.properties.user_id", "lk.participant_identity"),
    "gen_ai.tool.name": ("tool.name", "traceloop.entity.name", "lk.function_tool.name"),
    "gen_ai.request.model": ("llm.model_name",),
}
"""Other names of attributes."""


def genai_attributes(name: str, attributes: Mapping[str, Any], events: Iterable[SpanEvent]) -> dict[str, Any]:
    """Return the attributes of a span with those of the GenAI conventions that others express otherwise.

    What a span states itself by the GenAI conventions stays as it is.

    Args:
        name: name of the span.
        attributes: its attributes.
        events: its events.

    >>> span = {"llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "lamp on"}
    >>> found = genai_attributes("ChatCompletion", {"openinference.span.kind": "LLM", **span}, ())
    >>> found["gen_ai.operation.name"], found["gen_ai.input.messages"]
    ('chat', [{'role': 'user', 'content': 'lamp on', 'parts': []}])
    """
    inputs, outputs = _numbered_messages(attributes)
    for event, values in events:
        if event in _EVENTS:
            inputs.append(_message(_EVENTS[event], values.get("content")))
        elif event == _CHOICE:
            outputs.append(
                _message("assistant", as_mapping(values.get("message")).get("content", values.get("content")))
            )
    is_call = name in _CALL_NAMES or name.startswith("llm_")
    if is_call and "input" in attributes:
        inputs = [
            _message(message.get("role"), message.get("content")) for message in _json_messages(attributes["input"])
        ]
        outputs = [_message("assistant", attributes.get("output"))]
    operation = _operation(attributes, has_messages=bool(inputs), is_call=is_call)
    found: dict[str, Any] = {key: value for key, value in _renamed(attributes).items() if value is not None}
    if operation is not None:
        found["gen_ai.operation.name"] = operation
    if inputs:
        found["gen_ai.input.messages"] = inputs
    if outputs:
        found["gen_ai.output.messages"] = outputs
    return {**found, **attributes}


def _operation(attributes: Mapping[str, Any], *, has_messages: bool, is_call: bool) -> str | None:
    kind = as_text(attributes.get("openinference.span.kind"))
    if kind is not None:
        return _KINDS.get(kind.upper())
    if as_text(attributes.get("llm.request.type")) == "chat" or (has_messages and is_call):
        return "chat"
    if "lk.function_tool.name" in attributes or attributes.get("traceloop.span.kind") == "tool":
        return "execute_tool"
    return "chat" if has_messages else None


def _numbered_messages(attributes: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the messages of the input and of the output whose parts are attributes with numbers."""
    sides: tuple[dict[int, dict[str, Any]], dict[int, dict[str, Any]]] = ({}, {})
    for key, value in attributes.items():
        match = _NUMBERED.fullmatch(key)
        if match is None:
            continue
        is_input = match["side"] in _INPUTS
        messages = sides[0 if is_input else 1]
        message = messages.setdefault(int(match["index"]), _message("user" if is_input else "assistant", None))
        field = match["field"]
        if field == "role":
            message["role"] = as_text(value) or message["role"]
        elif field.startswith("content"):
            message["content"] = "\n".join(filter(None, (message["content"], _text(value))))
        elif as_text(value) is not None:
            message["parts"].append({"type": "tool_call", "name": value})
    return tuple([side[index] for index in sorted(side)] for side in sides)  # type: ignore[return-value]


def _message(role: object, content: object) -> dict[str, Any]:
    return {"role": as_text(role) or "user", "content": _text(content), "parts": []}


def _text(content: object) -> str:
    """Return the words of a content: text, a list of parts, or the JSON of a list."""
    if isinstance(content, str):
        if not content.lstrip().startswith("[{"):
            return content
        parts = _json_messages(content)
        return "\n".join(filter(None, map(_part_text, parts))) if parts else content
    return "\n".join(filter(None, map(_part_text, as_list(content))))


def _part_text(part: object) -> str:
    values = as_mapping(part)
    return part if isinstance(part, str) else as_text(values.get("text")) or as_text(values.get("content")) or ""


def _json_messages(value: object) -> list[Mapping[str, Any]]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return [{"role": "user", "content": value}] if isinstance(value, str) and value.strip() else []
    return [message for message in as_list(value) if isinstance(message, Mapping)]


def _renamed(attributes: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        name: next((text for other in others if (text := as_text(attributes.get(other)))), None)
        for name, others in _RENAMED.items()
    }
