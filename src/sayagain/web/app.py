"""The ASGI application: the same checks before every endpoint, and a problem document for every error."""

import re
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, closing, nullcontext
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayagain.errors import StoreError
from sayagain.web.access import Access
from sayagain.web.console.routes import Console, console_routes
from sayagain.web.endpoint import JSON, Asked, Endpoint, Parameter
from sayagain.web.endpoints import ENDPOINTS
from sayagain.web.log import LOG
from sayagain.web.openapi import openapi
from sayagain.web.problem import Refusal, problem_response
from sayagain.web.service import Service

__all__ = ["MAX_CONCURRENT", "application"]

MAX_CONCURRENT = 512
"""Concurrent requests in one worker; the service answers 503 to further ones at once, so that no assistant waits.

A request counts once its body is there, so that slow clients keep nobody out; `/healthz` and `/readyz` never count."""

_DISCARDED = 16
"""How many times the limit of a body is read and thrown away before the answer that it is too long: a client that is
still sending may never see an earlier answer, and would send the same again."""

_REQUEST_ID = re.compile(r"[\w.:=+/-]{1,128}", re.ASCII)

_encode = msgspec.json.Encoder().encode


def application(service: Service, access: Access, *, body_limit: int) -> ASGIApp:
    """Return the application of one worker; its lifespan runs the service.

    Args:
        service: the service that answers.
        access: the access control.
        body_limit: longest request body, in bytes.
    """
    document = _encode(openapi(ENDPOINTS))

    async def describe(_: Request) -> Response:
        return Response(document, media_type="application/vnd.oai.openapi+json;version=3.1")

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        with service.running(), closing(console):
            yield

    slots = _Slots()
    console = Console(service, access)
    routes = [_route(endpoint, service, access, body_limit, slots) for endpoint in ENDPOINTS]
    # The router alone: Starlette's middleware would answer errors in its own format. No redirect to a path with or
    # without a final slash: a second spelling of a path would be a second name in the log.
    inner = Router(
        [*routes, Route("/openapi.json", describe, name="openapi"), *console_routes(console)],
        lifespan=lifespan,
        redirect_slashes=False,
    )
    return _RequestHandling(inner, service)


class _Slots:
    """The requests that run at once."""

    def __init__(self) -> None:
        self._running = 0

    def __enter__(self) -> None:
        if self._running >= MAX_CONCURRENT:
            raise Refusal(503, f"{MAX_CONCURRENT} requests are running already", headers={"Retry-After": "1"})
        self._running += 1

    def __exit__(self, *_: object) -> None:
        self._running -= 1


def _route(endpoint: Endpoint, service: Service, access: Access, body_limit: int, slots: _Slots) -> Route:
    in_path = {parameter.name: parameter for parameter in endpoint.parameters if parameter.where == "path"}
    in_query = {parameter.name: parameter for parameter in endpoint.parameters if parameter.where == "query"}

    async def answer(request: Request) -> Response:
        headers = request.headers
        peer = request.client.host if request.client is not None else ""
        token = await access.admit(headers, peer, endpoint.scope)
        query = request.query_params.multi_items() if request.url.query else []
        arguments = {
            **_parse(in_path, [(name, str(value)) for name, value in request.path_params.items()], 404),
            **_parse(in_query, query, 422),
        }
        body = await _body(request, endpoint, body_limit)
        # Whoever supervises the service must see that it is alive but busy.
        with slots if endpoint.scope is not None else nullcontext():
            result = await endpoint.call(
                Asked(service=service, token=token, given=arguments, body=body, headers=headers)
            )
        content = result if isinstance(result, bytes) else _encode(result)
        return Response(content, media_type=endpoint.media_type)

    path = endpoint.path
    for name in in_path:
        # A turn id may contain slashes.
        path = path.replace(f"{{{name}}}", f"{{{name}:path}}") if name == "turn_id" else path
    return Route(path, answer, methods=[endpoint.method], name=endpoint.name)


