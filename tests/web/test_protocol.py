"""The HTTP protocol before clients that are slow, endless or many."""

import asyncio
import contextlib
import json

import pytest
import uvicorn
from uvicorn.server import ServerState

from sayagain.web import protocol
from sayagain.web.protocol import Http

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"


async def echo(_, receive, send):
    """Answer with the length of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size, more = size + len(message["body"]), message["more_body"]
    body = str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@contextlib.asynccontextmanager
async def serving(app=echo):
    """Serve on a free port; give what opens a connection."""
    config = uvicorn.Config(app, http=Http, ws="none", lifespan="off", log_config=None, access_log=False)
    config.load()
    state = ServerState()
    server = await asyncio.get_running_loop().create_server(lambda: Http(config, state, {}), "127.0.0.1", 0)
    opened = []

    async def connect():
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        opened.append(writer)
        return reader, writer

    try:
        yield connect
    finally:
        for writer in opened:
            writer.close()
        server.close()


def on_a_connection(dialogue, app=echo):
    """Serve, and hold a dialogue on one connection: `async dialogue(reader, writer)`."""

    async def hold():
        async with serving(app) as connect:
            await dialogue(*await connect())

    asyncio.run(hold())


async def answer(reader):
    """Return the status and the problem, once the connection is closed."""
    head, _, body = (await asyncio.wait_for(reader.read(), 30)).partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["detail"]


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.5)
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.5)


def test_a_header_that_is_never_finished_is_given_up():
    async def half_sent():
        async with serving() as connect:
            waiting = []
            for _ in range(50):
                waiting.append(await connect())
                waiting[-1][1].write(b"GET / HTTP/1.1\r\nHost: local")
            for reader, _ in waiting:
                assert (await answer(reader))[0] == 408

    asyncio.run(half_sent())


def test_a_header_that_trickles_has_no_more_time():
    async def trickling(reader, writer):
        writer.write(b"GET / HTTP/1.1\r\n")
        hypothesis = asyncio.create_task(answer(reader))
        while not hypothesis.done():
            writer.write(b"A: b\r\n")
            await asyncio.sleep(0.01)
        assert (await hypothesis)[0] == 408

    on_a_connection(trickling)


def test_a_connection_that_says_nothing_is_closed():
    async def silent(reader, _):
        assert await asyncio.wait_for(reader.read(), 30) == b""

    on_a_connection(silent)


def test_an_endless_header_is_refused(monkeypatch):
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 60)

    async def endless(reader, writer):
        # No more than makes it refuse: what it leaves unread would reset the connection, and the answer with it.
        writer.write(b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 10_920)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"A: b\r\n" * 10)
        assert await answer(reader) == (431, "the header is longer than 65,536 bytes")

    on_a_connection(endless)


def test_a_body_that_is_never_finished_is_given_up():
    async def slow(reader, writer):
        writer.write(POST + b"x")
        assert await answer(reader) == (408, "the body arrives too slowly")

    on_a_connection(slow)


def test_a_body_that_arrives_steadily_has_the_time_that_it_needs(monkeypatch):
    monkeypatch.setattr(protocol, "_BODY_RATE", 1_000)

    async def steady(reader, writer):
        writer.write(POST)
        for _ in range(20):
            writer.write(b"x" * 5_000)
            await asyncio.sleep(0.03)
        assert await reader.readuntil(b"100000")

    on_a_connection(steady)


def test_an_answer_may_take_longer_than_a_header():
    async def slow(scope, receive, send):
        await asyncio.sleep(1.2)
        await echo(scope, receive, send)

    async def patient(reader, writer):
        for request in (GET, GET + GET, POST + b"x" * 100_000):
            writer.write(request)
            for _ in range(2 if request == GET + GET else 1):
                assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
                assert await reader.read(6)

    on_a_connection(patient, slow)


async def ask(connect):
    """Send a request at once; return the first line of the answer."""
    reader, writer = await connect()
    writer.write(GET)
    line = await asyncio.wait_for(reader.readline(), 30)
    writer.close()
    await writer.wait_closed()
    return line.decode().strip()


@pytest.mark.parametrize(
    "beginning", [b"", b"GET / HTTP/1.1\r\nHost: local", POST + b"x"], ids=["silent", "head", "body"]
)
def test_others_of_an_address_are_served_while_a_slow_client_holds_all_its_connections(monkeypatch, beginning):
    monkeypatch.setattr(protocol.CONNECTIONS, "limit", 20)
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 60)
    monkeypatch.setattr(protocol, "BODY_SECONDS", 60)

    async def crowd():
        async with serving() as connect:
            held = []
            for _ in range(45):
                reader, writer = await connect()
                writer.write(beginning)
                held.append(reader)
            for _ in range(5):
                assert await ask(connect) == "HTTP/1.1 200 OK"
            # The oldest made room, and were told why.
            for reader in held[:25]:
                assert await answer(reader) == (503, "this address has 20 connections already")
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(held[-1].read(), 0.05)

    asyncio.run(crowd())


def test_who_waits_for_an_answer_makes_room_for_nobody(monkeypatch):
    monkeypatch.setattr(protocol.CONNECTIONS, "limit", 3)

    async def answering():
        go_on = asyncio.Event()

        async def slow(scope, receive, send):
            await go_on.wait()
            await echo(scope, receive, send)

        async with serving(slow) as connect:
            busy = [await connect() for _ in range(3)]
            for _, writer in busy:
                writer.write(GET)
            await asyncio.sleep(0.05)
            assert await answer((await connect())[0]) == (503, "this address has 3 connections already")
            go_on.set()
            for reader, _ in busy:
                assert b"200 OK" in await reader.readuntil(b"\r\n\r\n")
            # Now they are idle, and the oldest makes room.
            assert await ask(connect) == "HTTP/1.1 200 OK"

    asyncio.run(answering())


def test_a_closed_connection_counts_no_longer(monkeypatch):
    monkeypatch.setattr(protocol.CONNECTIONS, "limit", 2)

    async def one_after_the_other():
        async with serving() as connect:
            for _ in range(10):
                assert await ask(connect) == "HTTP/1.1 200 OK"

    asyncio.run(one_after_the_other())
    assert not protocol.CONNECTIONS._open
    assert not protocol.CONNECTIONS._waiting


def test_a_client_that_was_answered_by_its_header_alone_is_not_kept():
    async def refuse(_, __, send):
        await send({"type": "http.response.start", "status": 401, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    async def late(reader, writer):
        writer.write(POST)
        assert b"401" in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"x" * 100_000)
        assert await asyncio.wait_for(reader.read(), 30) == b""

    on_a_connection(late, refuse)


def test_an_endless_header_behind_a_body_is_refused(monkeypatch):
    monkeypatch.setattr(protocol, "BODY_SECONDS", 60)

    async def trailers(reader, writer):
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        writer.write(b"1\r\nx\r\n" * 20_000 + b"0\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                writer.write(b"A: b\r\n" * 1_000)
                await writer.drain()
                await asyncio.sleep(0.001)
            assert b" 431 " in await reader.read()
        assert reader.at_eof() or reader.exception()

    on_a_connection(trailers)
