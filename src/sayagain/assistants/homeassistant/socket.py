"""One WebSocket to Home Assistant that comes back by itself: commands, their results, and subscriptions."""

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
"""Told of each event of a subscription."""

_PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Between two tries to come back, in seconds; the last is kept to."""

_HEARTBEAT = 20.0
"""Seconds after which a silent connection is asked whether it is still there."""

_CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class _Subscription(msgspec.Struct, kw_only=True):
    kind: str
    fields: dict[str, Any]
    callback: Callback
    number: int = 0


class Socket:
    """Sends commands and hears events; after a loss it connects again and subscribes again.

    Args:
        http: the session to connect with.
        url: of Home Assistant, without a slash at the end.
        token: a long-lived access token.
        timeout: of one command, in seconds.
    """

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str, *, timeout: float) -> None:
        self._http = http
        self._url = url
        self._token = token
        self._timeout = timeout
        self._wire: aiohttp.ClientWebSocketResponse | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._subscriptions: list[_Subscription] = []
        self._restored: list[Callable[[], None]] = []
        self._there = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None
        self.trouble: str | None = None
        """Why it is not connected; None when it is."""
        self.version: str | None = None
        """Of Home Assistant, as it greets."""

    @property
    def connected(self) -> bool:
        """Whether commands can be sent now."""
        return self._there.is_set()

    async def open(self) -> None:
        """Connect for the first time.

        Raises:
            ServiceError: it cannot be reached, is no Home Assistant, or takes no such token.
        """
        await self._connect()
        self._keeper = asyncio.create_task(self._keep(), name="sayagain-homeassistant")

    async def close(self) -> None:
        """Hang up, and fail what is still waited for."""
        if self._keeper is not None:
            self._keeper.cancel()
            with suppress(asyncio.CancelledError):
                await self._keeper
        await self._drop("the connection was closed")

    async def call(self, kind: str, fields: dict[str, Any]) -> Any:  # noqa: ANN401  (each command has its own result)
        """Send a command and return its result; waits for a lost connection to come back, within the time-out.

        Raises:
            ServiceError: it is refused, the connection is lost, or no result comes in time.
        """
        try:
            async with asyncio.timeout(self._timeout):
                await self._there.wait()
                return await self._exchange(next(self._numbers), kind, fields)
        except TimeoutError:
            why = self.trouble or f"Home Assistant gave no result of {kind} within {self._timeout:g} s"
            raise ServiceError(why) from None

    async def subscribe(self, kind: str, callback: Callback, fields: dict[str, Any]) -> Callable[[], None]:
        """Subscribe, now and again after each loss; what is returned ends it.

        Raises:
            ServiceError: as `call`.
        """
        wanted = _Subscription(kind=kind, fields=fields, callback=callback)
        self._subscriptions.append(wanted)
        try:
            async with asyncio.timeout(self._timeout):
                await self._there.wait()
                await self._register(wanted)
        except TimeoutError:
            self._subscriptions.remove(wanted)
            raise ServiceError(self.trouble or f"Home Assistant did not subscribe to {kind} in time") from None
        except ServiceError:
            with suppress(ValueError):
                self._subscriptions.remove(wanted)
            raise

        def end() -> None:
            with suppress(ValueError):
                self._subscriptions.remove(wanted)
            if self.connected:
                # Nobody waits for it: it is a courtesy.
                _in_background(
                    self._exchange(next(self._numbers), "unsubscribe_events", {"subscription": wanted.number})
                )

        return end

    def when_restored(self, told: Callable[[], None]) -> None:
        """Call `told` each time the connection was lost and is back with all its subscriptions."""
        self._restored.append(told)

    async def _connect(self) -> None:
        address = f"{self._url}/api/websocket"
        try:
            async with asyncio.timeout(self._timeout):
                wire = await self._http.ws_connect(address, heartbeat=_HEARTBEAT, max_msg_size=0)
                greeting = await wire.receive_json()
                if not isinstance(greeting, dict) or greeting.get("type") != "auth_required":
                    await wire.close()
                    raise ServiceError(f"{self._url} is no Home Assistant: it greets with {greeting!r:.80}")
                await wire.send_json({"type": "auth", "access_token": self._token})
                answer = await wire.receive_json()
        except (aiohttp.ClientError, OSError, TypeError, ValueError, TimeoutError) as error:
            self.trouble = connection_error(self._url, error)
            raise ServiceError(self.trouble) from None
        if answer.get("type") != "auth_ok":
            await wire.close()
            self.trouble = (
                f"{self._url} does not take the token; make one under your profile, Security, long-lived tokens"
            )
            raise ServiceError(self.trouble)
        self._wire, self.trouble = wire, None
        self.version = answer.get("ha_version")
        self._there.set()

    async def _keep(self) -> None:
        while True:
            await self._hear()
            await self._drop(f"the connection to {self._url} was lost")
            await self._come_back()
            back = asyncio.create_task(self._subscribe_again())
            # The task lives as long as this name; nothing is awaited here, since results come in by this very loop.
            self._again = back

    async def _come_back(self) -> None:
        for pause in itertools.chain(_PAUSES, itertools.repeat(_PAUSES[-1])):
            await asyncio.sleep(pause)
            with suppress(ServiceError):
                await self._connect()
                return

    async def _subscribe_again(self) -> None:
        for wanted in list(self._subscriptions):
            try:
                await self._register(wanted)
            except ServiceError as error:
                # What it belonged to is gone, as a conversation is after a restart.
                _log.debug("not subscribed again: %s", error)
                if self.connected:
                    with suppress(ValueError):
                        self._subscriptions.remove(wanted)
        for told in list(self._restored):
            told()

    async def _register(self, wanted: _Subscription) -> None:
        wanted.number = next(self._numbers)
        await self._exchange(wanted.number, wanted.kind, wanted.fields)

    async def _exchange(self, number: int, kind: str, fields: dict[str, Any]) -> Any:  # noqa: ANN401  (see call)
        if self._wire is None:
            raise ServiceError(self.trouble or f"{self._url} is not connected")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await self._wire.send_json({"id": number, "type": kind, **fields})
            return await answer
        except (aiohttp.ClientError, OSError) as error:
            raise ServiceError(connection_error(self._url, error)) from None
        finally:
            self._waiting.pop(number, None)

    async def _hear(self) -> None:
        wire = self._wire
        while wire is not None:
            message = await wire.receive()
            if message.type in _CLOSED:
                return
            try:
                content = message.json()
            except (TypeError, ValueError):
                continue
            # Home Assistant may send several at once.
            for each in content if isinstance(content, list) else [content]:
                self._take(each)

    def _take(self, message: dict[str, Any]) -> None:
        number = message.get("id")
        if message.get("type") == "event":
            for wanted in list(self._subscriptions):
                if wanted.number == number:
                    try:
                        wanted.callback(message["event"])
                    except Exception:  # noqa: BLE001  (one that cannot be used must not end the others)
                        _log.exception("an event of %s could not be used", wanted.kind)
            return
        answer = self._waiting.get(number) if isinstance(number, int) else None
        if answer is None or answer.done():
            return
        if message.get("success", True):
            answer.set_result(message.get("result"))
        else:
            told = message.get("error") or {}
            why = f"{told.get('message', 'no reason given')} ({told.get('code', 'no code')})"
            answer.set_exception(ServiceError(f"Home Assistant refuses: {why}"))

    async def _drop(self, why: str) -> None:
        self._there.clear()
        wire, self._wire = self._wire, None
        self.trouble = why
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(ServiceError(why))
        if wire is not None:
            await wire.close()


_background: set[asyncio.Task[Any]] = set()


def _in_background(work: Any) -> None:  # noqa: ANN401  (a coroutine of whatever result)
    async def quietly() -> None:
        with suppress(ServiceError):
            await work

    task = asyncio.create_task(quietly())
    _background.add(task)
    task.add_done_callback(_background.discard)
