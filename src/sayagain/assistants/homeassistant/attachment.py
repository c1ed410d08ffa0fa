"""The attachment: agent, observer and nights of one Home Assistant, from start to stop."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import time
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import msgspec

from sayagain.assistants.front import FailOpen, Front
from sayagain.assistants.homeassistant.agent import Agent, Mode
from sayagain.assistants.homeassistant.agent_server import PORT, AgentServer
from sayagain.assistants.homeassistant.announce import Announcement, own_address
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.asr_proxy import AsrProxy, sound_judge
from sayagain.assistants.homeassistant.cold_start.protocol import ColdStartSource
from sayagain.assistants.homeassistant.custom_sentences import SURE, aliases, custom_sentences
from sayagain.assistants.homeassistant.install import add_agent
from sayagain.assistants.homeassistant.nightly_learning import every_night, learn_and_promote
from sayagain.assistants.homeassistant.observer.events import Event
from sayagain.assistants.homeassistant.observer.observer import Observer
from sayagain.assistants.homeassistant.observer.spool import Spool
from sayagain.assistants.homeassistant.publish import publish
from sayagain.errors import SayagainError, ServiceError
from sayagain.learner import Learner

__all__ = ["Attachment", "AttachmentOptions"]

_log = logging.getLogger(__name__)

_REFRESH = 5.0
"""Seconds after a change of the home until the cold start reads it again: changes come in bursts."""


class AttachmentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be attached, and how."""

    url: str
    """Of Home Assistant."""
    token: str
    """A long-lived access token."""
    spool: str
    """The file in which turns wait."""
    mode: Mode = "forward"
    """What goes back to Home Assistant."""
    host: str | None = None
    """Where to listen; the address by which this machine reaches Home Assistant when not given."""
    port: int = PORT
    """Likewise."""
    asr: str | None = None
    """A recogniser to stand before, `tcp://host:port`."""
    config: Path | None = None
    """Home Assistant's folder of configuration; custom sentences are written there."""
    learn_at: time = time(3)
    """When to learn, every day."""


class Attachment:
    """Attached while entered.

    Args:
        wanted: what and how.
        front: decides and takes the turns.
        learner: learns at night; None where something else does.
        cold_start: decides before anything is learnt; None for no such help.
        told: told what happens, in sentences.
        record: told of all that the observer hears, for a log that `HomeAssistantLog` reads.

    Raises:
        ServiceError: on entering: Home Assistant cannot be reached, or takes no such token.
        SettingError: an address is none, or cannot be listened on.
    """

    def __init__(
        self,
        wanted: AttachmentOptions,
        front: Front,
        *,
        learner: Learner | None = None,
        cold_start: ColdStartSource | None = None,
        told: Callable[[str], None] = _log.info,
        record: Callable[[Event], None] | None = None,
    ) -> None:
        self._record = record
        self._wanted = wanted
        self._front = front
        self._learner = learner
        self._cold_start = cold_start
        self._told = told
        self._closing = AsyncExitStack()
        self._work: list[asyncio.Task[None]] = []
        self._changed = asyncio.Event()
        self.agent: str | None = None
        """The id by which pipelines of Home Assistant name the agent; None where it could not be added."""
        self.port = wanted.port
        """Where the agent listens."""

    async def __aenter__(self) -> Self:
        """Attach."""
        try:
            await self._attach()
        except BaseException:
            await self._closing.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let go; what is not whole stays on disk."""
        await self._closing.aclose()

    async def night(self) -> None:
        """Learn, promote, and teach Home Assistant itself where its folder is known."""
        if self._learner is None:
            return
        try:
            self._told(await asyncio.to_thread(learn_and_promote, self._learner))
            if self._wanted.config is not None:
                await self._publish(self._learner, self._wanted.config)
        except (SayagainError, OSError) as error:
            self._told(f"the night's learning failed: {error}")

    async def _attach(self) -> None:
        wanted = self._wanted
        home = await self._closing.enter_async_context(HomeAssistant(wanted.url, wanted.token))
        self._home = home
        rooms = AreaRegistry()
        await rooms.follow(home)
        spool = self._closing.enter_context(Spool(wanted.spool, self._front))
        observer = Observer(home, rooms, spool, record=self._record)
        front = self._closing.enter_context(FailOpen(self._front))
        agent = Agent(home, front, rooms, observer.answered, mode=wanted.mode, cold_start=self._cold_start)
        seen_from = urlsplit(wanted.url)
        port = seen_from.port or (443 if seen_from.scheme == "https" else 80)
        own = own_address(seen_from.hostname or "", port)
        listen = wanted.host or own
        asr = AsrProxy(wanted.asr, observer.take, sound=sound_judge()) if wanted.asr is not None else None
        server = AgentServer(agent, host=listen, port=wanted.port, mode=wanted.mode, asr=asr)
        await server.start()
        self._closing.push_async_callback(server.stop)
        self.port = server.port
        self._told(f"the agent listens on {listen}:{server.port}")
        reached = own if listen in {"0.0.0.0", "::"} else listen  # noqa: S104  (compared, not listened on)
        announcement = Announcement(reached, server.port)
        self._closing.push_async_callback(announcement.stop)
        try:
            self.agent = await add_agent(home, server, reached)
            self._told(f"Home Assistant {home.version} knows it as {self.agent}; choose it under Voice assistants")
        except ServiceError as error:
            self._told(str(error))
        if await announcement.start():
            self._told("it is announced on the network")
        await observer.start()
        self._closing.push_async_callback(observer.stop)
        self._closing.push_async_callback(self._stop_work)
        if self._cold_start is not None:
            rooms.when_changed(self._changed.set)
            self._changed.set()
            self._work.append(asyncio.create_task(self._refresh(self._cold_start)))
        if self._learner is not None:
            self._work.append(asyncio.create_task(every_night(wanted.learn_at, self.night)))

    async def _refresh(self, cold_start: ColdStartSource) -> None:
        if self._learner is not None:
            await asyncio.to_thread(_remember, cold_start, self._learner)
        while True:
            await self._changed.wait()
            self._changed.clear()
            with suppress(ServiceError):
                await cold_start.refresh(self._home)
            await asyncio.sleep(_REFRESH)

    async def _publish(self, learner: Learner, folder: Path) -> None:
        learnt = await asyncio.to_thread(learner.examples, sure=SURE)
        files = custom_sentences(learnt)
        if not files:
            return
        published = await publish(self._home, files, folder)
        if published.taken_back is not None:
            self._told(f"custom sentences were taken back: {published.taken_back}")
        elif published.understood:
            self._told(f"Home Assistant itself understands {len(published.understood)} more sentences")
        else:
            written = ", ".join(str(folder / name) for name in files)
            self._told(f"{written} is not read by Home Assistant; put it beneath its folder of configuration")
        for name, others in aliases(learnt).items():
            self._told(f"{name} is also called {', '.join(sorted(others))}; its settings take that as an alias")

    async def _stop_work(self) -> None:
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)


def _remember(cold_start: ColdStartSource, learner: Learner) -> None:
    """Tell what was said to questions before this start."""
    for turn in learner.store.turns():
        if turn.feedback:
            cold_start.observe(turn)
