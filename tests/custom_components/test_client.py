import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web


@pytest.fixture
def module(integration):
    return integration("client")


@asynccontextmanager
async def answering(status, body, *, wait=0.0, seen=None):
    """A service that gives one answer to everything."""

    async def answer(request):
        if seen is not None:
            sent = await request.json() if request.can_read_body else None
            seen.append((request.method, request.path_qs, request.headers.get("Authorization"), sent))
        await asyncio.sleep(wait)
        return web.json_response(body, status=status) if not isinstance(body, str) else web.Response(text=body)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, {"detail": "a token is required"}, "TokenRefused"),
        (403, {"detail": "the scope"}, "ScopeMissing"),
        (403, {"type": "urn:sayagain:foreign-user"}, "RequestRefused"),
        (422, {"detail": "no turn"}, "RequestRefused"),
        (404, {"detail": "no endpoint"}, "ServiceError"),
        (429, {}, "ServiceError"),
        (503, {"detail": "the store failed"}, "ServiceError"),
        (302, {}, "ServiceError"),
        (200, "<html>another service</html>", "ServiceError"),
        (500, ["no object"], "ServiceError"),
    ],
)
def test_each_refusal_is_an_error_of_its_own(module, status, body, error):
    async def story():
        async with answering(status, body) as url, aiohttp.ClientSession() as session:
            with pytest.raises(module.ServiceError) as caught:
                await module.ServiceClient(session, url, "secret").observe([])
        assert type(caught.value).__name__ == error
        assert "secret" not in str(caught.value)

    asyncio.run(story())


def test_a_decision_is_waited_for_until_the_deadline(module):
    async def story():
        async with answering(200, {}, wait=5) as url, aiohttp.ClientSession() as session:
            with pytest.raises(module.ServiceError, match=r"no answer within 0\.05 s"):
                await module.ServiceClient(session, url, None).decide({}, asked=False, deadline=0.05)

    asyncio.run(story())


def test_a_service_that_is_away_is_one_sentence(module):
    async def story():
        async with aiohttp.ClientSession() as session:
            with pytest.raises(module.ServiceError, match=r"^http://127.0.0.1:9 cannot be reached: "):
                await module.ServiceClient(session, "http://127.0.0.1:9/", None).summary()

    asyncio.run(story())


def test_what_is_asked_is_what_the_service_offers(module):
    """Paths and parameters are those of the endpoints; the token goes into the header alone."""
    from sayagain.web.endpoints import ENDPOINTS  # noqa: PLC0415  (numbers are imported with the service)

    seen = []
    answer = {"forgotten": True, "new": True, "causes": [], "phrase": "p"}

    async def story():
        async with answering(200, answer, seen=seen) as url, aiohttp.ClientSession() as session:
            client = module.ServiceClient(session, url, "secret")
            await client.decide({"request": "lamp on"}, asked=True, deadline=5)
            await client.observe([{"turn_id": "t"}])
            await client.teach({"phrase": "p", "means": "m"})
            assert await client.forget("p & q", {"user_id": "ann"})
            await client.taught()
            assert await client.feedback({"turn_id": "t", "kind": "helped", "value": 1.0})
            await client.summary()
            assert await client.failures(days=7, limit=20) == []

    asyncio.run(story())
    offered = {(endpoint.method, endpoint.path): endpoint for endpoint in ENDPOINTS}
    for method, target, authorization, sent in seen:
        path, _, query = target.partition("?")
        endpoint = offered[method, path]
        assert authorization == "Bearer secret"
        names = {pair.partition("=")[0] for pair in query.split("&") if pair}
        assert names <= {parameter.name for parameter in endpoint.parameters}, target
        assert (sent is not None) == (endpoint.body is not None)
    assert len(seen) == 8
