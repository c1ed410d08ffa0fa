"""Record what OpenTelemetry's instrumentation of the OpenAI client tells of a small LLM agent.

Run: PYTHON scripts/record_genai.py OUT, where PYTHON has openai, opentelemetry-instrumentation-genai-openai and
opentelemetry-exporter-otlp-json-file, and OUT is the file: one document of OTLP/JSON a line, spans and log records.

Ann's conversation is recorded with its words on the spans, Bob's with its words in events, and the two interleave. The
model's side is a stand-in; the client, the instrumentation and the exporters are the real ones.
"""

import http.server
import json
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openai
from opentelemetry.exporter.otlp.json.file import FileSpanExporter
from opentelemetry.exporter.otlp.json.file._log_exporter import FileLogExporter
from opentelemetry.instrumentation.genai.openai import OpenAIInstrumentor
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.util.genai.handler import TelemetryHandler

CALLS = {"turn off the lamp": ("light", '{"name": "lamp", "on": false}'), "and the radio": ("radio", '{"on": false}')}
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object"}}} for name in ("light", "radio")
]


class Model(http.server.BaseHTTPRequestHandler):
    """Calls a tool for what stands in `CALLS`, refuses what it finds too long, and else says that it is so."""

    def do_POST(self) -> None:
        """Answer a chat completion."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        last = asked["messages"][-1]
        status, body = 200, answer({"content": f"It is so: {last['content']}"}, "stop")
        if last["content"] in CALLS:
            name, arguments = CALLS[last["content"]]
            call = {"id": f"call_{name}", "type": "function", "function": {"name": name, "arguments": arguments}}
            body = answer({"content": None, "tool_calls": [call]}, "tool_calls")
        elif "very long" in last["content"]:
            status = 400
            body = {
                "error": {"message": "too long", "type": "invalid_request_error", "code": "context_length_exceeded"}
            }
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def answer(message: dict[str, Any], finish: str) -> dict[str, Any]:
    """Return the body of a chat completion."""
    answer.count = getattr(answer, "count", 0) + 1  # type: ignore[attr-defined]
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return {
        "id": f"chatcmpl-{answer.count}",
        "object": "chat.completion",
        "created": 1,
        "model": "m-1",
        "choices": [choice],
    }  # type: ignore[attr-defined]


class Person:
    """One person, who talks to the agent in one conversation."""

    def __init__(self, conversation: str, client: openai.OpenAI, handler: TelemetryHandler) -> None:
        self.conversation = conversation
        self.client = client
        self.handler = handler
        self.messages: list[Any] = [{"role": "system", "content": "You run a home."}]

    def say(self, words: str, **attributes: str) -> None:
        """Say something, and let the agent call its tools until it answers."""
        self.messages.append({"role": "user", "content": words})
        agent = self.handler.invoke_local_agent(agent_name="home", conversation_id=self.conversation)
        agent.attributes.update(attributes)
        while True:
            try:
                said = self.client.chat.completions.create(model="m", messages=self.messages, tools=TOOLS)  # type: ignore[arg-type]
            except openai.BadRequestError as error:
                agent.fail(error)
                self.messages.pop()
                return
            message = said.choices[0].message
            self.messages.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                break
            for call in message.tool_calls:
                self.messages.append({"role": "tool", "tool_call_id": call.id, "content": self.use(call)})
        agent.stop()

    def use(self, call: Any) -> str:  # noqa: ANN401  (a call of a tool)
        """Use a tool; the radio is broken."""
        tool = self.handler.tool(call.function.name, tool_type="function")
        tool.tool_call_id = call.id
        tool.tool_call_arguments = json.loads(call.function.arguments)
        if call.function.name == "radio":
            tool.fail(TimeoutError("the radio does not answer"))
            return "it does not answer"
        tool.tool_call_result = {"ok": True}
        tool.stop()
        return "done"


@contextmanager
def person(name: str, where: str, out: Path, base: str) -> Iterator[Person]:
    """Make a person whose words are captured as `where` says: `span_only` or `event_only`."""
    os.environ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = where
    os.environ["OTEL_INSTRUMENTATION_GENAI_EMIT_EVENT"] = str(where == "event_only").lower()
    resource = Resource({"service.name": "home-agent"})
    traces, logs = TracerProvider(resource=resource), LoggerProvider(resource=resource)
    traces.add_span_processor(SimpleSpanProcessor(FileSpanExporter(out)))
    logs.add_log_record_processor(SimpleLogRecordProcessor(FileLogExporter(out)))
    instrumentor = OpenAIInstrumentor()
    instrumentor.instrument(tracer_provider=traces, logger_provider=logs)
    with openai.OpenAI(base_url=base, api_key="none", max_retries=0) as client:
        yield Person(name, client, TelemetryHandler(tracer_provider=traces, logger_provider=logs))
    instrumentor.uninstrument()
    traces.shutdown()
    logs.shutdown()


def main(out: Path) -> None:
    """Record."""
    out.unlink(missing_ok=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Model)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}/v1"
    first, second = out.with_suffix(".ann"), out.with_suffix(".bob")
    with person("conv-ann", "span_only", first, base) as ann:
        ann.say(
            "turn off the lamp",
            **{
                "sayagain.turn_id": "5f0c1b3e",
                "sayagain.applied_rewrite": json.dumps(
                    {"id": "0123456789ab", "from": "lamp of", "to": "turn off the lamp", "layer": "table"}
                ),
            },
        )
        ann.say("and the radio")
        ann.say("thanks")
    with person("conv-bob", "event_only", second, base) as bob:
        bob.say("hello")
        bob.say("something very long")
        bob.say("turn off the lamp")
    mine, others = first.read_text().splitlines(), second.read_text().splitlines()
    mixed = [line for pair in zip(mine, others, strict=False) for line in pair]
    rest = mine[len(others) :] + others[len(mine) :]
    out.write_text("\n".join([*mixed, *rest]) + "\n", encoding="utf-8")
    first.unlink()
    second.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
