"""Turns that wait until the service has stored them."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from .client import RequestRefused, ServiceError, TokenRefused

__all__ = ["TurnQueue"]

_LOGGER = logging.getLogger(__name__)

_CAPACITY = 1_000
"""Most turns that wait while the service is away; the oldest is dropped."""

_BATCH = 50
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0


class TurnQueue:
    """Sends turns in the background, in order, until each is stored or refused for good.

    Args:
        send: stores a batch of turns.
        refused: called where the service refuses the token.
    """

    def __init__(
        self, send: Callable[[list[dict[str, Any]]], Awaitable[None]], refused: Callable[[], None] = lambda: None
    ) -> None:
        self._send = send
        self._refused = refused
        self._waiting: deque[dict[str, Any]] = deque()
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        """Return the number of turns that wait."""
        return len(self._waiting)

    def add(self, turn: dict[str, Any]) -> None:
        """Queue a turn; return at once."""
        if len(self._waiting) >= _CAPACITY:
            self._waiting.popleft()
        self._waiting.append(turn)
        self._arrived.set()

    async def run(self) -> None:
        """Send until cancelled."""
        pause = _FIRST_PAUSE
        while True:
            await self._arrived.wait()
            try:
                await self._send_batch()
                pause = _FIRST_PAUSE
            except ServiceError as error:
                _LOGGER.debug("turns wait: %s", error)
                if isinstance(error, TokenRefused):
                    self._refused()
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    async def flush(self, timeout: float) -> None:  # noqa: ASYNC109
        """Send what waits, as far as it can be done within some seconds."""
        with suppress(ServiceError, TimeoutError):
            async with asyncio.timeout(timeout):
                while self._waiting:
                    await self._send_batch()

    async def _send_batch(self) -> None:
        batch = list(self._waiting)[:_BATCH]
        if not batch:
            self._arrived.clear()
            return
        try:
            await self._send(batch)
        except RequestRefused as error:
            if len(batch) > 1:
                # One of them is refused: send the first alone, so that the others are not lost with it.
                batch = batch[:1]
                with suppress(RequestRefused):
                    await self._send(batch)
            else:
                _LOGGER.warning("a turn is not stored: %s", error)
        for turn in batch:
            # The oldest may have been dropped meanwhile.
            if self._waiting and self._waiting[0] is turn:
                self._waiting.popleft()
