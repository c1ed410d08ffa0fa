"""The proxy: forwards everything below /v1 unchanged, except the user's words in a chat completion or a response.

See https://platform.openai.com/docs/api-reference/chat and .../responses for the protocols.
"""

import json
import logging
import time
from collections.abc import Iterable
from typing import Any

from sayagain.assistants.front import DEADLINE, Front
from sayagain.assistants.http_address import split_http_address
from sayagain.assistants.openai.caller import BYPASS_HEADER, Caller
from sayagain.assistants.openai.chat import ChatRequest, decode_body
from sayagain.assistants.openai.exchange import Exchange
from sayagain.assistants.openai.model_request import ModelRequest
from sayagain.assistants.openai.request_check import CHECKED_HEADERS, RequestCheck
from sayagain.assistants.openai.responses import ResponsesRequest
from sayagain.assistants.openai.turn_builder import PATIENCE, ChatTurnBuilder
from sayagain.errors import SettingError
from sayagain.extras import require

# Says in one sentence how to install it, which the imports below it would not.
require("aiohttp", "openai")

import aiohttp  # noqa: E402
from aiohttp import web  # noqa: E402
from aiohttp.typedefs import Handler  # noqa: E402
from yarl import URL  # noqa: E402

__all__ = ["PORT", "Proxy"]

_log = logging.getLogger(__name__)

Content = bytes | aiohttp.StreamReader | None
"""A body to forward: bytes, a stream, or none."""

PORT = 8788
"""Default port."""

_MAX_BODY = 256 * 1024 * 1024
"""Largest body of a call that is read, in bytes: it may hold pictures."""

_REQUESTS: dict[str, type[ChatRequest] | type[ResponsesRequest]] = {
    "/v1/chat/completions": ChatRequest,
    "/v1/responses": ResponsesRequest,
}
"""Calls that are read, by path."""

