"""The client of Home Assistant: REST, and WebSocket commands and subscriptions over one connection."""

import asyncio
from collections.abc import Callable
from typing import Any, Self

import aiohttp

from sayagain.assistants.homeassistant.connection_errors import connection_error
from sayagain.assistants.homeassistant.socket import Callback, Socket
from sayagain.assistants.http_address import split_http_address
from sayagain.errors import ServiceError, SettingError

__all__ = ["BUILT_IN", "HomeAssistant"]

BUILT_IN = "conversation.home_assistant"
"""Id of Home Assistant's own agent."""

_BAD_REQUEST = 400
_TOKEN_REFUSED = frozenset({401, 403})


class HomeAssistant:
    """Client of one Home Assistant, as an async context manager; reconnects after restarts.

    Args:
        url: for example `http://homeassistant.local:8123`.
        token: a long-lived access token of an administrator.
        timeout: longest wait for an answer, in milliseconds.

    Raises:
        SettingError: `url` is not a URL, or the token is empty.
        ServiceError: on entering: it cannot be reached, is not Home Assistant, or rejects the token.

    ```
    async with HomeAssistant("http://homeassistant.local:8123", token) as home:
        print((await home.converse("turn on the lamp"))["response"]["response_type"])
        print([area["name"] for area in await home.call("config/area_registry/list")])
    ```
    Source: https://developers.home-assistant.io/docs/api/websocket
    """

    def __init__(self, url: str, token: str, *, timeout: int = 10_000) -> None:
        split_http_address(url, "the address of Home Assistant", "http://homeassistant.local:8123")
        if not token.strip() or not token.strip().isascii():
            raise SettingError("the token of Home Assistant is empty or not ASCII; create one on its profile page")
        self.url = url.rstrip("/")
        self._token = token.strip()
        self._timeout = timeout / 1000
        self._http: aiohttp.ClientSession | None = None
        self._socket: Socket | None = None

    async def __aenter__(self) -> Self:
        """Connect."""
        self._http = aiohttp.ClientSession(headers={"Authorization": f"Bearer {self._token}"})
        self._socket = Socket(self._http, self.url, self._token, timeout=self._timeout)
        try:
            await self._socket.open()
        except BaseException:
            await self._http.close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Disconnect."""
        if self._socket is not None:
            await self._socket.close()
        if self._http is not None:
            await self._http.close()

    @property
    def connected(self) -> bool:
        """Whether the WebSocket is connected; REST may work without it."""
        return self._socket is not None and self._socket.connected

    @property
    def trouble(self) -> str | None:
        """Why it is not connected; None if it is."""
        return "not connected yet" if self._socket is None else self._socket.trouble

    @property
    def version(self) -> str | None:
        """Version of Home Assistant, for example `2026.11.0`."""
        return None if self._socket is None else self._socket.version

    async def call(self, kind: str, /, **fields: Any) -> Any:  # noqa: ANN401  (each command has its own result)
        """Send a WebSocket command and return its result.

        Args:
            kind: for example `config/area_registry/list`.
            fields: fields of the command.

        Raises:
            ServiceError: it is refused, the connection is lost, or the result does not come in time.
        """
        return await self._open_socket().call(kind, fields)

    async def subscribe(self, kind: str, callback: Callback, /, **fields: Any) -> Callable[[], None]:  # noqa: ANN401
        """Subscribe by a WebSocket command, again after each reconnection; return a function that unsubscribes.

        Args:
            kind: for example `subscribe_events`.
            callback: called with each event, in the event loop; its exceptions are logged.
            fields: fields of the command.

        Raises:
            ServiceError: as `call`.
        """
        return await self._open_socket().subscribe(kind, callback, fields)

    def add_restore_listener(self, listener: Callable[[], None]) -> None:
        """Call `listener` each time the connection and its subscriptions are restored."""
        self._open_socket().add_restore_listener(listener)

    async def get(self, path: str, /) -> Any:  # noqa: ANN401  (each path has its own answer)
        """GET a path such as `/api/states`, decoded from JSON.

        Raises:
            ServiceError: it cannot be reached, or refuses.
        """
        return await self._request("GET", path, None)

    async def post(self, path: str, body: Any = None, /, *, patience: int | None = None) -> Any:  # noqa: ANN401
        """POST a body as JSON and return the answer.

        Args:
            path: such as `/api/services/conversation/reload`.
            body: an empty object if not given.
            patience: longest wait in milliseconds, for a call that is known to take long.

        Raises:
            ServiceError: it cannot be reached, or refuses.
        """
        return await self._request("POST", path, {} if body is None else body, patience)

    async def delete(self, path: str, /) -> Any:  # noqa: ANN401  (the same)
        """DELETE a path.

        Raises:
            ServiceError: it cannot be reached, or refuses.
        """
        return await self._request("DELETE", path, None)

    async def converse(
        self,
        text: str,
        *,
        language: str | None = None,
        agent_id: str = BUILT_IN,
        device_id: str | None = None,
        satellite_id: str | None = None,
        conversation_id: str | None = None,
    ) -> dict[str, Any]:
        """Have an agent act on words and return its answer, in the format of `/api/conversation/process`.

        Args:
            text: the request.
            language: language of the words; by default that of Home Assistant.
            agent_id: id of the agent.
            device_id: the device spoken to; without it the room is unknown.
            satellite_id: the satellite spoken to.
            conversation_id: any id of ours; the same id keeps "it" known.

        Raises:
            ServiceError: it cannot be reached, or refuses.
        """
        optional_fields = {
            "language": language,
            "device_id": device_id,
            "satellite_id": satellite_id,
            "conversation_id": conversation_id,
        }
        # Home Assistant refuses null fields.
        body = {"text": text, "agent_id": agent_id} | {
            name: value for name, value in optional_fields.items() if value is not None
        }
        answer = await self.post("/api/conversation/process", body)
        if not isinstance(answer, dict) or not isinstance(answer.get("response"), dict):
            raise ServiceError(f"the answer of {self.url} has no response: {answer!r:.80}")
        return answer

    async def _request(self, method: str, path: str, body: Any, patience: int | None = None) -> Any:  # noqa: ANN401
        if self._http is None:
            raise ServiceError(f"{self.url} is not connected yet")
        try:
            async with (
                asyncio.timeout(self._timeout if patience is None else patience / 1000),
                self._http.request(method, self.url + path, json=body) as answer,
            ):
                content = await answer.text(errors="replace")
                if answer.status in _TOKEN_REFUSED:
                    raise ServiceError(f"{self.url} rejects the token for {path} ({answer.status})")
                if answer.status >= _BAD_REQUEST:
                    raise ServiceError(f"{self.url}{path} refuses ({answer.status}): {content[:200]}")
                return await answer.json() if answer.content_type == "application/json" else content
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ServiceError(connection_error(self.url, error)) from None

    def _open_socket(self) -> Socket:
        if self._socket is None:
            raise ServiceError(f"{self.url} is not connected yet")
        return self._socket
