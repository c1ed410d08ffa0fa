"""Steps of an agent's trace: spans of retrieval and of tools, as `TraceStep`."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from sayagain.assistants.json_values import as_mapping, as_text
from sayagain.text import limit_text
from sayagain.turns import TraceStep

__all__ = ["STEP_OPERATIONS", "trace_step"]

STEP_OPERATIONS = frozenset({"execute_tool", "retrieval"})
"""Operations that are steps of an agent."""

_DOCUMENT = re.compile(r"retrieval\.documents\.(\d{1,4})\.")
_SEARCHES = re.compile(r"retriev|search|lookup|look_up", re.IGNORECASE)
"""Names of tools that look something up."""


def trace_step(
    operation: str, attributes: Mapping[str, Any], error: str | None, arguments_by_call: Mapping[str, object]
) -> TraceStep:
    """Return the step that a span is.

    Args:
        operation: of the span, one of `STEP_OPERATIONS`.
        attributes: of the span.
        error: its error code; None if it worked.
        arguments_by_call: arguments as the model wrote them, by id of the call.

    >>> trace_step("execute_tool", {"gen_ai.tool.name": "search_notes", "gen_ai.tool.call.result": "[]"}, None, {})
    TraceStep(kind='retrieval', name='search_notes', arguments={}, error=None, found=0)
    """
    name = as_text(attributes.get("gen_ai.tool.name")) or as_text(attributes.get("gen_ai.data_source.id")) or operation
    written = attributes.get("gen_ai.tool.call.arguments", attributes.get("input.value"))
    if written is None:
        written = arguments_by_call.get(as_text(attributes.get("gen_ai.tool.call.id")) or "")
    message = as_text(attributes.get("error.message"))
    return TraceStep(
        kind="retrieval" if operation == "retrieval" or _SEARCHES.search(name) else "tool",
        name=limit_text(name),
        arguments=dict(as_mapping(_decoded(written))),
        error=None if error is None else limit_text(f"{error}: {message}" if message else error),
        found=_count_found(attributes),
    )


def _count_found(attributes: Mapping[str, Any]) -> int | None:
    """Return how many documents or results came back; None where the span does not tell."""
    numbers = {match[1] for key in attributes if (match := _DOCUMENT.match(key))}
    if numbers:
        return len(numbers)
    for key in ("gen_ai.retrieval.documents", "gen_ai.tool.call.result", "output.value"):
        found = _decoded(attributes.get(key))
        if isinstance(found, list):
            return len(found)
    return None


def _decoded(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
