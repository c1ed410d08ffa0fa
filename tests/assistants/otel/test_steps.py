"""Steps of an agent's trace, from the spans of several conventions."""

import pytest

from sayagain.assistants.otel.otel import OpenTelemetry
from sayagain.assistants.otel.steps import trace_step
from sayagain.turns import TraceStep, trace_steps

SAID = '[{"role": "user", "parts": [{"type": "text", "content": "turn on the lamp"}]}]'
CALLED = (
    '[{"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "light", '
    '"arguments": {"name": "lamp"}}]}]'
)


def span(number, at, *, status=0, events=(), **attributes):
    return {
        "events": list(events),
        "traceId": "ab" * 16,
        "spanId": f"{number:016x}",
        "name": "span",
        "startTimeUnixNano": str(1_795_517_387_000_000_000 + at),
        "status": {"code": status},
        "attributes": [
            {"key": key.replace("__", "."), "value": {"stringValue": value}} for key, value in attributes.items()
        ],
    }


def only_turn(*spans):
    (turn,) = OpenTelemetry().turns([{"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}], "traces.jsonl")
    return turn


def test_what_is_looked_up_before_the_call_and_the_tools_after_it_are_the_steps_of_the_turn():
    chat = {"gen_ai__operation__name": "chat", "gen_ai__input__messages": SAID}
    turn = only_turn(
        span(1, 0, openinference__span__kind="RETRIEVER", retrieval__documents__0__document__content="The lamp"),
        span(2, 10, **chat, gen_ai__output__messages=CALLED),
        span(
            3,
            20,
            status=2,
            gen_ai__operation__name="execute_tool",
            gen_ai__tool__name="light",
            gen_ai__tool__call__id="c1",
            events=[
                {
                    "name": "exception",
                    "attributes": [{"key": "exception.message", "value": {"stringValue": "503 unavailable"}}],
                }
            ],
        ),
        span(4, 30, **chat),
    )
    assert trace_steps(turn) == (
        TraceStep(kind="retrieval", name="retrieval", found=1),
        TraceStep(kind="tool", name="light", arguments={"name": "lamp"}, error="error: 503 unavailable"),
    )


def test_a_turn_without_steps_has_no_trace():
    turn = only_turn(span(1, 0, gen_ai__operation__name="chat", gen_ai__input__messages=SAID))
    assert "steps" not in turn.raw


@pytest.mark.parametrize(
    ("attributes", "arguments", "found"),
    [
        (
            {"gen_ai.tool.call.arguments": '{"query": "wifi"}', "gen_ai.tool.call.result": "[1, 2]"},
            {"query": "wifi"},
            2,
        ),
        ({"input.value": '{"query": "wifi"}', "output.value": "some text"}, {"query": "wifi"}, None),
        ({"gen_ai.tool.call.arguments": "not json"}, {}, None),
        ({"gen_ai.tool.call.arguments": ["query"], "gen_ai.tool.call.result": []}, {}, 0),
    ],
)
def test_arguments_and_results_are_read_whatever_is_there(attributes, arguments, found):
    step = trace_step("execute_tool", {"gen_ai.tool.name": "web_search", **attributes}, None, {})
    assert (step.kind, step.arguments, step.found) == ("retrieval", arguments, found)
