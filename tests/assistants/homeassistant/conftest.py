"""A stand-in for Home Assistant's interface, for what a real one is seldom asked to do: refuse, hang, and go away.

And the recorded demo home, the oracle over it, and the cold start over both; made once, since each takes a second.
"""

import asyncio
import json
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import WSMsgType, web

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.home import HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.models import load_encoder

TOKEN = "the-token"
DONE = {"response_type": "action_done", "speech": {"plain": {"speech": "Done"}}, "data": {"success": [], "failed": []}}


class StandIn:
    """Answers as told; `commands` maps a kind to a result, an exception's words, or a function of the message."""

    def __init__(self):
        self.commands = {
            "config/area_registry/list": [{"area_id": "bedroom", "name": "Bedroom"}],
            "config/device_registry/list": [{"id": "d1", "area_id": "bedroom"}, {"id": "d2", "area_id": None}],
            "config/entity_registry/list": [],
            "config_entries/get": [],
            "assist_pipeline/pipeline/list": {"pipelines": []},
            "subscribe_events": None,
            "unsubscribe_events": None,
            "conversation/chat_log/subscribe_index": None,
        }
        self.paths = {"/api/conversation/process": lambda _: {"response": DONE, "conversation_id": "c"}}
        self.asked = []
        self.said = []
        self.sockets = set()
        self.greeting = {"type": "auth_required", "ha_version": "2026.11.0"}
        self.subscriptions = []
        self.port = 0

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    async def start(self):
        app = web.Application()
        app.router.add_get("/api/websocket", self.socket)
        app.router.add_route("*", "/{path:.*}", self.rest)
        self.runner = web.AppRunner(app, shutdown_timeout=0)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]

    async def stop(self):
        for websocket in list(self.sockets):
            await websocket.close()
        await self.runner.cleanup()

    async def socket(self, request):
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        self.sockets.add(wire)
        await wire.send_json(self.greeting)
        auth = await wire.receive_json()
        right = auth.get("access_token") == TOKEN
        await wire.send_json({"type": "auth_ok" if right else "auth_invalid", "ha_version": "2026.11.0"})
        async for message in wire if right else ():
            if message.type is WSMsgType.TEXT:
                await self.command(wire, json.loads(message.data))
        self.sockets.discard(wire)
        return wire

    async def command(self, wire, message):
        kind, number = message["type"], message["id"]
        self.asked.append(message)
        if kind not in self.commands:
            error = {"code": "unknown_command", "message": "Unknown command."}
            await wire.send_json({"id": number, "type": "result", "success": False, "error": error})
            return
        reaction = self.commands[kind]
        result = reaction(message) if callable(reaction) else reaction
        if "subscribe" in kind:
            self.subscriptions.append((wire, number, message))
        await wire.send_json({"id": number, "type": "result", "success": True, "result": result})

    async def tell(self, kind, event):
        for wire, number, message in self.subscriptions:
            if message["type"] == kind and not wire.closed:
                await wire.send_json({"id": number, "type": "event", "event": event})

    async def rest(self, request):
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.Response(status=401, text="401: Unauthorized")
        body = await request.json() if request.can_read_body else None
        self.said.append((request.path, body))
        reaction = self.paths.get(request.path)
        if reaction is None:
            return web.Response(status=404, text="404: Not Found")
        answer = reaction(body) if callable(reaction) else reaction
        if asyncio.iscoroutine(answer):
            answer = await answer
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


@pytest.fixture
def standin():
    return StandIn()


@pytest.fixture
def connected(standin):
    """Enter to get a client that is connected to the stand-in."""

    @asynccontextmanager
    async def enter(patience=5_000):
        await standin.start()
        try:
            async with HomeAssistant(standin.url, TOKEN, timeout=patience) as home:
                yield home
        finally:
            await standin.stop()

    return enter


@pytest.fixture
def until():
    async def wait(condition):
        async with asyncio.timeout(20):
            while not condition():  # noqa: ASYNC110  (what is waited for knows nothing of events)
                await asyncio.sleep(0.01)

    return wait


@pytest.fixture(scope="session")
def demo():
    return msgspec.json.decode(Path(__file__).with_name("demo_home.json").read_bytes(), type=HomeSnapshot)


@pytest.fixture(scope="session")
def oracle(demo):
    return Oracle(demo)


@pytest.fixture(scope="session")
def encoder():
    return load_encoder()


@pytest.fixture(scope="session", params=["by sound", "by meaning too"])
def cold_start(request, demo):
    return ColdStart(demo, encoder=request.getfixturevalue("encoder") if request.param == "by meaning too" else None)


@pytest.fixture(scope="session")
def device(demo):
    """A device of a room, by the room's id."""
    return {area: name for name, area in sorted(demo.devices.items(), reverse=True)}
