"""The state of one thing as Home Assistant reports it, for a decision that is made in a thread."""

import asyncio
from collections.abc import Mapping
from typing import Any

from sayagain.assistants.homeassistant.cold_start.home import Client
from sayagain.errors import ServiceError

__all__ = ["StateReader"]

_TIMEOUT = 0.2
"""Seconds; after them the request is decided on without the state."""


class StateReader:
    """Reads states through the client of an event loop, from any other thread.

    Args:
        client: asks Home Assistant.
        loop: that the client belongs to.
    """

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    def read(self, entity_id: str) -> Mapping[str, Any] | None:
        """Return the attributes of a thing, with its state as `state`; None where they cannot be had in time."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass
        else:
            # To wait for a loop in its own thread would stop it.
            return None
        if not self._loop.is_running():
            return None
        asked = asyncio.run_coroutine_threadsafe(self._client.call("get_states"), self._loop)
        try:
            states = asked.result(_TIMEOUT)
        except (ServiceError, TimeoutError):
            asked.cancel()
            return None
        own = next((state for state in states if state["entity_id"] == entity_id), None)
        return None if own is None else {**own["attributes"], "state": own["state"]}