_HOP_HEADERS = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Headers of one connection, which are not forwarded (RFC 9110, section 7.6.1)."""

_OWN_HEADER_PREFIX = "x-sayagain"
"""Prefix of the headers that are for the proxy alone."""


class Proxy:
    """Proxy between a client of OpenAI and the model's API.

    Args:
        upstream: base URL of the model's API, for example `https://api.openai.com/v1`.
        front: decides and takes the turns; a `FailOpen`, which neither raises nor hangs.
        deadline: longest wait of a call for a decision, in milliseconds.
        patience: longest wait for a client to return to an open turn, in milliseconds.
        allowed_hosts: see `RequestCheck`.
        teaches: whether users may teach in conversation; the proxy answers them itself then.

    Raises:
        SettingError: `upstream` is not a URL, or an allowed host is no host name.
        MissingExtra: the extra `openai` is not installed.
    """

    def __init__(
        self,
        upstream: str,
        front: Front,
        *,
        deadline: int = DEADLINE,
        patience: int = PATIENCE,
        allowed_hosts: Iterable[str] = (),
        teaches: bool = False,
    ) -> None:
        parts = split_http_address(upstream, "upstream", "https://api.openai.com/v1")
        self.upstream = upstream.rstrip("/") if parts.path.strip("/") else f"{upstream.rstrip('/')}/v1"
        """Base URL of the model's API."""
        self._check = RequestCheck(allowed_hosts)
        self._builder = ChatTurnBuilder(front, deadline=deadline, patience=patience, teaches=teaches)
        self._session: aiohttp.ClientSession | None = None

    def app(self) -> web.Application:
        """Return the application; run it with `handler_cancellation`, so that a disconnect stops the model."""
        app = web.Application(client_max_size=_MAX_BODY, middlewares=[self._guard])
        app.cleanup_ctx.append(self._open)
        for path in _REQUESTS:
            app.router.add_post(path, self._complete)
        app.router.add_route("*", "/v1/{rest:.*}", self._forward_other)
        return app

    async def run(self, host: str = "127.0.0.1", port: int = PORT) -> web.AppRunner:
        """Start serving and return the runner; its `cleanup` stops it."""
        runner = web.AppRunner(self.app(), handler_cancellation=True, access_log=None, auto_decompress=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            raise SettingError(f"cannot listen on {host}:{port}: {error.strerror or error}") from None
        return runner

    async def _open(self, _: web.Application) -> Any:  # noqa: ANN401  (an asynchronous generator)
        # Models take their time, so only connecting has a time limit; bodies are forwarded still compressed.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        ) as self._session:
            yield
        self._builder.close()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what `RequestCheck` refuses, before any of it is read or passed on."""
        headers = {name: request.headers.getall(name, []) for name in CHECKED_HEADERS}
        error = self._check.error(request.rel_url.raw_path, headers)
        return await handler(request) if error is None else _error_response(*error)

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        """Forward a call of the model, with the user's last words rewritten where sayagain decides so."""
        try:
            content = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _error_response(413, f"the body is larger than {_MAX_BODY} bytes", "request_too_large")
        completion = None
        try:
            content, completion = await self._prepare(request, content)
        except Exception:  # noqa: BLE001  (whatever fails here, the model must answer)
            _log.exception("a call of the model is forwarded unchanged")
        try:
            if completion is not None and completion.exchange.reply is not None:
                return _own_response(completion, completion.exchange.reply)
            return await self._forward(request, content, completion)
        except BaseException:
            if completion is not None:
                completion.disconnected_at = time.time_ns() // 1_000_000
            raise
        finally:
            if completion is not None:
                completion.answer.close()
                ending = {"failure": completion.failure, "disconnected_at": completion.disconnected_at}
                self._builder.end(completion.chat, completion.exchange, completion.status, completion.answer, **ending)

    async def _prepare(self, request: web.Request, content: bytes) -> tuple[bytes, "_Completion | None"]:
        """Return the body to forward, and the completion to observe; None for a call that makes no turn."""
        is_bypassed = request.headers.get(BYPASS_HEADER, "").lower() == "off" or "Content-Encoding" in request.headers
        body = None if is_bypassed else decode_body(content)
        caller = Caller.of(request.headers, body or {})
        chat = None if body is None else _REQUESTS[request.path].of(body, caller.scope)
        if chat is None:
            return content, None
        exchange, replacements = await self._builder.begin(chat, caller)
        completion = _Completion(chat, exchange)
        try:
            is_changed = replacements or chat.follows_own_answer
            return (chat.with_words(replacements) if is_changed else content), completion
        except RecursionError:
            exchange.decision = None
            return content, completion

    async def _forward_other(self, request: web.Request) -> web.StreamResponse:
        """Forward anything else unchanged."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            message = f"WebSockets are not supported; connect to {self.upstream} directly"
            return _error_response(501, message, "unsupported_connection")
        return await self._forward(request, request.content if request.body_exists else None)

    async def _forward(
        self, request: web.Request, content: Content, completion: "_Completion | None" = None
    ) -> web.StreamResponse:
        """Forward a call and send its answer back."""
        assert self._session is not None
        headers = [(name, value) for name, value in request.headers.items() if _is_forwarded(name)]
        if completion is not None:
            # A compressed answer could not be read on the way.
            headers = [(name, value) for name, value in headers if name.lower() != "accept-encoding"]
            headers.append(("Accept-Encoding", "identity"))
        try:
            upstream = await self._session.request(
                request.method,
                URL(f"{self.upstream}/{request.rel_url.raw_path_qs.removeprefix('/v1/')}", encoded=True),
                data=content,
                headers=headers,
                allow_redirects=False,
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if completion is not None:
                completion.status, completion.failure = 502, "upstream_unreachable"
            message = f"cannot reach {self.upstream}: {type(error).__name__}"
            return _error_response(502, message, "upstream_unreachable")
        async with upstream:
            return await _send_answer(request, upstream, completion)


class _Completion:
    """A call of the model in progress and what is observed of it."""

    def __init__(self, chat: ModelRequest, exchange: Exchange) -> None:
        self.chat = chat
        self.exchange = exchange
        self.answer = chat.new_answer()
        self.status = 200
        self.failure: str | None = None
        self.disconnected_at: int | None = None


async def _send_answer(
    request: web.Request, upstream: aiohttp.ClientResponse, completion: _Completion | None
) -> web.StreamResponse:
    """Send an answer back, byte for byte as it arrives; the model's API waits while the client is slow."""
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
    for name, value in upstream.headers.items():
        if _is_forwarded(name):
            response.headers.add(name, value)
    response.content_length = upstream.content_length
    if completion is not None:
        completion.status = upstream.status
        if completion.exchange.is_logged:
            response.headers["X-Sayagain-Turn"] = completion.exchange.request.turn_id
    await response.prepare(request)
    try:
        async for chunk in upstream.content.iter_any():
            if completion is not None:
                completion.answer.feed(chunk)
            await response.write(chunk)
    except (aiohttp.ClientPayloadError, aiohttp.ServerTimeoutError, ConnectionError):
        if request.transport is None or request.transport.is_closing():
            raise
        # The client must not take half an answer for a whole one.
        request.transport.abort()
        if completion is not None:
            completion.failure = "upstream_lost"
        return response
    await response.write_eof()
    return response


def _own_response(completion: _Completion, words: str) -> web.Response:
    """Answer in place of the model."""
    turn_id = completion.exchange.request.turn_id
    content, content_type = completion.chat.own_answer(words, turn_id, int(time.time()))
    completion.answer.feed(content)
    headers = {"X-Sayagain-Turn": turn_id} if completion.exchange.is_logged else {}
    return web.Response(body=content, content_type=content_type, headers=headers)


def _is_forwarded(name: str) -> bool:
    return name.lower() not in _HOP_HEADERS and not name.lower().startswith(_OWN_HEADER_PREFIX)


def _error_response(status: int, message: str, code: str) -> web.Response:
    """Return an error in the format that a client of OpenAI reads."""
    body = {"error": {"message": f"sayagain: {message}", "type": "proxy_error", "param": None, "code": code}}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
