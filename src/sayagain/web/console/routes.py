"""The routes of the console: who may see what, pages as HTML and as JSON, actions behind a form token, static files."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sayagain.config import home_zone
from sayagain.errors import InputError, LessonError, ReleaseError, StoreError
from sayagain.store import Token, token_digest
from sayagain.web.access import Access
from sayagain.web.console.menu import PAGES
from sayagain.web.console.page import Action, Done, Page, Visit
from sayagain.web.console.snapshots import Snapshots
from sayagain.web.console.templating import render
from sayagain.web.console.texts import Texts, texts_for
from sayagain.web.console.visitor import COOKIE, SESSION_SECONDS, ConsoleSession, Signer, Visitor, form_token
from sayagain.web.problem import Refusal
from sayagain.web.service import Service

__all__ = ["PREFIX", "Console", "console_routes"]

PREFIX = "/console"
"""Path of the console; all its links are relative, so that a proxy may serve it under another one."""

FORM_BYTES = 65_536
"""Longest form."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Without any, a browser would send forms with the origin `null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every answer of the console: nothing inline, nothing from elsewhere."""

_STATIC = Path(__file__).parent / "static"
_MEDIA = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FIRST = PAGES[0].name


class Console:
    """The console of one worker.

    Args:
        service: the service of the worker.
        access: its access control.
    """

    def __init__(self, service: Service, access: Access) -> None:
        self._service = service
        self.access = access
        """The access control."""
        self._snapshots = Snapshots()
        self._signer: Signer | None = None
        self._zone = home_zone(service.learner.settings)

    def close(self) -> None:
        """Stop what runs behind the pages."""
        self._snapshots.close()

    async def signer(self) -> Signer:
        """Return what signs cookies and forms; the key is read from the store once."""
        if self._signer is None:
            self._signer = Signer(await self._service.look(self._service.learner.store.user_key))
        return self._signer

    def refusal(self, error: Refusal | StoreError) -> Refusal:
        """Return an error as it is answered: it names no folder of this machine."""
        if isinstance(error, Refusal):
            return error
        return Refusal(503, f"the store failed: {self._service.public_reason(error)}")

    def session(self, request: Request, signer: Signer) -> ConsoleSession | None:
        """Return the session of a request; None without one that stands."""
        with suppress(ValueError):
            return signer.session(request.cookies.get(COOKIE, ""))
        return None

    async def visitor(self, request: Request, session: ConsoleSession | None) -> Visitor:
        """Return who visits: by the session, or for programs by the header that every endpoint takes."""
        peer = request.client.host if request.client is not None else ""
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        digest = session.digest if session is not None else None
        if kind.lower() == "bearer" and request.method == "GET":
            digest = token_digest(secret.strip())
        return Visitor(token=await self.access.admit_digest(request.headers, peer, digest))

    def visit(self, visitor: Visitor, query: Mapping[str, str]) -> Visit:
        """Return a visit of a page."""
        return Visit(
            learner=self._service.learner,
            speakers=self._service.speakers,
            visitor=visitor,
            snapshots=self._snapshots,
            zone=self._zone,
            query=query,
        )

    async def load(self, page: Page, visit: Visit) -> Any:  # noqa: ANN401  (the record of the page)
        """Return what a page shows.

        Raises:
            Refusal: the visitor may not see it, or it is not there.
        """
        if page.scope is not None and not visit.visitor.may(page.scope):
            raise Refusal(403, f"a token with the scope {page.scope} is required")
        try:
            return await self._service.look(page.load, visit)
        except ReleaseError as error:
            raise Refusal(404, str(error)) from None

    async def act(self, action: Action, visit: Visit) -> Done:
        """Do what a form asks for.

        Raises:
            Refusal: the visitor may not do it, or it cannot be done.
        """
        if not visit.visitor.may(action.scope):
            raise Refusal(403, f"a token with the scope {action.scope} is required")
        try:
            done = await self._service.look(action.run, visit)
        except (InputError, LessonError, ReleaseError) as error:
            raise Refusal(422, str(error)) from None
        self._snapshots.drop(action.drops)
        return done

    def html(
        self, request: Request, template: str, session: ConsoleSession, status: int = 200, **values: object
    ) -> Response:
        """Return a page as an answer, with the cookie of its session."""
        assert self._signer is not None
        texts = texts_for(request.headers.get("accept-language", ""))
        query = dict(request.query_params)
        release = self._service.learner.runtime.decider
        content = render(
            template,
            texts,
            self._zone,
            csrf=form_token(self._signer, session),
            query={name: value for name, value in query.items() if name not in {"notice", "undo"}},
            notice=_notice(texts, query),
            undo=self._signer.read(f"undo {session.nonce}", query.get("undo", "")),
            pages=[page for page in PAGES if page.in_menu],
            here=template,
            zone_name=_zone_name(self._zone),
            release=None if release is None else release.number,
            **values,
        )
        response = Response(content, status, {**HEADERS, "Content-Language": texts.code}, "text/html; charset=utf-8")
        if self.session(request, self._signer) is None:
            self.keep(request, response, session)
        return response

    def keep(self, request: Request, response: Response, session: ConsoleSession) -> None:
        """Set the cookie of a session, on the path of the console wherever a proxy serves it."""
        assert self._signer is not None
        response.set_cookie(
            COOKIE,
            self._signer.sign("session", session),
            max_age=SESSION_SECONDS,
            path=None,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )


