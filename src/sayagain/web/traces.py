"""Traces: a span for each decision and each storing of turns, without words; OpenTelemetry, the extra `otel`."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

import sayagain
from sayagain.extras import require

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

__all__ = ["DisabledTraces", "OpenTelemetryTraces", "TraceSpan", "Traces", "open_traces"]


class TraceSpan(Protocol):
    """What is under way, as a trace has it."""

    def tell(self, **facts: str | bool | float) -> None:
        """Tell something of it; never words, users or ids of turns."""
        ...


class Traces(Protocol):
    """Where spans go."""

    def span(self, name: str, headers: Mapping[str, str]) -> AbstractContextManager[TraceSpan]:
        """Open a span below the one that `traceparent` in the headers names (W3C Trace Context)."""
        ...

    def close(self) -> None:
        """Send what is left."""
        ...


class DisabledTraces:
    """Traces that nobody wants."""

    def tell(self, **facts: str | bool | float) -> None:
        """Tell nobody."""

    @contextmanager
    def span(self, name: str, headers: Mapping[str, str]) -> Iterator[TraceSpan]:  # noqa: ARG002  (nobody wants them)
        """Open nothing."""
        yield self

    def close(self) -> None:
        """Send nothing."""


class OpenTelemetryTraces:
    """Traces by OpenTelemetry.

    Args:
        processor: takes in the spans.

    Raises:
        MissingExtra: the extra `otel` is not installed.
    """

    def __init__(self, processor: "SpanProcessor") -> None:
        sdk = require("opentelemetry.sdk.trace", "otel")
        resources = require("opentelemetry.sdk.resources", "otel")
        propagation = require("opentelemetry.trace.propagation.tracecontext", "otel")
        named = resources.Resource.create({"service.name": "sayagain", "service.version": sayagain.__version__})
        self._provider = sdk.TracerProvider(resource=named)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("sayagain")
        self._above = propagation.TraceContextTextMapPropagator().extract

    @contextmanager
    def span(self, name: str, headers: Mapping[str, str]) -> Iterator[TraceSpan]:
        """Open a span; an error in it is told by its kind alone, since its message may hold words."""
        with self._tracer.start_as_current_span(
            name, context=self._above(headers), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _Told(span)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                raise

    def close(self) -> None:
        """Send what is left."""
        self._provider.shutdown()


class _Told:
    def __init__(self, span: "_OpenSpan") -> None:
        self._span = span

    def tell(self, **facts: str | bool | float) -> None:
        for name, value in facts.items():
            self._span.set_attribute(f"sayagain.{name}", value)


class _OpenSpan(Protocol):
    def set_attribute(self, key: str, value: str | bool | float, /) -> None: ...


def open_traces(url: str | None) -> Traces:
    """Open what sends spans to `url` by OTLP over HTTP; for None, what sends them nowhere.

    Args:
        url: for example `http://127.0.0.1:4318/v1/traces`.

    Raises:
        MissingExtra: the extra `otel` is not installed.
    """
    if url is None:
        return DisabledTraces()
    export = require("opentelemetry.sdk.trace.export", "otel")
    otlp = require("opentelemetry.exporter.otlp.proto.http.trace_exporter", "otel")
    return OpenTelemetryTraces(export.BatchSpanProcessor(otlp.OTLPSpanExporter(endpoint=url)))
