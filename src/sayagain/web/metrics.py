"""Metrics of all workers for Prometheus: requests, their duration, decisions by layer, turns stored."""

import os
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from sayagain.runtime import Decision

__all__ = ["MEDIA_TYPE", "Metrics", "forget_worker", "share_metrics"]

MEDIA_TYPE = CONTENT_TYPE_LATEST
"""Media type of the metrics."""

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


def share_metrics(folder: Path) -> None:
    """Share the metrics of all workers started from now on; call it before the first `Metrics` is made.

    Args:
        folder: an empty folder for the counts.
    """
    os.environ[_FOLDER] = str(folder)


def forget_worker(process: int) -> None:
    """Drop the gauges of a worker that has ended; its counters stay."""
    if os.environ.get(_FOLDER):
        mark_process_dead(process)  # type: ignore[no-untyped-call]


class Metrics:
    """The metrics of one worker; `text` returns those of all workers."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._request_metrics: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "sayagain_requests", "Requests by endpoint and status.", ["endpoint", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "sayagain_request_seconds",
            "Duration from the first byte read to the last one written, by endpoint.",
            ["endpoint"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._decisions = Counter(
            "sayagain_decisions", "Decisions by layer and arm.", ["layer", "arm"], registry=self._registry
        )
        self._turns = Counter("sayagain_turns", "Turns sent, by outcome.", ["became"], registry=self._registry)
        self._release = Gauge(
            "sayagain_release",
            "Number of the release in use; 0 for none.",
            registry=self._registry,
            multiprocess_mode="livemostrecent",
        )

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        pair = self._request_metrics.get((endpoint, status))
        if pair is None:
            # Cached, because looking labels up costs more than counting.
            pair = self._requests.labels(endpoint, str(status)), self._seconds.labels(endpoint)
            self._request_metrics[endpoint, status] = pair
        pair[0].inc()
        pair[1].observe(seconds)

    def decision(self, decision: Decision) -> None:
        """Count a decision."""
        self._decisions.labels(decision.layer, decision.arm or "").inc()

    def turns(self, became: str, number: int) -> None:
        """Count turns by outcome: `new`, `known` or `bad`."""
        if number:
            self._turns.labels(became).inc(number)

    def release(self, number: int | None) -> None:
        """Set the number of the release in use."""
        self._release.set(number or 0)

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        if not os.environ.get(_FOLDER):
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
