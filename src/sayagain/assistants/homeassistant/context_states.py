"""The states of a home before a request, for its context: those of exposed entities, if they can be had in time."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from sayagain.errors import ServiceError
from sayagain.turns import Context

__all__ = ["ContextStates"]

_TIMEOUT = 0.2
"""Seconds; after them the request is decided on without states."""

_EXPOSED_FOR = 300_000
"""How long the list of exposed entities is kept, in milliseconds."""


class _Client(Protocol):
    async def call(self, kind: str, /, **fields: Any) -> Any:  # noqa: ANN401  (whatever Home Assistant answers)
        """Ask Home Assistant."""


class ContextStates:
    """Reads the context of requests from one Home Assistant.

    Args:
        home: asks Home Assistant.
        clock: milliseconds since 1970-01-01 UTC.
    """

    def __init__(self, home: _Client, clock: Callable[[], int] = lambda: time.time_ns() // 1_000_000) -> None:
        self._home = home
        self._clock = clock
        self._exposed: frozenset[str] = frozenset()
        self._exposed_at: int | None = None

    async def read(self, area: str | None) -> Context:
        """Return the context of a request that begins now; without states where Home Assistant does not answer in time.

        The local time is that of this machine.

        Args:
            area: the room of the request.
        """
        try:
            async with asyncio.timeout(_TIMEOUT):
                states = await self._read_states()
        except (ServiceError, TimeoutError):
            states = {}
        now = self._clock()
        local = time.localtime(now / 1000)
        here = Context(area=area, local_time=f"{local.tm_hour:02d}:{local.tm_min:02d}", weekday=local.tm_wday)
        if not states:
            return here
        sensors = {name: state for name, state in states.items() if name.startswith(("sensor.", "binary_sensor."))}
        devices = {name: state for name, state in states.items() if name not in sensors}
        return msgspec.structs.replace(here, device_states=devices, sensors=sensors, read_at=now)

    async def _read_states(self) -> dict[str, str]:
        if self._exposed_at is None or self._clock() - self._exposed_at > _EXPOSED_FOR:
            listed = (await self._home.call("homeassistant/expose_entity/list"))["exposed_entities"]
            self._exposed = frozenset(name for name, shown in listed.items() if shown.get("conversation"))
            self._exposed_at = self._clock()
        states = await self._home.call("get_states")
        return {state["entity_id"]: state["state"] for state in states if state["entity_id"] in self._exposed}
