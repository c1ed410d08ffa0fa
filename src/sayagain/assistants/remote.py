"""The service as a front: decisions and turns over HTTP, with the standard library alone, for use inside assistants."""

import http.client
from collections import deque
from contextlib import suppress
from typing import Any, Self

import msgspec

from sayagain.assistants.http_address import split_http_address
from sayagain.errors import RequestRefused, ServiceError
from sayagain.formats import encode_turn
from sayagain.runtime import Decision, Proposal
from sayagain.turns import Turn

__all__ = ["FOREIGN_USER", "Remote"]

FOREIGN_USER = "urn:sayagain:foreign-user"
"""Type of the problem that a token does not speak for the user of a request; the next turn may be of another user."""

_REFUSAL = range(http.client.BAD_REQUEST, http.client.INTERNAL_SERVER_ERROR)
_CHANGEABLE = frozenset({401, 403, 404, 405, 407, 408, 421, 425, 429})
"""Refusals that rest on an address, a token or the load, so that another attempt may succeed."""

_decode = msgspec.json.Decoder(Decision).decode
_encode_proposal = msgspec.json.Encoder().encode


class Remote:
    """A `Front` that asks `sayagain serve`; wrap it in `FailOpen`, which adds the deadline.

    Connections are reused, by any thread.

    Args:
        url: address of the service, for example `http://127.0.0.1:8787`.
        token: access token with the scopes `rewrite` and `observe`; not needed if the service has no tokens.
        timeout: longest wait for an answer, in milliseconds.

    Raises:
        SettingError: `url` is not a URL.
    """

    def __init__(self, url: str, token: str | None = None, *, timeout: int = 10_000) -> None:
        parts = split_http_address(url, "the address of the service", "http://127.0.0.1:8787")
        self._url = url.rstrip("/")
        self._prefix = parts.path.rstrip("/")
        self._connection_class = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host, self._port = parts.hostname or "", parts.port
        self._timeout = timeout / 1000
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._idle: deque[http.client.HTTPConnection] = deque()

    def __enter__(self) -> Self:
        """Return the front itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def rewrite(self, request: Turn, /) -> Decision:
        """Ask for a decision.

        Raises:
            ServiceError: the service cannot be reached, refuses, or answers with something else.
        """
        return self._ask("/v1/rewrite", encode_turn(request))

    def converse(self, request: Turn, /, *, takes_steps: bool = False, proposal: Proposal | None = None) -> Decision:
        """Ask for a decision, or for the answer to what teaches; without the scope `teach` only for a decision.

        Raises:
            ServiceError: as `rewrite`.
        """
        body = encode_turn(request)
        if proposal is not None:
            body = b'{"proposal":' + _encode_proposal(proposal) + b"," + body[1:]
        return self._ask(f"/v1/rewrite?converse=true&steps={str(takes_steps).lower()}", body)

    def _ask(self, path: str, body: bytes) -> Decision:
        answer = self._post(path, body)
        try:
            return _decode(answer)
        except msgspec.MsgspecError as error:
            raise ServiceError(f"the answer of {self._url}/v1/rewrite is not a decision: {error}") from None

    def observe(self, turn: Turn, decision: Decision | None = None, /) -> None:
        """Send a turn; it is on the service's disk when this returns.

        Raises:
            RequestRefused: the service refuses this turn, and would refuse it again.
            ServiceError: the service cannot be reached, or refuses for another reason.
        """
        if decision is not None and turn.applied_rewrite is None and decision.rewrite_id is not None:
            turn = msgspec.structs.replace(turn, applied_rewrite=decision.applied)
        self._post("/v1/turns", encode_turn(turn))

    def close(self) -> None:
        """Close the idle connections; the next request opens a new one."""
        while self._idle:
            self._idle.pop().close()

    def _post(self, path: str, body: bytes) -> bytes:
        try:
            try:
                connection = self._idle.pop()
            except IndexError:
                pass
            else:
                # The service may have closed it meanwhile; only a new connection is proof.
                with suppress(ConnectionError, http.client.BadStatusLine):
                    return self._exchange(connection, path, body)
            return self._exchange(self._connection_class(self._host, self._port, timeout=self._timeout), path, body)
        except (OSError, http.client.HTTPException) as error:
            raise ServiceError(f"{self._url} cannot be reached: {type(error).__name__}: {error}") from None

    def _exchange(self, connection: http.client.HTTPConnection, path: str, body: bytes) -> bytes:
        try:
            # A service that refuses a long body may close the connection before it was sent; its answer says why.
            with suppress(BrokenPipeError):
                connection.request("POST", self._prefix + path, body, self._headers)
            answer = connection.getresponse()
            content = answer.read()
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        if answer.status >= http.client.MULTIPLE_CHOICES:
            is_final = answer.status in _REFUSAL and answer.status not in _CHANGEABLE
            problem = _problem(content)
            error = RequestRefused if is_final or problem.get("type") == FOREIGN_USER else ServiceError
            detail = problem.get("detail") or problem.get("title") or content[:200].decode("utf-8", "replace")
            raise error(f"{self._url}{path} refuses ({answer.status}): {detail}")
        return content


def _problem(content: bytes) -> dict[str, Any]:
    """Return a problem document (RFC 9457); empty where the answer is none."""
    try:
        problem = msgspec.json.decode(content)
    except msgspec.MsgspecError:
        return {}
    return problem if isinstance(problem, dict) else {}
