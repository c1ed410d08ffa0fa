"""The attachment: agent, observer and nightly learning of one Home Assistant, from start to stop."""

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
from sayagain.assistants.homeassistant.admitted_peers import AdmittedPeers
from sayagain.assistants.homeassistant.agent import Agent, Mode
from sayagain.assistants.homeassistant.agent_server import PORT, AgentServer
from sayagain.assistants.homeassistant.announce import Announcement, own_address
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.asr_proxy import AsrProxy, sound_judge
from sayagain.assistants.homeassistant.cold_start.protocol import ColdStartSource
from sayagain.assistants.homeassistant.context_states import ContextStates
from sayagain.assistants.homeassistant.custom_sentences import MIN_PROBABILITY, aliases, custom_sentences
from sayagain.assistants.homeassistant.install import add_agent
from sayagain.assistants.homeassistant.observer.events import Event
from sayagain.assistants.homeassistant.observer.observer import Observer
from sayagain.assistants.homeassistant.observer.spool import Spool
from sayagain.assistants.homeassistant.publish import publish
from sayagain.errors import SayagainError, ServiceError
from sayagain.learner import Learner
from sayagain.learner.nightly_learning import learn_and_promote, repeat_daily

__all__ = ["Attachment", "AttachmentOptions"]

_log = logging.getLogger(__name__)

_REFRESH = 5.0
"""Pause of the cold start between two reads of a changing home, in seconds: changes come in bursts."""


class AttachmentOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of an attachment."""

    url: str
    """Address of Home Assistant."""
    token: str
    """A long-lived access token."""
    spool: str
    """The file of the spool, which keeps turns until the front takes them."""
    mode: Mode = "forward"
    """Kind of answer to Home Assistant."""
    host: str | None = None
    """Address to listen on; by default the address by which this machine reaches Home Assistant."""
    port: int = PORT
    """Port to listen on."""
    admit: tuple[str, ...] = ()
    """Addresses and networks that may connect besides Home Assistant."""
    asr: str | None = None
    """Address of a recogniser to proxy, `tcp://host:port`."""
    config: Path | None = None
    """Home Assistant's configuration folder, for custom sentences."""
    learn_at: time = time(3)
    """Time of day to learn."""


class Attachment:
    """An attachment to one Home Assistant, as an async context manager.

    Args:
        options: the settings.
        front: decides and logs turns.
        learner: learns at night; None if another process does.
        cold_start: decides before anything is learnt; None for no such help.
        report: called with a sentence at each step.
        record: called with each event of the observer, for a log that `HomeAssistantLog` reads.

    Raises:
        ServiceError: on entering: Home Assistant cannot be reached, or rejects the token.
        SettingError: an address is invalid, or the agent cannot listen on it.
    """

    def __init__(
        self,
        options: AttachmentOptions,
        front: Front,
        *,
        learner: Learner | None = None,
        cold_start: ColdStartSource | None = None,
        report: Callable[[str], None] = _log.info,
        record: Callable[[Event], None] | None = None,
    ) -> None:
        self._record = record
        self._options = options
        self._front = front
        self._learner = learner
        self._cold_start = cold_start
        self._report = report
        self._closing = AsyncExitStack()
        self._tasks: list[asyncio.Task[None]] = []
        self._home_changed = asyncio.Event()
        self.agent: str | None = None
        """Id of the agent in Home Assistant; None if it could not be added."""
        self.port = options.port
        """Port of the agent."""

    async def __aenter__(self) -> Self:
        """Attach to Home Assistant."""
        try:
            await self._attach()
        except BaseException:
            await self._closing.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        """Detach; unfinished turns stay on disk."""
        await self._closing.aclose()

    async def learn_overnight(self) -> None:
        """Learn, promote, and publish custom sentences if the configuration folder is known."""
        if self._learner is None:
            return
        try:
            self._report(await asyncio.to_thread(learn_and_promote, self._learner))
            if self._options.config is not None:
                await self._publish(self._learner, self._options.config)
        except (SayagainError, OSError) as error:
            self._report(f"nightly learning failed: {error}")

    async def _attach(self) -> None:
        options = self._options
        home = await self._closing.enter_async_context(HomeAssistant(options.url, options.token))
        self._home = home
        rooms = AreaRegistry()
        await rooms.follow(home)
        spool = Spool(options.spool, self._front)
        self._closing.callback(self._close_spool, spool)
        observer = Observer(home, rooms, spool, record=self._record)
        front = self._closing.enter_context(FailOpen(self._front))
        agent = Agent(
            home,
            front,
            rooms,
            observer.add_answer,
            mode=options.mode,
            cold_start=self._cold_start,
            states=ContextStates(home),
        )
        address = urlsplit(options.url)
        port = address.port or (443 if address.scheme == "https" else 80)
        own_host = own_address(address.hostname or "", port)
        listen_host = options.host or own_host
        asr = AsrProxy(options.asr, observer.take, sound=sound_judge()) if options.asr is not None else None
        peers = AdmittedPeers(address.hostname or "", options.admit)
        server = AgentServer(agent, host=listen_host, port=options.port, mode=options.mode, asr=asr, peers=peers)
        await server.start()
        self._closing.push_async_callback(server.stop)
        self.port = server.port
        self._report(f"the agent listens on {listen_host}:{server.port}")
        reachable_host = own_host if listen_host in {"0.0.0.0", "::"} else listen_host  # noqa: S104  (compared, not listened on)
        announcement = Announcement(reachable_host, server.port)
        self._closing.push_async_callback(announcement.stop)
        try:
            self.agent = await add_agent(home, server, reachable_host)
            self._report(f"Home Assistant {home.version} has the agent {self.agent}; choose it under Voice assistants")
        except ServiceError as error:
            self._report(str(error))
        if await announcement.start():
            self._report("the agent is announced on the network")
        await observer.start()
        self._closing.push_async_callback(observer.stop)
        self._closing.push_async_callback(self._stop_work)
        if self._cold_start is not None:
            rooms.add_listener(self._home_changed.set)
            self._home_changed.set()
            self._tasks.append(asyncio.create_task(self._refresh(self._cold_start)))
        if self._learner is not None:
            self._tasks.append(asyncio.create_task(repeat_daily(options.learn_at, self.learn_overnight)))

    async def _refresh(self, cold_start: ColdStartSource) -> None:
        while True:
            await self._home_changed.wait()
            self._home_changed.clear()
            with suppress(ServiceError):
                await cold_start.refresh(self._home)
            await asyncio.sleep(_REFRESH)

    async def _publish(self, learner: Learner, folder: Path) -> None:
        examples = await asyncio.to_thread(learner.examples, sure=MIN_PROBABILITY)
        files = custom_sentences(examples)
        if not files:
            return
        result = await publish(self._home, files, folder)
        if result.failure is not None:
            self._report(f"the custom sentences were removed again: {result.failure}")
        elif result.understood:
            self._report(f"Home Assistant itself understands {len(result.understood)} more sentences")
        else:
            paths = ", ".join(str(folder / name) for name in files)
            self._report(f"{paths} is not read by Home Assistant; copy it into its configuration folder")
        for name, alternatives in aliases(examples).items():
            self._report(
                f"{name} is also called {', '.join(sorted(alternatives))}; add that as an alias in its settings"
            )

    def _close_spool(self, spool: Spool) -> None:
        spool.close()
        if spool.trouble is not None:
            self._report(f"some turns were not logged: {spool.trouble}")

    async def _stop_work(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
