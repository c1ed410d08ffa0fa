"""The observer: follows Home Assistant live, and after a break reads what it still holds."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.area_registry import AreaRegistry
from sayagain.assistants.homeassistant.install import own_agents
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

_SETTLE_SECONDS = 1.0
"""Seconds between two checks for complete turns."""
_READ_DELAY = 0.3
"""Delay of reading the runs after an event, in seconds."""
_READ_SECONDS = 30.0
"""Seconds between two reads of the runs without an event."""


class Observer:
    """Makes turns of Home Assistant's events and keeps them in the spool.

    Args:
        home: the Home Assistant to follow.
        rooms: areas of devices and satellites.
        spool: keeps the turns.
        record: called with each event, for a log that `HomeAssistantLog` reads.
    """

    def __init__(
        self, home: HomeAssistant, rooms: AreaRegistry, spool: Spool, *, record: Callable[[Event], None] | None = None
    ) -> None:
        self._home = home
        self._rooms = rooms
        self._spool = spool
        self._record = record
        self._assembler = TurnAssembler(spool.is_known)
        self._read_signal = asyncio.Event()
        self._known_run_ids: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def add_answer(self, turn: Turn) -> None:
        """Take in a turn that our own agent answered; it is on disk when this returns."""
        self._spool.hold(turn)
        self.take(AnswerEvent(at=_now(), turn=turn))
        self._read_signal.set()

    def take(self, event: Event) -> None:
        """Take in one event."""
        if self._record is not None:
            self._record(event)
        for assembled_turn in self._assembler.take(event, _now()):
            self._store(assembled_turn)

    async def start(self) -> None:
        """Take up unfinished turns, and follow from now on.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        for turn in self._spool.unfinished_turns():
            self.take(AnswerEvent(at=_now(), turn=turn))
        await self._catch_up()
        await self._home.subscribe("conversation/chat_log/subscribe_index", self._on_chat_index)
        await self._home.subscribe("subscribe_events", self._on_state, event_type="state_changed")
        self._home.add_restore_listener(lambda: self._spawn(self._ignore_failure(self._catch_up())))
        self._rooms.add_listener(lambda: self._spawn(self._ignore_failure(self._read_setup())))
        self._spawn(self._settle_regularly())
        self._spawn(self._follow_runs())

    async def stop(self) -> None:
        """Stop following; unfinished turns stay in the spool until the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def read_runs(self) -> None:
        """Read the runs that Home Assistant holds, the last ten of each pipeline.

        Raises:
            ServiceError: it cannot be reached, or refuses.
        """
        for pipeline in (await self._home.call("assist_pipeline/pipeline/list"))["pipelines"]:
            answer = await self._home.call("assist_pipeline/pipeline_debug/list", pipeline_id=pipeline["id"])
            for run in answer["pipeline_runs"]:
                await self._read_run(pipeline["id"], run["pipeline_run_id"])

    async def _read_run(self, pipeline_id: str, run_id: str) -> None:
        if self._spool.is_known(f"run/{run_id}") or run_id in self._known_run_ids:
            return
        run = await self._home.call(
            "assist_pipeline/pipeline_debug/get", pipeline_id=pipeline_id, pipeline_run_id=run_id
        )
        end_event = next((event for event in run["events"] if event["type"] == "run-end"), None)
        if end_event is None:
            # Read again once it has ended.
            self._read_signal.set()
            return
        self._known_run_ids.add(run_id)
        self.take(RunEvent(at=millis(end_event) or _now(), run_id=run_id, events=run["events"]))

    async def _catch_up(self) -> None:
        await self._read_setup()
        await self.read_runs()

    async def _read_setup(self) -> None:
        """Read which agents are ours, and the areas of devices."""
        self.take(AgentsEvent(at=_now(), ids=tuple(sorted(await own_agents(self._home)))))
        names, rooms = self._rooms.names, self._rooms
        self.take(
            DevicesEvent(
                at=_now(),
                areas={device: names.get(area, area) for device, area in rooms.device_areas.items()},
                satellites=dict(rooms.satellite_devices),
                satellite_areas={satellite: names.get(area, area) for satellite, area in rooms.satellite_areas.items()},
            )
        )

    async def _ignore_failure(self, work: Awaitable[None]) -> None:
        """Do work that a later call repeats if it fails."""
        with contextlib.suppress(ServiceError):
            await work

    def _on_chat_index(self, event: Any) -> None:  # noqa: ANN401  (as JSON gives it)
        data = event.get("data")
        if event.get("event_type") == "initial_state":
            logs = data or []
        elif event.get("event_type") == "created":
            logs = [data["chat_log"]]
        else:
            return
        for log in logs:
            self._spawn(self._follow_chat(log["conversation_id"]))

    async def _follow_chat(self, conversation_id: str) -> None:
        def on_event(event: Any) -> None:  # noqa: ANN401  (as JSON gives it)
            kind, data = event.get("event_type"), event.get("data") or {}
            if kind in {"initial_state", "content_added"}:
                contents = data.get("content") or []
                for content in [contents] if isinstance(contents, dict) else contents:
                    self.take(ChatEvent(at=millis(content) or _now(), conversation_id=conversation_id, content=content))
            if kind == "updated" or (kind == "initial_state" and _ends_with_answer(data)):
                self.take(ChatEndEvent(at=_now(), conversation_id=conversation_id))
            if kind == "deleted":
                self._spawn(_call_all(unsubscribers))
            self._read_signal.set()

        unsubscribers: list[Callable[[], None]] = []
        with contextlib.suppress(ServiceError):
            unsubscribers.append(
                await self._home.subscribe("conversation/chat_log/subscribe", on_event, conversation_id=conversation_id)
            )

    def _on_state(self, event: Any) -> None:  # noqa: ANN401  (as JSON gives it)
        data = event["data"]
        if not data["entity_id"].startswith("assist_satellite."):
            return
        old, new = data.get("old_state") or {}, data.get("new_state") or {}
        at = millis(new.get("last_changed")) or _now()
        self.take(StateEvent(at=at, entity_id=data["entity_id"], old=old.get("state"), new=new.get("state")))
        self._read_signal.set()

    async def _settle_regularly(self) -> None:
        while True:
            await asyncio.sleep(_SETTLE_SECONDS)
            for assembled_turn in self._assembler.settle(_now()):
                self._store(assembled_turn)

    async def _follow_runs(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_READ_SECONDS):
                    await self._read_signal.wait()
            await asyncio.sleep(_READ_DELAY)
            self._read_signal.clear()
            with contextlib.suppress(ServiceError):
                await self.read_runs()

    def _store(self, assembled_turn: AssembledTurn) -> None:
        if assembled_turn.turn is not None:
            self._spool.keep(assembled_turn.turn, previous_id=assembled_turn.previous_id)
        self._spool.mark_known(sorted(assembled_turn.names))

    def _spawn(self, work: Any) -> None:  # noqa: ANN401  (a coroutine)
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _ends_with_answer(log: dict[str, Any]) -> bool:
    """Whether a chat log ends with an answer."""
    contents = log.get("content") or [{}]
    return contents[-1].get("role") == "assistant" and bool(contents[-1].get("content"))


async def _call_all(functions: list[Callable[[], None]]) -> None:
    for function in functions:
        function()


def _now() -> int:
    return time.time_ns() // 1_000_000
