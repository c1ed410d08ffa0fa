"""One trace: its model calls and tool calls, and the turns that they form."""

from collections.abc import Iterator
from typing import Any

import msgspec

from sayagain.assistants.otel.messages import Message, last_user_message, message_text, parse_messages, tool_calls
from sayagain.assistants.otel.otlp import OtlpRecords
from sayagain.assistants.otel.steps import STEP_OPERATIONS, trace_step
from sayagain.turns import Action, AppliedRewrite, Response, TraceStep, Turn
from sayagain.turns.trace_step import STEPS

__all__ = ["CALLS", "Trace"]

CALLS = frozenset({"chat", "generate_content", "text_completion"})
"""Operations that call a model."""

_AGENTS = frozenset({"invoke_agent", "invoke_workflow"})
"""Operations that call an agent, which calls models."""

_USERS = ("user.id", "enduser.id", "enduser.pseudo.id")
"""Attributes that name the user, most trusted first."""


class _Span:
    """One span, as far as it is known from itself and from its events."""

    def __init__(self, span_id: str) -> None:
        self.id = span_id
        self.parent: str | None = None
        self.at = 0
        self.line = 0
        self.failed = False
        self.attributes: dict[str, Any] = {}

    def take(self, record: OtlpRecords, line: int) -> None:
        # Attributes of the span take precedence over those of its events.
        self.attributes = (
            {**self.attributes, **record.attributes} if record.span else {**record.attributes, **self.attributes}
        )
        self.failed = self.failed or record.failed
        if record.span or not self.at:
            self.parent, self.at, self.line = record.parent_id or self.parent, record.at, line

    def text(self, *names: str) -> str | None:
        values = (self.attributes.get(name) for name in names)
        return next((value for value in values if isinstance(value, str) and value.strip()), None)

    @property
    def operation(self) -> str:
        return self.text("gen_ai.operation.name") or ""

    @property
    def input_messages(self) -> list[Message]:
        return parse_messages(self.attributes.get("gen_ai.input.messages"))

    @property
    def output_messages(self) -> list[Message]:
        return parse_messages(self.attributes.get("gen_ai.output.messages"))

    @property
    def sort_key(self) -> tuple[int, str]:
        return (self.at, self.id)


