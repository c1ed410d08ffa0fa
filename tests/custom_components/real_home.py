"""A real Home Assistant with its demo home, and a service for it; docs/install.md says how both are named."""

import asyncio
import contextlib
import os
import re
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sayagain import Learner
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError
from sayagain.learner.nightly_learning import learn_and_promote
from sayagain.store import Token, new_secret, token_digest

INTEGRATION = Path(__file__).parents[2] / "custom_components" / "sayagain"
FLOW = "/api/config/config_entries/flow"
OPTIONS = "/api/config/config_entries/options/flow"
ENTRY = "/api/config/config_entries/entry"
DAY = 86_400_000
SCOPES = ("rewrite", "observe", "teach", "read")


def given(name):
    value = os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}")
    if not value:
        pytest.skip(f"SAYAGAIN_HOMEASSISTANT_{name} is not set; see docs/install.md")
    return value


def client():
    return HomeAssistant(given("URL"), given("TOKEN"))


def restart():
    assert subprocess.run(shlex.split(given("RESTART")), check=False).returncode == 0


class Service:
    """The service in a process of its own, on a port that stays the same."""

    def __init__(self, folder, log=()):
        self.db, self.log = folder / "home.db", folder / "service.log"
        with Learner(self.db) as learner:
            self.token = self.add_token(learner, "homeassistant", *SCOPES)
            learner.store.add_turns(log)
            for user in {turn.user_id for turn in log}:
                learner.store.claim_user(user, "home", known=True)
            if log:
                assert learn_and_promote(learner).startswith("release 1 is in use")
        self.port = 0

    @staticmethod
    def add_token(learner, name, *scopes):
        secret = new_secret()
        learner.store.add_token(
            Token(name=name, digest=token_digest(secret), scopes=scopes, created=0, home="home", users=())
        )
        return secret

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        command = [sys.executable, "-m", "sayagain.cli", "serve", "--db", str(self.db), "--port", str(self.port)]
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(command, stderr=log)
        end = time.monotonic() + 60
        while (found := re.search(r'"url":"http://127.0.0.1:(\d+)"', self.log.read_text(encoding="utf-8"))) is None:
            assert time.monotonic() < end, self.log.read_text(encoding="utf-8")
            time.sleep(0.1)
        self.port = int(found[1])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def run(story, timeout=280):
    async def bounded():
        async with asyncio.timeout(timeout):
            async with client() as home:
                await story(home)

    asyncio.run(bounded())


async def until(condition, seconds=60):
    """Wait for something that comes by itself."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(ServiceError):
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.2)


async def entries(home):
    return [entry["entry_id"] for entry in await home.call("config_entries/get", domain="sayagain")]


async def states(home):
    return {state["entity_id"]: state for state in await home.get("/api/states")}


@contextlib.asynccontextmanager
async def set_up(home, service):
    """Set the integration up as a user does, and remove it at the end."""
    flow = await home.post(FLOW, {"handler": "sayagain"})
    result = await home.post(f"{FLOW}/{flow['flow_id']}", {"url": service.url, "token": service.token})
    assert result["type"] == "create_entry", result
    entry = result["result"]["entry_id"]

    async def is_there():
        return await agent(home) in await states(home)

    try:
        await until(is_there)
        yield entry
    finally:
        await home.delete(f"{ENTRY}/{entry}")


async def own_entities(home):
    listed = await home.call("config/entity_registry/list")
    return [entity["entity_id"] for entity in listed if entity["platform"] == "sayagain"]


async def agent(home):
    """The agent of the integration; beside an agent of `sayagain attach` it has another id."""
    return next((entity for entity in await own_entities(home) if entity.startswith("conversation.")), None)


async def say(home, text, conversation="c", **fields):
    return await home.converse(text, agent_id=await agent(home), conversation_id=conversation, **fields)


def kind(answer):
    return answer["response"]["response_type"]


def said(answer):
    return answer["response"]["speech"].get("plain", {}).get("speech", "")


async def is_on(home, entity):
    return (await home.get(f"/api/states/{entity}"))["state"] == "on"


def turns(service):
    with Learner(service.db) as learner:
        return list(learner.store.turns())


async def logged(service, count):
    return await until(lambda: found if len(found := turns(service)) >= count else None)


async def refresh(home):
    await home.post("/api/services/homeassistant/update_entity", {"entity_id": "sensor.sayagain_defect_rate"})


async def issues(home):
    listed = (await home.call("repairs/list_issues"))["issues"]
    return [issue for issue in listed if issue["domain"] == "sayagain"]
