import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sayagain.web.traces import DisabledTraces, OpenTelemetryTraces, open_traces


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def home(open_service, exporter):
    return open_service(traces=OpenTelemetryTraces(SimpleSpanProcessor(exporter)), raise_faults=False)


def test_a_decision_is_a_span_below_the_caller_s_without_words(home, exporter):
    caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    sent = {"turn_id": "turn-7", "request": "turn of the lamp", "user_id": "u7"}
    home.client.post("/v1/rewrite", json=sent, headers={"traceparent": caller})
    (span,) = exporter.get_finished_spans()
    assert span.name == "sayagain.rewrite"
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == tuple(caller.split("-")[1:3])
    assert dict(span.attributes) == {"sayagain.layer": "table", "sayagain.release": 1, "sayagain.arm": ""}
    assert not [secret for secret in ("lamp", "turn-7", "u7") if secret in span.to_json()]
    assert span.resource.attributes["service.name"] == "sayagain"


def test_storing_turns_is_a_span(home, exporter):
    home.client.post("/v1/turns", json=[{"turn_id": f"n{i}", "started": 0, "request": "x"} for i in range(3)])
    (span,) = exporter.get_finished_spans()
    assert (span.name, span.parent) == ("sayagain.observe", None)
    assert dict(span.attributes) == {"sayagain.new": 3, "sayagain.known": 0}


def test_an_error_is_told_by_its_kind_alone(home, exporter, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the secret words")

    monkeypatch.setattr(home.learner, "rewrite", broken)
    assert home.client.post("/v1/rewrite", json={"request": "x"}).status_code == 500
    (span,) = exporter.get_finished_spans()
    assert span.attributes["error.type"] == "RuntimeError"
    assert "secret" not in span.to_json()


def test_traces_are_sent_only_where_asked_for():
    assert isinstance(open_traces(None), DisabledTraces)
    traces = open_traces("http://127.0.0.1:9/v1/traces")
    assert isinstance(traces, OpenTelemetryTraces)
    traces.close()
