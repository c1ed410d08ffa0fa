import json

import pytest

from sayagain.assistants.otel.conventions import genai_attributes
from sayagain.assistants.otel.otel import OpenTelemetry
from sayagain.formats import BadRecord

AT = 1_795_517_387_907_742_507


def attribute(key, value):
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    return {"key": key, "value": {kinds[type(value)]: value}}


def span(name, attributes, events=(), number=1, **fields):
    return {
        "traceId": "ab" * 16,
        "spanId": f"{number:016x}",
        "name": name,
        "startTimeUnixNano": str(AT + number * 1_000_000_000),
        "attributes": [attribute(key, value) for key, value in attributes.items()],
        "events": [
            {"name": event, "attributes": [attribute(key, value) for key, value in values.items()]}
            for event, values in events
        ],
        **fields,
    }


def read(*spans):
    return list(OpenTelemetry().turns([{"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}], "log"))


OPENINFERENCE = span(
    "ChatCompletion",
    {
        "openinference.span.kind": "LLM",
        "llm.input_messages.0.message.role": "system",
        "llm.input_messages.0.message.content": "You are a home.",
        "llm.input_messages.1.message.role": "user",
        "llm.input_messages.1.message.contents.0.message_content.text": "turn of the lamp",
        "llm.output_messages.0.message.role": "assistant",
        "llm.output_messages.0.message.content": "Sorry?",
        "llm.model_name": "small",
        "session.id": "c1",
        "user.id": "ann",
    },
)
OPENLLMETRY = span(
    "openai.chat",
    {
        "llm.request.type": "chat",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": '[{"type": "text", "text": "turn of the lamp"}]',
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "Sorry?",
        "gen_ai.request.model": "small",
        "traceloop.association.properties.session_id": "c1",
        "traceloop.association.properties.user_id": "ann",
    },
)
LIVEKIT = span(
    "llm_request",
    {"gen_ai.operation.name": "chat", "gen_ai.request.model": "small", "session.id": "c1", "user.id": "ann"},
    [
        ("gen_ai.system.message", {"content": "You are a home."}),
        ("gen_ai.user.message", {"content": "turn of the lamp"}),
        ("gen_ai.choice", {"role": "assistant", "content": "Sorry?"}),
    ],
)
PIPECAT = span(
    "llm_openaillmservice",
    {
        "input": json.dumps([{"role": "system", "content": "x"}, {"role": "user", "content": "turn of the lamp"}]),
        "output": "Sorry?",
        "gen_ai.request.model": "small",
        "conversation.id": "c1",
        "user.id": "ann",
    },
)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(OPENINFERENCE, id="openinference"),
        pytest.param(OPENLLMETRY, id="openllmetry"),
        pytest.param(LIVEKIT, id="livekit"),
        pytest.param(PIPECAT, id="pipecat"),
    ],
)
def test_a_call_of_any_convention_is_a_turn(record):
    (turn,) = read(record)
    assert (turn.request, turn.response.text, turn.conversation_id) == ("turn of the lamp", "Sorry?", "c1")
    assert (turn.user_id, turn.raw["model"]) == ("ann", "small")


def test_tools_of_openinference_are_actions():
    call = span(
        "ChatCompletion",
        {
            "openinference.span.kind": "LLM",
            "llm.input_messages.0.message.role": "user",
            "llm.input_messages.0.message.content": "lamp on",
            "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "turn_on",
        },
    )
    tool = span("turn_on", {"openinference.span.kind": "TOOL", "tool.name": "turn_on"}, number=2)
    (turn,) = read(call, tool)
    assert [(action.target, action.ok) for action in turn.actions] == [("turn_on", True)]
    (turn,) = read(call, {**tool, "status": {"code": 2}})
    assert [(action.target, action.ok) for action in turn.actions] == [("turn_on", False)]


def test_what_a_span_states_by_genai_itself_stays():
    stated = [{"role": "user", "parts": [{"type": "text", "content": "a"}]}]
    attributes = {
        "gen_ai.input.messages": stated,
        "gen_ai.operation.name": "chat",
        "gen_ai.conversation.id": "mine",
        "session.id": "other",
    }
    found = genai_attributes("chat", attributes, [("gen_ai.user.message", {"content": "b"})])
    assert (found["gen_ai.input.messages"], found["gen_ai.conversation.id"]) == (stated, "mine")


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("GET /", {"http.method": "GET"}),
        ("llm", {"input": "[}"}),
        ("retrieve", {"openinference.span.kind": "RETRIEVER", "llm.input_messages.0.message.role": "user"}),
        ("stt", {"transcript": "lamp on"}),
    ],
)
def test_where_no_span_is_a_call_with_words_it_is_said_once(name, attributes):
    records = read(span(name, attributes), span("GET /", {"http.method": "GET"}, number=2))
    assert all(isinstance(record, BadRecord) or record.request == "[}" for record in records)
    assert len(records) == 1


def test_a_call_without_words_says_how_to_record_them():
    (bad,) = read(span("ChatCompletion", {"openinference.span.kind": "LLM", "llm.model_name": "small"}))
    assert "OPENINFERENCE_HIDE_INPUTS" in bad.reason
