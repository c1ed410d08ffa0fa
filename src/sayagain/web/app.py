"""The application: each endpoint behind the same checks, and every answer from 400 on a problem."""

import re
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sayagain.errors import StoreError
from sayagain.web.access import Access
from sayagain.web.endpoint import JSON, Asked, Endpoint
from sayagain.web.endpoints import ENDPOINTS
from sayagain.web.log import LOG
from sayagain.web.openapi import openapi
from sayagain.web.problem import Refusal, problem_response
from sayagain.web.service import Service

__all__ = ["MOST_AT_ONCE", "application"]

MOST_AT_ONCE = 512
"""Requests under way in one worker; beyond it the service says 503 at once, so that an assistant need not wait."""

_REQUEST_ID = re.compile(r"[\w.:=+/-]{1,128}", re.ASCII)

_encode = msgspec.json.Encoder().encode


def application(service: Service, access: Access, *, body_limit: int) -> ASGIApp:
    """Return the application of one worker; its lifespan runs the service.

    Args:
        service: what answers.
        access: who is let in.
        body_limit: the longest body that is read, in bytes.
    """
    document = _encode(openapi(ENDPOINTS))

    async def described(_: Request) -> Response:
        return Response(document, media_type="application/vnd.oai.openapi+json;version=3.1")

    @asynccontextmanager
    async def lifespan(_: object) -> AsyncIterator[None]:
        with service.running():
            yield

    routes = [_route(each, service, access, body_limit) for each in ENDPOINTS]
    # The router alone: what Starlette wraps around it would answer errors in its own way. A path is what is written in
    # the endpoint; a second spelling of it would be a second name in the log.
    inner = Router(
        [*routes, Route("/openapi.json", described, name="openapi")], lifespan=lifespan, redirect_slashes=False
    )
    return _Door(inner, service)


def _route(endpoint: Endpoint, service: Service, access: Access, body_limit: int) -> Route:
    in_path = {each.name: each for each in endpoint.parameters if each.where == "path"}
    in_query = {each.name: each for each in endpoint.parameters if each.where == "query"}

    async def answer(request: Request) -> Response:
        headers = request.headers
        peer = request.client.host if request.client is not None else ""
        await access.admit(headers, peer, endpoint.scope)
        query = request.query_params.multi_items() if request.url.query else []
        given = {
            **_read(in_path, [(name, str(value)) for name, value in request.path_params.items()], 404),
            **_read(in_query, query, 422),
        }
        body = await _body(request, endpoint, body_limit)
        found = await endpoint.call(Asked(service=service, given=given, body=body, headers=headers))
        content = found if isinstance(found, bytes) else _encode(found)
        return Response(content, media_type=endpoint.media_type)

    path = endpoint.path
    for name in in_path:
        # The id of a turn may hold slashes.
        path = path.replace(f"{{{name}}}", f"{{{name}:path}}") if name == "turn_id" else path
    return Route(path, answer, methods=[endpoint.method], name=endpoint.name)


def _read(parameters: Mapping[str, Any], given: Iterable[tuple[str, str]], status: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, text in given:
        if name not in parameters:
            there = ", ".join(parameters) or "none"
            raise Refusal(status, f"there is no parameter {name!r}; there are: {there}")
        if name in found:
            raise Refusal(status, f"{name} is given twice; expected it once")
        try:
            found[name] = msgspec.convert(text, parameters[name].type, strict=False)
        except msgspec.ValidationError as error:
            raise Refusal(status, f"{name} is {text!r}: {str(error)[0].lower()}{str(error)[1:]}") from None
    for name, parameter in parameters.items():
        if name not in found:
            if parameter.default is ...:
                raise Refusal(status, f"{name} is missing")
            found[name] = parameter.default
    return found


async def _body(request: Request, endpoint: Endpoint, limit: int) -> bytes:
    if endpoint.body is None:
        return b""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > limit:
        raise _too_long(limit)
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > limit:
            raise _too_long(limit)
        parts.append(part)
    body = b"".join(parts)
    if not body and not endpoint.body_required:
        return body
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != JSON:
        # Also what keeps a form on another site's page out: a browser asks first before it sends JSON.
        raise Refusal(415, f"Content-Type is {kind!r}; expected {JSON}")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "the body is compressed; expected it plain")
    return body


def _too_long(limit: int) -> Refusal:
    # The rest of the body is not read, so nothing else can be asked on this connection.
    return Refusal(413, f"the body is longer than {limit:,} bytes", headers={"Connection": "close"})


def _as_refusal(error: Exception, method: str, request_id: str) -> Refusal:
    """Return an error as what is answered; what nobody expected goes into the log."""
    match error:
        case Refusal():
            return error
        case HTTPException():
            possible = (error.headers or {}).get("Allow", "")
            detail = {
                404: "there is nothing here; /openapi.json lists what there is",
                405: f"{method} is not possible here; possible: {possible}",
            }.get(error.status_code, error.detail)
            return Refusal(error.status_code, detail, headers=error.headers)
        case StoreError():
            LOG.error("the store does not answer", extra={"fields": {"request_id": request_id, "why": str(error)}})
            return Refusal(503, f"the store does not answer: {error}", headers={"Retry-After": "1"})
    LOG.error("a fault of the service", exc_info=error, extra={"fields": {"request_id": request_id}})
    return Refusal(500, "a fault of the service; its log has more under the id of this request")


class _Door:
    """What every request passes on its way in and out: its id, the clock, the log, and what becomes of errors."""

    def __init__(self, inner: ASGIApp, service: Service) -> None:
        self._inner = inner
        self._service = service
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = _request_id(scope)
        status = 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        self._under_way += 1
        try:
            if self._under_way > MOST_AT_ONCE:
                busy = f"{MOST_AT_ONCE} requests are under way already"
                raise Refusal(503, busy, headers={"Retry-After": "1"})  # noqa: TRY301  (answered as all others are)
            # Lets the router raise what it cannot serve.
            scope["app"] = self
            await self._inner(scope, receive, tell)
        except ClientDisconnect:
            status = 499
        except Exception as error:  # noqa: BLE001  (whatever it is, it is answered)
            refusal = _as_refusal(error, scope["method"], request_id)
            # What has begun cannot be taken back.
            if not status:
                await problem_response(refusal, request_id)(scope, receive, tell)
        finally:
            self._under_way -= 1
            self._count(scope, request_id, status, time.perf_counter() - began)

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
    """Return the id that came with a request, if it is fit for a log; else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            given: str = value.decode("latin-1")
            if _REQUEST_ID.fullmatch(given):
                return given
    return uuid.uuid4().hex
