"""The observer: follows what Home Assistant does, live, and after a break takes up what it still holds."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.install import agents
from sayagain.assistants.homeassistant.observer.events import (
    AgentsEvent,
    AnswerEvent,
    ChatEndEvent,
    ChatEvent,
    DevicesEvent,
    Event,
    RunEvent,
    StateEvent,
    millis,
)
from sayagain.assistants.homeassistant.observer.spool import Spool
from sayagain.assistants.homeassistant.observer.turn_assembler import AssembledTurn, TurnAssembler
from sayagain.errors import ServiceError
from sayagain.turns import Turn

__all__ = ["Observer"]

_log = logging.getLogger(__name__)

_TICK = 1.0
"""Seconds between two looks at what is whole."""
_SOON = 0.3
"""Seconds after a sign of life in which the runs are looked at."""
_SELDOM = 30.0
"""Seconds between two looks at the runs when there is no sign of any."""


class Observer:
    """Makes turns of what Home Assistant does and keeps them in the spool.

    Args:
        home: is followed.
        rooms: where devices stand.
        spool: takes the turns.
        record: told of each event, for a log that `HomeAssistantLog` reads.
    """

    def __init__(
        self, home: HomeAssistant, rooms: AreaRegistry, spool: Spool, *, record: Callable[[Event], None] | None = None
    ) -> None:
        self._home = home
        self._rooms = rooms
        self._spool = spool
        self._record = record
        self._gathering = TurnAssembler(spool.seen)
        self._look = asyncio.Event()
        self._following: set[str] = set()
        self._work: set[asyncio.Task[None]] = set()

    def answered(self, turn: Turn) -> None:
        """Take in a turn that our own agent answered; it is on disk when this returns."""
        self._spool.hold(turn)
        self.take(AnswerEvent(at=_now(), turn=turn))
        self._look.set()

    def take(self, event: Event) -> None:
        """Take in one event."""
        if self._record is not None:
            self._record(event)
        for each in self._gathering.take(event, _now()):
            self._keep(each)

    async def start(self) -> None:
        """Take up what is left from before, and follow from now on.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        for turn in self._spool.held():
            self.take(AnswerEvent(at=_now(), turn=turn))
        await self._take_up()
        await self._home.subscribe("conversation/chat_log/subscribe_index", self._index)
        await self._home.subscribe("subscribe_events", self._state, event_type="state_changed")
        self._home.when_restored(lambda: self._spawn(self._again(self._take_up())))
        self._rooms.when_changed(lambda: self._spawn(self._again(self._look_round())))
        self._spawn(self._tick())
        self._spawn(self._follow_runs())

    async def stop(self) -> None:
        """Stop following. What is not whole stays in the spool and is taken up the next time."""
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def look(self) -> None:
        """Read the runs that Home Assistant holds, the last ten of each pipeline.

        Raises:
            ServiceError: it cannot be reached, or refuses.
        """
        for pipeline in (await self._home.call("assist_pipeline/pipeline/list"))["pipelines"]:
            listed = await self._home.call("assist_pipeline/pipeline_debug/list", pipeline_id=pipeline["id"])
            for run in listed["pipeline_runs"]:
                await self._read(pipeline["id"], run["pipeline_run_id"])

    async def _read(self, pipeline_id: str, run_id: str) -> None:
        if self._spool.seen(f"run/{run_id}") or run_id in self._following:
            return
        found = await self._home.call(
            "assist_pipeline/pipeline_debug/get", pipeline_id=pipeline_id, pipeline_run_id=run_id
        )
        over = next((event for event in found["events"] if event["type"] == "run-end"), None)
        if over is None:
            # Under way: it is read when it has ended.
            self._soon()
            return
        self._following.add(run_id)
        self.take(RunEvent(at=millis(over) or _now(), run_id=run_id, events=found["events"]))

    async def _take_up(self) -> None:
        await self._look_round()
        await self.look()

    async def _look_round(self) -> None:
        """Take in which agents are ours, and where devices stand."""
        self.take(AgentsEvent(at=_now(), ids=tuple(sorted(await agents(self._home)))))
        names, rooms = self._rooms.names, self._rooms
        self.take(
            DevicesEvent(
                at=_now(),
                areas={device: names.get(area, area) for device, area in rooms.of_device.items()},
                satellites=dict(rooms.device_of),
                satellite_areas={each: names.get(area, area) for each, area in rooms.of_satellite.items()},
            )
        )

    async def _again(self, work: Awaitable[None]) -> None:
        """Do what a later time may do as well."""
        with contextlib.suppress(ServiceError):
            await work

    def _index(self, event: Any) -> None:  # noqa: ANN401  (as JSON gives it)
        data = event.get("data")
        if event.get("event_type") == "initial_state":
            logs = data or []
        elif event.get("event_type") == "created":
            logs = [data["chat_log"]]
        else:
            return
        for log in logs:
            self._spawn(self._chat(log["conversation_id"]))

    async def _chat(self, conversation_id: str) -> None:
        def told(event: Any) -> None:  # noqa: ANN401  (as JSON gives it)
            kind, data = event.get("event_type"), event.get("data") or {}
            if kind in {"initial_state", "content_added"}:
                contents = data.get("content") or []
                for content in [contents] if isinstance(contents, dict) else contents:
                    self.take(ChatEvent(at=millis(content) or _now(), conversation_id=conversation_id, content=content))
            if kind == "updated" or (kind == "initial_state" and _answered(data)):
                self.take(ChatEndEvent(at=_now(), conversation_id=conversation_id))
            if kind == "deleted":
                self._spawn(_ended(end))
            self._look.set()

        end: list[Callable[[], None]] = []
        with contextlib.suppress(ServiceError):
            end.append(
                await self._home.subscribe("conversation/chat_log/subscribe", told, conversation_id=conversation_id)
            )

    def _state(self, event: Any) -> None:  # noqa: ANN401  (as JSON gives it)
        data = event["data"]
        if not data["entity_id"].startswith("assist_satellite."):
            return
        old, new = data.get("old_state") or {}, data.get("new_state") or {}
        at = millis(new.get("last_changed")) or _now()
        self.take(StateEvent(at=at, entity_id=data["entity_id"], old=old.get("state"), new=new.get("state")))
        self._look.set()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            for each in self._gathering.settle(_now()):
                self._keep(each)

    async def _follow_runs(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SELDOM):
                    await self._look.wait()
            await asyncio.sleep(_SOON)
            self._look.clear()
            with contextlib.suppress(ServiceError):
                await self.look()

    def _soon(self) -> None:
        self._look.set()

    def _keep(self, gathered: AssembledTurn) -> None:
        if gathered.turn is not None:
            self._spool.keep(gathered.turn, instead_of=gathered.instead_of)
        self._spool.note(sorted(gathered.names))

    def _spawn(self, work: Any) -> None:  # noqa: ANN401  (a coroutine)
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)


def _answered(log: dict[str, Any]) -> bool:
    """Whether the last thing in a chat log is an answer."""
    contents = log.get("content") or [{}]
    return contents[-1].get("role") == "assistant" and bool(contents[-1].get("content"))


async def _ended(ends: list[Callable[[], None]]) -> None:
    for end in ends:
        end()


def _now() -> int:
    return time.time_ns() // 1_000_000
