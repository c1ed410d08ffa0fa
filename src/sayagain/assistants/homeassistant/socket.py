"""One WebSocket to Home Assistant that reconnects by itself: commands, their results, and subscriptions."""

import asyncio
import itertools
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp
import msgspec

from sayagain.assistants.homeassistant.connection_errors import connection_error
from sayagain.errors import ServiceError

__all__ = ["Callback", "Socket"]

_log = logging.getLogger(__name__)

Callback = Callable[[Any], None]
"""Function that is called with each event of a subscription."""

_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses between attempts to reconnect, in seconds; the last one repeats."""

_HEARTBEAT = 20.0
"""Seconds after which a silent connection is pinged."""

_CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class _Subscription(msgspec.Struct, kw_only=True):
    kind: str
    fields: dict[str, Any]
    callback: Callback
    number: int = 0


class Socket:
    """Sends commands and receives events; reconnects and renews its subscriptions after a loss.

    Args:
        http: the HTTP session.
        url: address of Home Assistant, without a slash at the end.
        token: a long-lived access token.
        timeout: longest wait for the result of a command, in seconds.
    """

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str, *, timeout: float) -> None:
        self._http = http
        self._url = url
        self._token = token
        self._timeout = timeout
        self._websocket: aiohttp.ClientWebSocketResponse | None = None
        self._numbers = itertools.count(1)
        self._results: dict[int, asyncio.Future[Any]] = {}
        self._subscriptions: list[_Subscription] = []
        self._restore_listeners: list[Callable[[], None]] = []
        self._connected_event = asyncio.Event()
        self._keep_task: asyncio.Task[None] | None = None
        self.trouble: str | None = None
        """Why it is not connected; None if it is."""
        self.version: str | None = None
        """Version of Home Assistant."""

    @property
    def connected(self) -> bool:
        """Whether it is connected."""
        return self._connected_event.is_set()

    async def open(self) -> None:
        """Connect for the first time.

        Raises:
            ServiceError: the address cannot be reached, is not Home Assistant, or rejects the token.
        """
        await self._connect()
        self._keep_task = asyncio.create_task(self._keep(), name="sayagain-homeassistant")

    async def close(self) -> None:
        """Disconnect; commands that wait for a result fail."""
        if self._keep_task is not None:
            self._keep_task.cancel()
            with suppress(asyncio.CancelledError):
                await self._keep_task
        await self._drop("the connection was closed")

    async def call(self, kind: str, fields: dict[str, Any]) -> Any:  # noqa: ANN401  (each command has its own result)
        """Send a command and return its result; waits for a reconnection within the timeout.

        Raises:
            ServiceError: it is refused, the connection is lost, or no result comes in time.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await self._connected_event.wait()
                return await self._exchange(next(self._numbers), kind, fields)
        except TimeoutError:
            reason = self.trouble or f"Home Assistant gave no result of {kind} within {self._timeout:g} s"
            raise ServiceError(reason) from None

    async def subscribe(self, kind: str, callback: Callback, fields: dict[str, Any]) -> Callable[[], None]:
        """Subscribe, now and after each reconnection; return a function that unsubscribes.

        Raises:
            ServiceError: as `call`.
        """
        subscription = _Subscription(kind=kind, fields=fields, callback=callback)
        self._subscriptions.append(subscription)
        try:
            async with asyncio.timeout(self._timeout):
                await self._connected_event.wait()
                await self._register(subscription)
        except TimeoutError:
            self._subscriptions.remove(subscription)
            raise ServiceError(self.trouble or f"Home Assistant did not subscribe to {kind} in time") from None
        except ServiceError:
            with suppress(ValueError):
                self._subscriptions.remove(subscription)
            raise

        def end() -> None:
            with suppress(ValueError):
                self._subscriptions.remove(subscription)
            if self.connected:
                # A courtesy that nobody waits for.
                _run_in_background(
                    self._exchange(next(self._numbers), "unsubscribe_events", {"subscription": subscription.number})
                )

        return end

    def add_restore_listener(self, listener: Callable[[], None]) -> None:
        """Call `listener` each time the connection and its subscriptions are restored."""
        self._restore_listeners.append(listener)

    async def _connect(self) -> None:
        address = f"{self._url}/api/websocket"
        try:
            async with asyncio.timeout(self._timeout):
                websocket = await self._http.ws_connect(address, heartbeat=_HEARTBEAT, max_msg_size=0)
                greeting = await websocket.receive_json()
                if not isinstance(greeting, dict) or greeting.get("type") != "auth_required":
                    await websocket.close()
                    raise ServiceError(f"{self._url} is not Home Assistant: its first message is {greeting!r:.80}")
                await websocket.send_json({"type": "auth", "access_token": self._token})
                answer = await websocket.receive_json()
        except (aiohttp.ClientError, OSError, TypeError, ValueError, TimeoutError) as error:
            self.trouble = connection_error(self._url, error)
            raise ServiceError(self.trouble) from None
        if answer.get("type") != "auth_ok":
            await websocket.close()
            self.trouble = f"{self._url} rejects the token; create one under your profile, Security, long-lived tokens"
            raise ServiceError(self.trouble)
        self._websocket, self.trouble = websocket, None
        self.version = answer.get("ha_version")
        self._connected_event.set()

    async def _keep(self) -> None:
        while True:
            await self._receive()
            await self._drop(f"the connection to {self._url} was lost")
            await self._reconnect()
            task = asyncio.create_task(self._resubscribe())
            # A reference keeps the task alive; it is not awaited, because this loop receives its results.
            self._resubscribe_task = task

    async def _reconnect(self) -> None:
        for pause in itertools.chain(_PAUSES, itertools.repeat(_PAUSES[-1])):
            await asyncio.sleep(pause)
            with suppress(ServiceError):
                await self._connect()
                return

    async def _resubscribe(self) -> None:
        for subscription in list(self._subscriptions):
            try:
                await self._register(subscription)
            except ServiceError as error:
                # Its object no longer exists, such as a conversation after a restart.
                _log.debug("not subscribed again: %s", error)
                if self.connected:
                    with suppress(ValueError):
                        self._subscriptions.remove(subscription)
        for listener in list(self._restore_listeners):
            listener()

    async def _register(self, subscription: _Subscription) -> None:
        subscription.number = next(self._numbers)
        await self._exchange(subscription.number, subscription.kind, subscription.fields)

    async def _exchange(self, number: int, kind: str, fields: dict[str, Any]) -> Any:  # noqa: ANN401  (see call)
        if self._websocket is None:
            raise ServiceError(self.trouble or f"{self._url} is not connected")
        result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._results[number] = result
        try:
            await self._websocket.send_json({"id": number, "type": kind, **fields})
            return await result
        except (aiohttp.ClientError, OSError) as error:
            raise ServiceError(connection_error(self._url, error)) from None
        finally:
            self._results.pop(number, None)

    async def _receive(self) -> None:
        websocket = self._websocket
        while websocket is not None:
            message = await websocket.receive()
            if message.type in _CLOSED:
                return
            try:
                content = message.json()
            except (TypeError, ValueError):
                continue
            # Home Assistant may send several at once.
            for item in content if isinstance(content, list) else [content]:
                self._take(item)

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if message.get("type") == "event":
            for subscription in list(self._subscriptions):
                if subscription.number == number:
                    try:
                        subscription.callback(message["event"])
                    except Exception:  # noqa: BLE001  (one bad event must not stop the others)
                        _log.exception("an event of %s could not be processed", subscription.kind)
            return
        result = self._results.get(number) if isinstance(number, int) else None
        if result is None or result.done():
            return
        if message.get("success", True):
            result.set_result(message.get("result"))
        else:
            error = message.get("error") or {}
            reason = f"{error.get('message', 'no reason given')} ({error.get('code', 'no code')})"
            result.set_exception(ServiceError(f"Home Assistant refuses: {reason}"))

    async def _drop(self, reason: str) -> None:
        self._connected_event.clear()
        websocket, self._websocket = self._websocket, None
        self.trouble = reason
        for result in self._results.values():
            if not result.done():
                result.set_exception(ServiceError(reason))
        if websocket is not None:
            await websocket.close()


_background: set[asyncio.Task[Any]] = set()


def _run_in_background(coroutine: Any) -> None:  # noqa: ANN401  (a coroutine of whatever result)
    async def run() -> None:
        with suppress(ServiceError):
            await coroutine

    task = asyncio.create_task(run())
    _background.add(task)
    task.add_done_callback(_background.discard)
