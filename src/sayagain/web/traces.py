"""Traces: an OpenTelemetry span for each decision and each write of turns, without words; needs the extra `otel`."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Protocol

import sayagain
from sayagain.extras import require

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor

__all__ = ["DisabledTraces", "OpenTelemetryTraces", "TraceSpan", "Traces", "open_traces"]


class TraceSpan(Protocol):
    """An open span."""

    def tell(self, **facts: str | bool | float) -> None:
        """Set attributes; never words, users or turn ids."""
        ...


class Traces(Protocol):
    """A receiver of spans."""

    def span(self, name: str, headers: Mapping[str, str]) -> AbstractContextManager[TraceSpan]:
        """Open a span as a child of the one in the `traceparent` header (W3C Trace Context)."""
        ...

    def close(self) -> None:
        """Send the remaining spans."""
        ...


class DisabledTraces:
    """Traces that are turned off."""

    def tell(self, **facts: str | bool | float) -> None:
        """Set nothing."""

    @contextmanager
    def span(self, name: str, headers: Mapping[str, str]) -> Iterator[TraceSpan]:  # noqa: ARG002  (turned off)
        """Open nothing."""
        yield self

    def close(self) -> None:
        """Send nothing."""


class OpenTelemetryTraces:
    """Traces sent by OpenTelemetry.

    Args:
        processor: receiver of the spans.

    Raises:
        MissingExtra: the extra `otel` is not installed.
    """

    def __init__(self, processor: "SpanProcessor") -> None:
        sdk = require("opentelemetry.sdk.trace", "otel")
        resources = require("opentelemetry.sdk.resources", "otel")
        propagation = require("opentelemetry.trace.propagation.tracecontext", "otel")
        resource = resources.Resource.create({"service.name": "sayagain", "service.version": sayagain.__version__})
        self._provider = sdk.TracerProvider(resource=resource)
        self._provider.add_span_processor(processor)
        self._tracer = self._provider.get_tracer("sayagain")
        self._parent_context = propagation.TraceContextTextMapPropagator().extract

    @contextmanager
    def span(self, name: str, headers: Mapping[str, str]) -> Iterator[TraceSpan]:
        """Open a span; an error is recorded by its class only, since its message may hold words."""
        with self._tracer.start_as_current_span(
            name, context=self._parent_context(headers), record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield _OpenTelemetrySpan(span)
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                raise

    def close(self) -> None:
        """Send the remaining spans."""
        self._provider.shutdown()


class _OpenTelemetrySpan:
    def __init__(self, span: "_OpenSpan") -> None:
        self._span = span

    def tell(self, **facts: str | bool | float) -> None:
        for name, value in facts.items():
            self._span.set_attribute(f"sayagain.{name}", value)


class _OpenSpan(Protocol):
    def set_attribute(self, key: str, value: str | bool | float, /) -> None: ...


def open_traces(url: str | None) -> Traces:
    """Return traces sent to `url` by OTLP over HTTP; for None, traces that are turned off.

    Args:
        url: endpoint of the collector, for example `http://127.0.0.1:4318/v1/traces`.

    Raises:
        MissingExtra: the extra `otel` is not installed.
    """
    if url is None:
        return DisabledTraces()
    export = require("opentelemetry.sdk.trace.export", "otel")
    otlp = require("opentelemetry.exporter.otlp.proto.http.trace_exporter", "otel")
    return OpenTelemetryTraces(export.BatchSpanProcessor(otlp.OTLPSpanExporter(endpoint=url)))
