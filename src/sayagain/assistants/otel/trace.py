"""One trace: the calls of models within it, those of tools between them, and the turns that they make up."""

from collections.abc import Iterator
from typing import Any

import msgspec

from sayagain.assistants.otel.messages import Message, messages, said_last, spoken, tool_calls
from sayagain.assistants.otel.otlp import OtlpRecords
from sayagain.turns import Action, AppliedRewrite, Response, Turn

__all__ = ["CALLS", "Trace"]

CALLS = frozenset({"chat", "generate_content", "text_completion"})
"""Operations in which a model is asked."""

_AGENTS = frozenset({"invoke_agent", "invoke_workflow"})
"""Operations in which an agent is asked, which asks models in turn."""

_USERS = ("user.id", "enduser.id", "enduser.pseudo.id")
"""Attributes that name the user, in the order in which they are believed."""


class _Span:
    """What is known of one span, from itself and from its events."""

    def __init__(self, span_id: str) -> None:
        self.id = span_id
        self.parent: str | None = None
        self.at = 0
        self.line = 0
        self.failed = False
        self.attributes: dict[str, Any] = {}

    def take(self, seen: OtlpRecords, line: int) -> None:
        # What the span tells goes before what its events tell.
        self.attributes = (
            {**self.attributes, **seen.attributes} if seen.span else {**seen.attributes, **self.attributes}
        )
        self.failed = self.failed or seen.failed
        if seen.span or not self.at:
            self.parent, self.at, self.line = seen.parent_id or self.parent, seen.at, line

    def text(self, *names: str) -> str | None:
        found = (self.attributes.get(name) for name in names)
        return next((each for each in found if isinstance(each, str) and each.strip()), None)

    @property
    def operation(self) -> str:
        return self.text("gen_ai.operation.name") or ""

    @property
    def asked(self) -> list[Message]:
        return messages(self.attributes.get("gen_ai.input.messages"))

    @property
    def answered(self) -> list[Message]:
        return messages(self.attributes.get("gen_ai.output.messages"))

    @property
    def order(self) -> tuple[int, str]:
        return (self.at, self.id)


class Trace:
    """Gathers what was seen of one trace; spans may come in any order, and from several files.

    Args:
        trace_id: of the trace.
    """

    def __init__(self, trace_id: str) -> None:
        self._id = trace_id
        self._spans: dict[str, _Span] = {}

    def take(self, seen: OtlpRecords, line: int) -> None:
        """Take in a span or an event.

        Args:
            seen: what was seen.
            line: where it stands in the log.
        """
        self._spans.setdefault(seen.span_id, _Span(seen.span_id)).take(seen, line)

    def turns(self) -> Iterator[tuple[int, Turn]]:
        """Give the turns, each with the line of the span that begins it."""
        groups: list[tuple[tuple[int, str], list[_Span]]] = []
        for call in self._asked():
            words = said_last(call.asked)
            assert words is not None
            # Asked again with the same words, the agent goes on: with what a tool answered, or after an error.
            if groups and groups[-1][0] == words:
                groups[-1][1].append(call)
            else:
                groups.append((words, [call]))
        for place, ((_, said), calls) in enumerate(groups):
            until = groups[place + 1][1][0].order if place + 1 < len(groups) else None
            yield calls[0].line, self._turn(said, calls, until, alone=len(groups) == 1)

    def silent(self) -> Iterator[int]:
        """Give the line of each call that tells nothing of what was said."""
        if self._asked():
            return
        yield from (
            span.line
            for span in sorted(self._spans.values(), key=lambda each: each.order)
            if span.operation in CALLS and "gen_ai.input.messages" not in span.attributes
        )

    def _asked(self) -> list[_Span]:
        """Each call that a user's words led to, in order of time; where there is none, each agent that was asked."""
        for operations in (CALLS, _AGENTS):
            found = [
                span
                for span in self._spans.values()
                if span.operation in operations and said_last(span.asked) is not None and not self._nested(span)
            ]
            if found:
                return sorted(found, key=lambda each: each.order)
        return []

    def _nested(self, span: _Span) -> bool:
        """Whether another agent asks, whose words are no user's."""
        agents = sum(each.operation == "invoke_agent" for each in self._around(span))
        return agents > (0 if span.operation in _AGENTS else 1)

    def _around(self, span: _Span) -> Iterator[_Span]:
        """The spans around one, innermost first."""
        met = {span.id}
        while span.parent is not None and span.parent in self._spans and span.parent not in met:
            met.add(span.parent)
            span = self._spans[span.parent]
            yield span

    def _turn(self, words: str, calls: list[_Span], until: tuple[int, str] | None, *, alone: bool) -> Turn:
        first, last = calls[0], calls[-1]
        around = [first, *self._around(first)]
        # What stands around several turns tells of none of them in particular.
        ours = around if alone else [first]
        conversation = next((found for each in around if (found := each.text("gen_ai.conversation.id"))), None)
        user = next((found for each in around if (found := each.text(*_USERS))), None)
        text = "\n".join(filter(None, (spoken(each) for each in last.answered)))
        actions = tuple(self._actions(calls, until))
        error = _error(last)
        done = bool(actions) and all(each.ok for each in actions)
        told = {
            "trace_id": self._id,
            "span_id": last.id,
            "response_id": last.text("gen_ai.response.id"),
            "model": last.text("gen_ai.response.model", "gen_ai.request.model"),
        }
        return Turn(
            turn_id=next((told_id for each in ours if (told_id := each.text("sayagain.turn_id"))), None)
            or f"otel-{self._id}-{first.id}",
            started=first.at // 1_000_000,
            request=words,
            assistant="otel",
            user_id=user,
            conversation_id=conversation,
            applied_rewrite=next((rewrite for each in ours if (rewrite := _applied(each))), None),
            response=Response(text=text, type="error" if error else "action_done" if done else None, error_code=error),
            actions=actions,
            raw={key: value for key, value in told.items() if value is not None},
        )

    def _actions(self, calls: list[_Span], until: tuple[int, str] | None) -> Iterator[Action]:
        """Each tool that was called, by the model's word and by the spans of the tools themselves."""
        begin = calls[0].order
        used = {
            span.text("gen_ai.tool.call.id") or span.id: span
            for span in sorted(self._spans.values(), key=lambda each: each.order)
            if span.operation == "execute_tool" and begin < span.order and (until is None or span.order < until)
        }
        for call in (each for span in calls for each in tool_calls(span.answered)):
            tool = used.pop(call.id, None)
            yield Action(target=call.name, ok=tool is None or _error(tool) is None)
        for tool in used.values():
            yield Action(target=tool.text("gen_ai.tool.name") or "tool", ok=_error(tool) is None)


def _error(span: _Span) -> str | None:
    """Why an operation failed; None when it did not."""
    told = span.text("error.type")
    if told is not None or span.failed:
        return told or "error"
    reasons = span.attributes.get("gen_ai.response.finish_reasons")
    return "content_filter" if isinstance(reasons, list) and "content_filter" in reasons else None


def _applied(span: _Span) -> AppliedRewrite | None:
    told = span.attributes.get("sayagain.applied_rewrite")
    try:
        applied = (
            msgspec.json.decode(told, type=AppliedRewrite)
            if isinstance(told, str)
            else msgspec.convert(told, AppliedRewrite)
        )
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return None if applied.id == "none" else applied
