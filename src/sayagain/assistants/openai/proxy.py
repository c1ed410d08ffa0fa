"""The proxy: everything under /v1 passes to the model's side as it is, but for the user's words in a chat completion.

See https://platform.openai.com/docs/api-reference/chat for the protocol.
"""

import json
import logging
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from sayagain.assistants.front import DEADLINE, Front
from sayagain.assistants.openai.answer import Answer
from sayagain.assistants.openai.caller import OFF, Caller
from sayagain.assistants.openai.chat import ChatRequest, body_of
from sayagain.assistants.openai.exchange import Exchange
from sayagain.assistants.openai.request_check import RequestCheck
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
"""A body to pass on: whole, as it comes, or none."""

PORT = 8788
"""Where it listens unless told otherwise."""

_LARGEST = 256 * 1024 * 1024
"""A body of a chat completion may have so many bytes: it may hold pictures."""

_OF_ONE_HOP = frozenset(
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
"""Headers that each side makes for itself (RFC 9110, section 7.6.1)."""

_OURS = "x-sayagain"
"""How the headers begin that are for the proxy alone."""


class Proxy:
    """Stands between a client of OpenAI and the model's side.

    Args:
        upstream: the base address of the model's side, for example `https://api.openai.com/v1`.
        front: what decides and takes in turns; a `FailOpen`, which neither raises nor hangs.
        deadline: how long a call waits for a decision, in milliseconds.
        patience: how long a client may take to come back with a turn under way, in milliseconds.
        allowed_hosts: see `RequestCheck`.

    Raises:
        SettingError: `upstream` is no address, or an allowed host is no host name.
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
    ) -> None:
        parts = urlsplit(upstream)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise SettingError(f"{upstream!r} is no address; expected one such as https://api.openai.com/v1")
        self.upstream = upstream.rstrip("/") if parts.path.strip("/") else f"{upstream.rstrip('/')}/v1"
        """Where it passes things on to."""
        self._check = RequestCheck(allowed_hosts)
        self._turns = ChatTurnBuilder(front, deadline=deadline, patience=patience)
        self._session: aiohttp.ClientSession | None = None

    def app(self) -> web.Application:
        """Return the application; run it with `handler_cancellation`, so that who leaves is not answered."""
        app = web.Application(client_max_size=_LARGEST, middlewares=[self._guard])
        app.cleanup_ctx.append(self._open)
        app.router.add_post("/v1/chat/completions", self._complete)
        app.router.add_route("*", "/v1/{rest:.*}", self._pass)
        return app

    async def run(self, host: str = "127.0.0.1", port: int = PORT) -> web.AppRunner:
        """Begin to serve, and return; `cleanup` of what is returned ends it."""
        runner = web.AppRunner(self.app(), handler_cancellation=True, access_log=None, auto_decompress=False)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            await runner.cleanup()
            raise SettingError(f"{host}:{port} cannot be listened on: {error.strerror or error}") from None
        return runner

    async def _open(self, _: web.Application) -> Any:  # noqa: ANN401  (an asynchronous generator)
        # Models take their time, so only the connection has a limit; what comes is passed on as it was packed.
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10)
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(
            connector=connector, timeout=timeout, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
        ) as self._session:
            yield
        self._turns.close()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse what `RequestCheck` refuses, before any of it is read or passed on."""
        error = self._check.error(
            request.rel_url.raw_path,
            hosts=request.headers.getall("Host", []),
            origins=request.headers.getall("Origin", []),
        )
        return await handler(request) if error is None else _refusal(*error)

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        """Pass on a chat completion, with the user's last words as sayagain has them."""
        try:
            content = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return _refusal(413, f"the body is larger than {_LARGEST} bytes", "request_too_large")
        watched = None
        try:
            content, watched = await self._considered(request, content)
        except Exception:  # noqa: BLE001  (whatever is wrong here, the model must answer)
            _log.exception("a chat completion is passed on as it is")
        try:
            return await self._relay(request, content, watched)
        except BaseException:
            if watched is not None:
                watched.left_at = time.time_ns() // 1_000_000
            raise
        finally:
            if watched is not None:
                watched.answer.close()
                how = {"lost": watched.lost, "left_at": watched.left_at}
                self._turns.end(watched.chat, watched.exchange, watched.status, watched.answer, **how)

    async def _considered(self, request: web.Request, content: bytes) -> tuple[bytes, "_Watched | None"]:
        """Return the body to pass on, and what is to be watched; None for a call that no turn comes of."""
        off = request.headers.get(OFF, "").lower() == "off" or "Content-Encoding" in request.headers
        body = None if off else body_of(content)
        caller = Caller.of(request.headers, body or {})
        chat = None if body is None else ChatRequest.of(body, caller.scope)
        if chat is None:
            return content, None
        exchange, words = await self._turns.begin(chat, caller)
        watched = _Watched(chat, exchange, Answer(streamed=bool(chat.body.get("stream"))))
        try:
            return (chat.with_words(words) if words else content), watched
        except RecursionError:
            exchange.decision = None
            return content, watched

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        """Pass on anything else, untouched."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return _refusal(501, f"connections that stay open go to {self.upstream} directly", "unsupported_connection")
        return await self._relay(request, request.content if request.body_exists else None)

    async def _relay(
        self, request: web.Request, content: Content, watched: "_Watched | None" = None
    ) -> web.StreamResponse:
        """Pass a call on, and its answer back."""
        assert self._session is not None
        headers = [(name, value) for name, value in request.headers.items() if _passes(name)]
        if watched is not None:
            # Packed, it could not be read on the side.
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
            if watched is not None:
                watched.status, watched.lost = 502, "upstream_unreachable"
            why = f"the model's side at {self.upstream} cannot be reached: {type(error).__name__}"
            return _refusal(502, why, "upstream_unreachable")
        async with upstream:
            return await _answered(request, upstream, watched)


class _Watched:
    """A chat completion on its way, and what is seen of it on the side."""

    def __init__(self, chat: ChatRequest, exchange: Exchange, answer: Answer) -> None:
        self.chat = chat
        self.exchange = exchange
        self.answer = answer
        self.status = 200
        self.lost: str | None = None
        self.left_at: int | None = None


async def _answered(
    request: web.Request, upstream: aiohttp.ClientResponse, watched: _Watched | None
) -> web.StreamResponse:
    """Pass an answer back, byte for byte as it comes; the model's side waits while the client is slow."""
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason)
    for name, value in upstream.headers.items():
        if _passes(name):
            response.headers.add(name, value)
    response.content_length = upstream.content_length
    if watched is not None:
        watched.status = upstream.status
        if watched.exchange.logged:
            response.headers["X-Sayagain-Turn"] = watched.exchange.request.turn_id
    await response.prepare(request)
    try:
        async for chunk in upstream.content.iter_any():
            if watched is not None:
                watched.answer.feed(chunk)
            await response.write(chunk)
    except (aiohttp.ClientPayloadError, aiohttp.ServerTimeoutError, ConnectionError):
        if request.transport is None or request.transport.is_closing():
            raise
        # The client must not take half an answer for a whole one.
        request.transport.abort()
        if watched is not None:
            watched.lost = "upstream_lost"
        return response
    await response.write_eof()
    return response


def _passes(name: str) -> bool:
    return name.lower() not in _OF_ONE_HOP and not name.lower().startswith(_OURS)


def _refusal(status: int, message: str, code: str) -> web.Response:
    """An error in the form that a client of OpenAI reads."""
    body = {"error": {"message": f"sayagain: {message}", "type": "proxy_error", "param": None, "code": code}}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json")
