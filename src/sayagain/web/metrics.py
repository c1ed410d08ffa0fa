"""Metrics for Prometheus: requests and how long they took, rewrites by layer, turns stored; of all workers together."""

import os
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from sayagain.runtime import Decision

__all__ = ["MEDIA_TYPE", "Metrics", "forget_worker", "share_metrics"]

MEDIA_TYPE = CONTENT_TYPE_LATEST
"""Of the text that Prometheus reads."""

_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_BUCKETS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


def share_metrics(folder: Path) -> None:
    """Let the workers started from here on count together; call it before `Metrics` is made anywhere.

    Args:
        folder: where they count; empty.
    """
    os.environ[_FOLDER] = str(folder)


def forget_worker(process: int) -> None:
    """Leave out what only a living worker can tell, once it has ended; what it counted stays."""
    if os.environ.get(_FOLDER):
        mark_process_dead(process)  # type: ignore[no-untyped-call]


class Metrics:
    """What one worker counts; `text` tells it for all of them."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._counted: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "sayagain_requests", "Requests by endpoint and status.", ["endpoint", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "sayagain_request_seconds",
            "From the first byte read to the last one written, by endpoint.",
            ["endpoint"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._decisions = Counter(
            "sayagain_decisions", "Decisions by layer and arm.", ["layer", "arm"], registry=self._registry
        )
        self._turns = Counter("sayagain_turns", "Turns by what became of them.", ["became"], registry=self._registry)
        self._release = Gauge(
            "sayagain_release",
            "The release that decides; 0 for none.",
            registry=self._registry,
            multiprocess_mode="livemostrecent",
        )

    def request(self, endpoint: str, status: int, seconds: float) -> None:
        """Count a request that was answered."""
        counted = self._counted.get((endpoint, status))
        if counted is None:
            # Found once, because looking labels up costs more than counting.
            counted = self._requests.labels(endpoint, str(status)), self._seconds.labels(endpoint)
            self._counted[endpoint, status] = counted
        counted[0].inc()
        counted[1].observe(seconds)

    def decision(self, decision: Decision) -> None:
        """Count a decision."""
        self._decisions.labels(decision.layer, decision.arm or "").inc()

    def turns(self, became: str, number: int) -> None:
        """Count turns that were sent: `new`, `known` or `bad`."""
        if number:
            self._turns.labels(became).inc(number)

    def release(self, number: int | None) -> None:
        """Tell which release decides."""
        self._release.set(number or 0)

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        if not os.environ.get(_FOLDER):
            return generate_latest(self._registry)
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return generate_latest(every)