def _parse(parameters: Mapping[str, Parameter], texts: Iterable[tuple[str, str]], status: int) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for name, text in texts:
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise Refusal(status, f"unknown parameter {name!r}; the parameters are: {known}")
        if name in arguments:
            raise Refusal(status, f"{name} is given twice; expected it once")
        try:
            arguments[name] = msgspec.convert(text, parameters[name].type, strict=False)
        except msgspec.ValidationError as error:
            raise Refusal(status, f"{name} is {text!r}: {str(error)[0].lower()}{str(error)[1:]}") from None
    for name, parameter in parameters.items():
        if name not in arguments:
            if parameter.default is ...:
                raise Refusal(status, f"{name} is missing")
            arguments[name] = parameter.default
    return arguments


async def _body(request: Request, endpoint: Endpoint, limit: int) -> bytes:
    if endpoint.body is None:
        return b""
    length = request.headers.get("content-length", "")
    is_too_long = length.isdecimal() and int(length) > limit
    if is_too_long and "expect" in request.headers:
        raise _too_long(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        is_too_long = is_too_long or size > limit
        if size > _DISCARDED * limit:
            break
        if not is_too_long:
            parts.append(part)
    if is_too_long:
        raise _too_long(limit)
    body = b"".join(parts)
    if not body and not endpoint.body_required:
        return body
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        # This also blocks forms on other sites: before a browser sends JSON across origins, it asks the server.
        raise Refusal(415, f"Content-Type is {kind!r}; expected {JSON}")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "the body is compressed; expected an uncompressed body")
    return body


def _too_long(limit: int) -> Refusal:
    # A rest of the body may stay unread, so the connection cannot be used again.
    return Refusal(413, f"the body is longer than {limit:,} bytes", headers={"Connection": "close"})


def _as_refusal(error: Exception, method: str, request_id: str, service: Service) -> Refusal:
    """Return the refusal that answers an error; log the error if it is unexpected."""
    match error:
        case Refusal():
            return error
        case HTTPException():
            allowed = (error.headers or {}).get("Allow", "")
            detail = {
                404: "there is no such path; /openapi.json lists all paths",
                405: f"{method} is not allowed here; allowed: {allowed}",
            }.get(error.status_code, error.detail)
            return Refusal(error.status_code, detail, headers=error.headers)
        case StoreError():
            LOG.error("the store failed", extra={"fields": {"request_id": request_id, "why": str(error)}})
            return Refusal(503, f"the store failed: {service.public_reason(error)}", headers={"Retry-After": "1"})
    LOG.error("internal error", exc_info=error, extra={"fields": {"request_id": request_id}})
    return Refusal(500, "internal error; the service's log has details under this request id")


class _RequestHandling:
    """The handling of every request: its id, its duration, its log line, and the answer to an error."""

    def __init__(self, inner: ASGIApp, service: Service) -> None:
        self._inner = inner
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        start = time.perf_counter()
        request_id = _request_id(scope)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            # With an application in the scope, the router raises what it cannot serve.
            scope["app"] = self
            await self._inner(scope, receive, send_with_id)
        except ClientDisconnect:
            status = 499
        except Exception as error:  # noqa: BLE001  (every error is answered)
            refusal = _as_refusal(error, scope["method"], request_id, self._service)
            # A response that has started cannot be replaced.
            if not status:
                await problem_response(refusal, request_id)(scope, receive, send_with_id)
        finally:
            self._count(scope, request_id, status, time.perf_counter() - start)

    def _count(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        route = scope.get("route")
        name = route.name if isinstance(route, Route) else "unknown"
        self._service.metrics.request(name, status, seconds)
        if LOG.isEnabledFor(20):
            fields = {
                "request_id": request_id,
                "method": scope["method"],
                "endpoint": name,
                "status": status,
                "ms": round(seconds * 1000, 3),
            }
            LOG.info("request", extra={"fields": fields})


def _request_id(scope: Scope) -> str:
    """Return the id sent with a request, if it is safe to log; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            sent: str = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(sent):
                return sent
    return uuid.uuid4().hex