def console_routes(console: Console) -> list[Route]:
    """Return the routes of the console.

    Args:
        console: of the worker.
    """

    async def root(_: Request) -> Response:
        return RedirectResponse(f"{PREFIX[1:]}/{_FIRST}", 303, HEADERS)

    routes = [
        Route("/", root, methods=["GET"], name="console"),
        Route(PREFIX, root, methods=["GET"], name="console"),
        Route(f"{PREFIX}/login", _safely(console, _login(console)), methods=["GET", "POST"], name="console_login"),
        Route(f"{PREFIX}/logout", _safely(console, _logout(console)), methods=["POST"], name="console_logout"),
        Route(f"{PREFIX}/static/{{name}}", _static, methods=["GET"], name="console_static"),
    ]
    for page in PAGES:
        name = f"console_{page.name}"
        methods = ["GET", "POST"] if page.actions else ["GET"]
        routes.append(Route(f"{PREFIX}/{page.name}.json", _json(console, page), methods=["GET"], name=name))
        if not page.has_html:
            continue
        routes.append(
            Route(f"{PREFIX}/{page.name}", _safely(console, _page(console, page)), methods=methods, name=name)
        )
    return routes


def _page(console: Console, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        signer = await console.signer()
        session = console.session(request, signer)
        try:
            visitor = await console.visitor(request, session)
        except Refusal as refusal:
            if refusal.status == 401 and request.method == "GET":
                return RedirectResponse(f"login?next={page.name}", 303, HEADERS)
            raise
        if request.method == "POST":
            started, form = await _form(request, signer, session)
            action = next((action for action in page.actions if action.name == form.get("action")), None)
            if action is None:
                raise Refusal(422, f"action is {form.get('action')!r}; the page does not know it")
            done = await console.act(action, console.visit(visitor, form))
            return RedirectResponse(done.location(signer, started), 303, HEADERS)
        model = await console.load(page, console.visit(visitor, dict(request.query_params)))
        started = session or ConsoleSession.start(None)
        return console.html(request, page.name, started, model=model, visitor=visitor)

    return answer


def _json(console: Console, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        session = console.session(request, await console.signer())
        visitor = await console.visitor(request, session)
        model = await console.load(page, console.visit(visitor, dict(request.query_params)))
        headers = (
            HEADERS if page.has_html else {**HEADERS, "Content-Disposition": f'attachment; filename="{page.name}.json"'}
        )
        return Response(msgspec.json.encode(model), headers=headers, media_type="application/json")

    return answer


def _login(console: Console) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        signer = await console.signer()
        session = console.session(request, signer)
        target = request.query_params.get("next", "")
        page = target if any(page.name == target for page in PAGES) else _FIRST
        if request.method == "GET":
            return console.html(request, "login", session or ConsoleSession.start(None), next=page, wrong=False)
        _, form = await _form(request, signer, session)
        digest = token_digest(form.get("token", "").strip())
        peer = request.client.host if request.client is not None else ""
        try:
            token: Token | None = await console.access.admit_digest(request.headers, peer, digest)
        except Refusal as refusal:
            if refusal.status != 401:
                raise
            started = session or ConsoleSession.start(None)
            return console.html(request, "login", started, 401, next=page, wrong=True)
        response = RedirectResponse(page, 303, HEADERS)
        console.keep(request, response, ConsoleSession.start(None if token is None else digest))
        return response

    return answer


def _logout(console: Console) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        signer = await console.signer()
        await _form(request, signer, console.session(request, signer))
        response = RedirectResponse("login", 303, HEADERS)
        console.keep(request, response, ConsoleSession.start(None))
        return response

    return answer


def _safely(
    console: Console, answer: Callable[[Request], Awaitable[Response]]
) -> Callable[[Request], Awaitable[Response]]:
    """Answer a refusal as a page."""

    async def wrapped(request: Request) -> Response:
        try:
            return await answer(request)
        except (Refusal, StoreError) as error:
            refusal = console.refusal(error)
            signer = await console.signer()
            session = console.session(request, signer) or ConsoleSession.start(None)
            return console.html(request, "error", session, refusal.status, refusal=refusal, visitor=None)

    return wrapped


async def _form(
    request: Request, signer: Signer, session: ConsoleSession | None
) -> tuple[ConsoleSession, dict[str, str]]:
    """Return the session and the fields of a form that one of its pages has sent.

    Raises:
        Refusal: 403 where another site may have sent it.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Refusal(415, f"Content-Type is {kind!r}; expected a form")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > FORM_BYTES:
            raise Refusal(413, f"the form is longer than {FORM_BYTES:,} bytes", headers={"Connection": "close"})
        parts.append(part)
    try:
        form = dict(parse_qsl(b"".join(parts).decode(), keep_blank_values=True, max_num_fields=100))
    except ValueError:
        raise Refusal(400, "the form cannot be read") from None
    sent = form.pop("csrf", "")
    if session is None or not hmac.compare_digest(sent.encode(), form_token(signer, session).encode()):
        raise Refusal(403, "the form was not sent by a page of this session; open the page again")
    return session, form


def _notice(texts: Texts, query: Mapping[str, str]) -> str | None:
    key = f"notice.{query.get('notice', '')}"
    return texts(key) if key in texts else None


def _zone_name(zone: object) -> str:
    return str(zone) if zone is not None else "local"


async def _static(request: Request) -> Response:
    path = _STATIC / request.path_params["name"]
    if path.parent != _STATIC or path.suffix not in _MEDIA or not path.is_file():
        raise Refusal(404, "there is no such file")
    headers = {**HEADERS, "Cache-Control": "max-age=3600"}
    return Response(path.read_bytes(), headers=headers, media_type=_MEDIA[path.suffix])