class Trace:
    """Builder of the turns of one trace; its spans may come in any order, and from several files.

    Args:
        trace_id: id of the trace.
    """

    def __init__(self, trace_id: str) -> None:
        self._id = trace_id
        self._spans: dict[str, _Span] = {}

    def take(self, record: OtlpRecords, line: int) -> None:
        """Take in a span or an event.

        Args:
            record: the span or event.
            line: its line in the log, from 1.
        """
        self._spans.setdefault(record.span_id, _Span(record.span_id)).take(record, line)

    def turns(self) -> Iterator[tuple[int, Turn]]:
        """Yield the turns, each with the line of its first span."""
        groups: list[tuple[tuple[int, str], list[_Span]]] = []
        for call in self._user_calls():
            message = last_user_message(call.input_messages)
            assert message is not None
            # A call with the same words continues the turn: with a tool result, or after an error.
            if groups and groups[-1][0] == message:
                groups[-1][1].append(call)
            else:
                groups.append((message, [call]))
        for index, ((_, words), calls) in enumerate(groups):
            next_start = groups[index + 1][1][0].sort_key if index + 1 < len(groups) else None
            previous_end = groups[index - 1][1][-1].sort_key if index else None
            yield calls[0].line, self._turn(words, calls, previous_end, next_start, is_only_turn=len(groups) == 1)

    def lines_without_messages(self) -> Iterator[int]:
        """Yield the line of each model call without messages, if no call has any."""
        if self._user_calls():
            return
        yield from (
            span.line
            for span in self._sorted_spans()
            if span.operation in CALLS and "gen_ai.input.messages" not in span.attributes
        )

    def _user_calls(self) -> list[_Span]:
        """Return the model calls for a user's words, in order of time; if there are none, the agent calls."""
        for operations in (CALLS, _AGENTS):
            calls = [
                span
                for span in self._sorted_spans()
                if span.operation in operations
                and last_user_message(span.input_messages) is not None
                and not self._is_nested(span)
            ]
            if calls:
                return calls
        return []

    def _sorted_spans(self) -> list[_Span]:
        return sorted(self._spans.values(), key=lambda span: span.sort_key)

    def _is_nested(self, span: _Span) -> bool:
        """Whether another agent makes the call, so that the words are not a user's."""
        agents = sum(ancestor.operation == "invoke_agent" for ancestor in self._ancestors(span))
        return agents > (0 if span.operation in _AGENTS else 1)

    def _ancestors(self, span: _Span) -> Iterator[_Span]:
        """Yield the ancestors of a span, innermost first."""
        visited = {span.id}
        while span.parent is not None and span.parent in self._spans and span.parent not in visited:
            visited.add(span.parent)
            span = self._spans[span.parent]
            yield span

    def _turn(
        self,
        words: str,
        calls: list[_Span],
        previous_end: tuple[int, str] | None,
        next_start: tuple[int, str] | None,
        *,
        is_only_turn: bool,
    ) -> Turn:
        first, last = calls[0], calls[-1]
        enclosing = [first, *self._ancestors(first)]
        # An ancestor of several turns says nothing of one of them.
        own_spans = enclosing if is_only_turn else [first]
        conversation_id = next((value for span in enclosing if (value := span.text("gen_ai.conversation.id"))), None)
        user_id = next((value for span in enclosing if (value := span.text(*_USERS))), None)
        text = "\n".join(filter(None, (message_text(message) for message in last.output_messages)))
        actions = tuple(self._actions(calls, next_start))
        error_code = _error_code(last)
        succeeded = bool(actions) and all(action.ok for action in actions)
        steps = self._steps(calls, previous_end, next_start)
        raw: dict[str, Any] = {
            "trace_id": self._id,
            "span_id": last.id,
            "response_id": last.text("gen_ai.response.id"),
            "model": last.text("gen_ai.response.model", "gen_ai.request.model"),
            STEPS: msgspec.to_builtins(steps) if steps else None,
        }
        return Turn(
            turn_id=next((turn_id for span in own_spans if (turn_id := span.text("sayagain.turn_id"))), None)
            or f"otel-{self._id}-{first.id}",
            started=first.at // 1_000_000,
            request=words,
            assistant="otel",
            user_id=user_id,
            conversation_id=conversation_id,
            applied_rewrite=next((rewrite for span in own_spans if (rewrite := _applied_rewrite(span))), None),
            response=Response(
                text=text, type="error" if error_code else "action_done" if succeeded else None, error_code=error_code
            ),
            actions=actions,
            raw={key: value for key, value in raw.items() if value is not None},
        )

    def _steps(
        self, calls: list[_Span], previous_end: tuple[int, str] | None, next_start: tuple[int, str] | None
    ) -> list[TraceStep]:
        """Return what was looked up, maybe before the first call of the model, and which tools were called."""
        arguments_by_call = {
            call.id: call.arguments for span in calls for call in tool_calls(span.output_messages) if call.id
        }
        return [
            trace_step(span.operation, span.attributes, _error_code(span), arguments_by_call)
            for span in self._sorted_spans()
            if span.operation in STEP_OPERATIONS
            and (previous_end is None or previous_end < span.sort_key)
            and (next_start is None or span.sort_key < next_start)
        ]

    def _actions(self, calls: list[_Span], next_start: tuple[int, str] | None) -> Iterator[Action]:
        """Yield an action for each tool call, from the model's messages and from the tools' own spans."""
        start = calls[0].sort_key
        tool_spans = {
            span.text("gen_ai.tool.call.id") or span.id: span
            for span in self._sorted_spans()
            if span.operation == "execute_tool"
            and start < span.sort_key
            and (next_start is None or span.sort_key < next_start)
        }
        for call in (tool_call for span in calls for tool_call in tool_calls(span.output_messages)):
            # Not every convention names the call in the tool's span.
            by_name = (key for key, span in tool_spans.items() if span.text("gen_ai.tool.name") == call.name)
            tool = tool_spans.pop(call.id or next(by_name, ""), None)
            yield Action(target=call.name, ok=tool is None or _error_code(tool) is None)
        for tool in tool_spans.values():
            yield Action(target=tool.text("gen_ai.tool.name") or "tool", ok=_error_code(tool) is None)


def _error_code(span: _Span) -> str | None:
    """Return the error code of an operation; None if it succeeded."""
    error_type = span.text("error.type")
    if error_type is not None or span.failed:
        return error_type or "error"
    finish_reasons = span.attributes.get("gen_ai.response.finish_reasons")
    return "content_filter" if isinstance(finish_reasons, list) and "content_filter" in finish_reasons else None


def _applied_rewrite(span: _Span) -> AppliedRewrite | None:
    value = span.attributes.get("sayagain.applied_rewrite")
    try:
        applied_rewrite = (
            msgspec.json.decode(value, type=AppliedRewrite)
            if isinstance(value, str)
            else msgspec.convert(value, AppliedRewrite)
        )
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return None if applied_rewrite.id == "none" else applied_rewrite
