"""Endpoints for those who keep the service running: alive, ready, metrics."""

import msgspec

from sayagain.web.endpoint import Asked, Endpoint
from sayagain.web.metrics import MEDIA_TYPE
from sayagain.web.problem import Refusal

__all__ = ["HEALTH", "Health"]


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How the service is."""

    status: str
    """`alive` or `ready`."""
    release: int | None = None
    """The release that decides; None for none, or where it was not asked for."""


async def alive(_: Asked) -> Health:
    """Say that the event loop turns."""
    return Health(status="alive")


async def ready(asked: Asked) -> Health:
    """Say whether requests may come."""
    trouble = await asked.service.trouble()
    if trouble is not None:
        raise Refusal(503, f"not ready: {trouble}", headers={"Retry-After": "1"})
    decider = asked.service.learner.runtime.decider
    return Health(status="ready", release=None if decider is None else decider.number)


async def metrics(asked: Asked) -> bytes:
    """Tell what was counted."""
    decider = asked.service.learner.runtime.decider
    asked.service.metrics.release(None if decider is None else decider.number)
    return await asked.service.look(asked.service.metrics.text)


HEALTH = (
    Endpoint(
        method="GET",
        path="/healthz",
        name="healthz",
        about="Say that the process is alive.",
        scope=None,
        answer=Health,
        call=alive,
    ),
    Endpoint(
        method="GET",
        path="/readyz",
        name="readyz",
        about="Say whether the store answers, the release in use is open and the service is not about to end.",
        scope=None,
        answer=Health,
        call=ready,
    ),
    Endpoint(
        method="GET",
        path="/metrics",
        name="metrics",
        about="Tell what all workers counted, for Prometheus.",
        scope="read",
        answer=str,
        call=metrics,
        media_type=MEDIA_TYPE,
    ),
)
"""What a supervisor, a load balancer and Prometheus ask."""
