"""A stand-in for the model's side, a front that rewrites what it is told to, and the proxy between them."""

import asyncio
import http.client
import json
import queue
import threading
from contextlib import closing
from urllib.parse import urlsplit

import openai
import pytest
from aiohttp import web

from sayagain.assistants import FailOpen
from sayagain.assistants.openai.proxy import Proxy
from sayagain.runtime import Decision

KEY = "sk-of-nobody-else"


LAMP = [{"role": "system", "content": "You run a home."}, {"role": "user", "content": "lamp of"}]
TOOLS = [{"type": "function", "function": {"name": "light", "parameters": {"type": "object", "properties": {}}}}]


def ask(client, messages=LAMP, **how):
    return client.chat.completions.create(model="m", messages=messages, **how)


def ask_streaming(client, messages=LAMP, **how):
    with client.chat.completions.create(model="m", messages=messages, stream=True, **how) as stream:
        return list(stream)


def post(base, body, path="/chat/completions", **headers):
    """What a client without any library sees: status, headers, body."""
    parts = urlsplit(base)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    connection.request("POST", parts.path + path, body, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


class Front:
    """Rewrites by a table; `hang` has it wait, `broken` has it fail."""

    def __init__(self):
        self.rewrites = {}
        self.asked = []
        self.turns = queue.Queue()
        self.hang = None
        self.broken = False

    def rewrite(self, request):
        self.asked.append(request)
        if self.hang is not None:
            self.hang.wait()
        if self.broken:
            raise OSError("down")
        text = self.rewrites.get(request.request, request.request)
        if text == request.request:
            return Decision(heard=text, text=text, why="nothing is known")
        return Decision(
            heard=request.request, text=text, layer="table", rewrite_id="0123456789ab", release=1, why="known"
        )

    def observe(self, turn, _=None):
        self.turns.put(turn)

    def turn(self):
        return self.turns.get(timeout=20)


class Model:
    """The model's side: keeps what it was sent, and answers what it is told to."""

    def __init__(self):
        self.requests = []
        self.answers = []
        self.left = threading.Event()

    @property
    def seen(self):
        """The messages of the last call."""
        return json.loads(self.requests[-1][2])["messages"]

    async def handle(self, request):
        self.requests.append((request.path_qs, dict(request.headers), await request.read()))
        answer = self.answers.pop(0) if self.answers else whole({"content": "Fine."}, plain=True)
        try:
            return await answer(request)
        except (asyncio.CancelledError, ConnectionResetError):
            self.left.set()
            raise

    def app(self):
        app = web.Application(client_max_size=1 << 30)
        app.router.add_route("*", "/{rest:.*}", self.handle)
        return app


def whole(message, finish="stop", status=200, *, plain=False):
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m-1",
        "choices": [{"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}],
    }

    async def answer(request):
        if not plain and json.loads(await request.read()).get("stream"):
            return await streamed(message, finish)(request)
        return web.json_response(body, status=status, headers={"X-Request-Id": "r-1"})

    return answer


def says(text):
    return whole({"content": text})


def calls(name, arguments, call_id="call_1"):
    call = {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
    return whole({"content": None, "tool_calls": [call]}, "tool_calls")


def error(status, code="some_code"):
    async def answer(_):
        body = {"error": {"message": "no", "type": "some_type", "param": None, "code": code}}
        return web.json_response(body, status=status)

    return answer


def event(delta, finish=None):
    chunk = {
        "id": "chatcmpl-2",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m-1",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"


def pieces(message, finish):
    """The events of a message: words in pieces, arguments of tools too."""
    yield event({"role": "assistant", "content": ""})
    for word in (message.get("content") or "").split(" "):
        yield event({"content": f"{word} "})
    for index, call in enumerate(message.get("tool_calls") or ()):
        function = call["function"]
        yield event({"tool_calls": [{**call, "index": index, "function": {"name": function["name"], "arguments": ""}}]})
        for letter in function["arguments"]:
            yield event({"tool_calls": [{"index": index, "function": {"arguments": letter}}]})
    yield event({}, finish)
    yield b"data: [DONE]\n\n"


def streamed(message, finish="stop"):
    return raw(list(pieces(message, finish)))


def raw(chunks, *, lost=False, hold=None):
    """Chunks as they are; then the connection is lost, or held open."""

    async def answer(request):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        if hold is not None:
            while not hold.is_set():
                await response.write(b": still here\n\n")
                await asyncio.sleep(0.01)
        if lost:
            request.transport.abort()
        return response

    return answer


class Loop:
    """An event loop in a thread of its own, which serves until the test is over."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.runners = []

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def serve(self, app):
        async def start():
            runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            return runner

        return self.kept(self.run(start()))

    def kept(self, runner):
        self.runners.append(runner)
        return runner.addresses[0][1]

    def close(self):
        for runner in reversed(self.runners):
            self.run(runner.cleanup())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def loop():
    with closing(Loop()) as started:
        yield started


@pytest.fixture
def front():
    return Front()


@pytest.fixture
def model():
    return Model()


@pytest.fixture
def proxy(loop, front, model):
    """The base address of the proxy."""
    upstream = f"http://127.0.0.1:{loop.serve(model.app())}/v1"
    with FailOpen(front, deadline=2000) as fail_open:
        port = loop.kept(loop.run(Proxy(upstream, fail_open).run(port=0)))
        yield f"http://127.0.0.1:{port}/v1"


@pytest.fixture
def client(proxy):
    with openai.OpenAI(base_url=proxy, api_key=KEY, max_retries=0) as made:
        yield made
