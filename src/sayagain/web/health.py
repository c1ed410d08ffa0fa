"""Endpoints for operation: liveness, readiness, metrics."""

import msgspec

from sayagain.web.endpoint import Asked, Endpoint
from sayagain.web.metrics import MEDIA_TYPE
from sayagain.web.problem import Refusal

__all__ = ["HEALTH", "Health"]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """State of the service."""

    status: str
    """`alive` or `ready`."""
    release: int | None = None
    """Number of the release in use; None without one, and in the answer of `/healthz`."""


async def alive(_: Asked) -> Health:
    """Answer while the event loop runs."""
    return Health(status="alive")


async def ready(asked: Asked) -> Health:
    """Say whether the service accepts requests."""
    trouble = await asked.service.trouble()
    if trouble is not None:
        raise Refusal(503, f"not ready: {trouble}", headers={"Retry-After": "1"})
    decider = asked.service.learner.runtime.decider
    return Health(status="ready", release=None if decider is None else decider.number)


async def metrics(asked: Asked) -> bytes:
    """Return the metrics."""
    decider = asked.service.learner.runtime.decider
    asked.service.metrics.release(None if decider is None else decider.number)
    return await asked.service.look(asked.service.metrics.text)


HEALTH = (
    Endpoint(
        method="GET",
        path="/healthz",
        name="healthz",
        about="Liveness: the process answers.",
        scope=None,
        answer=Health,
        call=alive,
    ),
    Endpoint(
        method="GET",
        path="/readyz",
        name="readyz",
        about="Readiness: the store answers, the release in use is loaded and the service is not shutting down.",
        scope=None,
        answer=Health,
        call=ready,
    ),
    Endpoint(
        method="GET",
        path="/metrics",
        name="metrics",
        about="Metrics of all workers, for Prometheus.",
        scope="read",
        answer=str,
        call=metrics,
        media_type=MEDIA_TYPE,
    ),
)
"""The endpoints for a supervisor, a load balancer and Prometheus."""
