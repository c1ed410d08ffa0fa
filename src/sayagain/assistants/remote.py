"""The service as a front: decisions and turns over HTTP, with the standard library alone, for use inside assistants."""

import http.client
from collections import deque
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from sayagain.errors import ServiceError, SettingError
from sayagain.formats import encode_turn
from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["Remote"]

_decode = msgspec.json.Decoder(Decision).decode


class Remote:
    """A `Front` that asks `sayagain serve`; wrap it in `FailOpen`, which adds the deadline.

    Connections are kept for the next exchange, of whichever thread.

    Args:
        url: of the service, for example `http://127.0.0.1:8787`.
        token: with the scopes `rewrite` and `observe`; none is needed where the service has none.
        timeout: of one exchange, in milliseconds.

    Raises:
        SettingError: `url` is none.
    """

    def __init__(self, url: str, token: str | None = None, *, timeout: int = 10_000) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingError(f"{url!r} is no address of a service; expected one such as http://127.0.0.1:8787")
        self._url = url.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        self._kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname, parts.port
        self._timeout = timeout / 1000
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._idle: deque[http.client.HTTPConnection] = deque()

    def __enter__(self) -> Self:
        """Return the front itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the connections."""
        self.close()

    def rewrite(self, request: Turn, /) -> Decision:
        """Ask for a decision.

        Raises:
            ServiceError: it cannot be reached, refuses, or answers something else.
        """
        answer = self._post("/v1/rewrite", encode_turn(request))
        try:
            return _decode(answer)
        except msgspec.MsgspecError as error:
            raise ServiceError(f"{self._url}/v1/rewrite answered something that is no decision: {error}") from None

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Hand on a turn; it is on the service's disk when this returns.

        Raises:
            ServiceError: it cannot be reached, or refuses.
        """
        if decision is not None and turn.applied_rewrite is None and decision.rewrite_id is not None:
            turn = msgspec.structs.replace(turn, applied_rewrite=decision.applied)
        self._post("/v1/turns", encode_turn(turn))

    def close(self) -> None:
        """Let go of the connections that are kept; the next exchange makes a new one."""
        while self._idle:
            self._idle.pop().close()

    def _post(self, path: str, body: bytes) -> bytes:
        try:
            try:
                kept = self._idle.pop()
            except IndexError:
                pass
            else:
                # The other side may have closed it meanwhile; a new one tells for sure.
                with suppress(ConnectionError, http.client.BadStatusLine):
                    return self._exchange(kept, path, body)
            return self._exchange(self._kind(self._host, self._port, timeout=self._timeout), path, body)
        except (OSError, http.client.HTTPException) as error:
            raise ServiceError(f"{self._url} cannot be reached: {type(error).__name__}: {error}") from None

    def _exchange(self, connection: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
        try:
            connection.request("POST", self._prefix + path, body, self._headers)
            answer = connection.getresponse()
            content = answer.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        if answer.status >= http.client.MULTIPLE_CHOICES:
            raise ServiceError(f"{self._url}{path} refuses ({answer.status}): {_detail(content)}")
        return content


def _detail(content: bytes) -> str:
    try:
        problem: Any = msgspec.json.decode(content)
    except msgspec.MsgspecError:
        problem = None
    told = (problem.get("detail") or problem.get("title")) if isinstance(problem, dict) else None
    return str(told or content[:200].decode("utf-8", "replace"))
