"""Endpoints for operation: liveness, readiness, metrics."""

import msgspec

from sayagain.web.endpoint import Asked, endpoint
from sayagain.web.metrics import MEDIA_TYPE
from sayagain.web.problem import Refusal

__all__ = ["HEALTH", "Health"]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """State of the service."""

    status: str
    """`alive` or `ready`."""
    release: int | None = None
    """Number of the release in use; None without one, and in the answer of `/healthz`."""
    damage: str | msgspec.UnsetType = msgspec.UNSET
    """What happened to the files of the release in use since they were opened; the service has copies of its own."""


@endpoint("GET", "/healthz", "healthz", scope=None, answer=Health)
async def alive(_: Asked) -> Health:
    """Liveness: the process answers."""
    return Health(status="alive")


@endpoint("GET", "/readyz", "readyz", scope=None, answer=Health)
async def ready(asked: Asked) -> Health:
    """Readiness: the store answers, the release in use is loaded and the service is not shutting down."""
    trouble = await asked.service.trouble()
    if trouble is not None:
        raise Refusal(503, f"not ready: {trouble}", headers={"Retry-After": "1"})
    runtime = asked.service.learner.runtime
    decider, damage = runtime.decider, runtime.damage
    return Health(
        status="ready",
        release=None if decider is None else decider.number,
        damage=msgspec.UNSET if damage is None else damage,
    )


@endpoint("GET", "/metrics", "metrics", scope="read", answer=str, media_type=MEDIA_TYPE)
async def metrics(asked: Asked) -> bytes:
    """Metrics of all workers, for Prometheus."""
    decider = asked.service.learner.runtime.decider
    asked.service.metrics.release(None if decider is None else decider.number)
    return await asked.service.look(asked.service.metrics.text)


HEALTH = (alive, ready, metrics)
"""The endpoints for a supervisor, a load balancer and Prometheus."""
