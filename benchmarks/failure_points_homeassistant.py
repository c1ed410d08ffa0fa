"""Broken requests in a real Home Assistant: the stage that failed, and whether the fix then works.

Needs the server with the integrations `demo` and `automation`: SAYAGAIN_HOMEASSISTANT_URL and
SAYAGAIN_HOMEASSISTANT_TOKEN. Every request is made for real, and logged as the agent logs it; its user says it again in
words that work where there are any. The stage is told by replay (`replay_stage`), and beside it by the shipped isolator
from the log alone. Each fix is made, the request is made again, and the fix is taken back. The requests were written by
the author of the rules; every second one was in view when they were chosen.
"""

import asyncio
import os
import time
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.homeassistant_home import Home
from sayagain.assistants.homeassistant.answers import executed_actions, turn_response
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.fixes.apply_fix import apply_plan, undo_fix
from sayagain.assistants.homeassistant.fixes.fix import FixPlan
from sayagain.assistants.homeassistant.fixes.plan_fix import plan_fix
from sayagain.assistants.homeassistant.resolve import resolve
from sayagain.failures import FailurePoint
from sayagain.learner import Learner
from sayagain.turns import Turn

__all__ = ["measure_homeassistant"]

_STAGES: dict[str, FailurePoint] = {
    "misheard": "asr",
    "unknown_name": "entity_resolution",
    "wrong_room": "entity_resolution",
    "device": "result",
    "impossible": "correct",
}
"""The stage that each cause fails at; what nobody could do is no failure."""

_DAY, _DAYS = 86_400_000, 10
_START = 1_767_225_600_000


class Broken(msgspec.Struct, frozen=True):
    """One broken request."""

    words: str
    """The request."""
    works: str | None = None
    """What its user says next, and works."""
    target: str | None = None
    """The entity that is meant."""


def measure_homeassistant() -> dict[str, Any] | None:
    """Return the share of right stages and of working fixes; None without a server."""
    url, token = (os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}") for name in ("URL", "TOKEN"))
    if not url or not token:
        return None
    text = (Path(__file__).parent / "failure_points_homeassistant.toml").read_text(encoding="utf-8")
    return asyncio.run(_measure(url, token, msgspec.convert(tomllib.loads(text), dict[str, list[Broken]])))


async def _measure(url: str, token: str, causes: Mapping[str, Sequence[Broken]]) -> dict[str, Any]:
    async with HomeAssistant(url, token) as client:
        home = Home(client)
        await home.prepare()
        log = await _Log(client).live(causes)
        isolated = _stages(log)
        marks = [
            await _mark(client, cause, request, isolated.get(request.words, "correct"))
            for cause, requests in causes.items()
            for request in requests
        ]
    figures: dict[str, Any] = {"requests": len(marks), **_figures("all", marks)}
    # Every second request is the development half.
    figures["first_half"] = _figures("first half", marks[::2])
    figures["sealed_half"] = _figures("sealed half", marks[1::2])
    figures["by_cause"] = {cause: _figures(cause, [mark for mark in marks if mark.cause == cause]) for cause in causes}
    return figures


async def _mark(client: HomeAssistant, cause: str, request: Broken, isolated: FailurePoint) -> "Mark":
    plan = await plan_fix(client, request.words, means=request.works, language="en")
    is_repairable = request.works is not None
    works, remark = await _repair(client, request, plan) if is_repairable else (False, "")
    print(f"  {cause:<13} {request.words:<48} {plan.stage:<18} isolator {isolated:<18} {remark}")
    return Mark(
        cause=cause,
        stage=plan.stage == _STAGES[cause],
        isolated=isolated == _STAGES[cause],
        works=works if is_repairable else None,
    )


def _figures(name: str, marks: Sequence["Mark"]) -> dict[str, Any]:
    repairs = [mark.works for mark in marks if mark.works is not None]
    figures = {
        "stage": sum(mark.stage for mark in marks) / len(marks),
        "stage_isolator": sum(mark.isolated for mark in marks) / len(marks),
        "remedy": sum(repairs) / len(repairs) if repairs else None,
    }
    fixed = f", the fix works {sum(repairs)} of {len(repairs)}" if repairs else ""
    print(
        f"homeassistant, {name:<13} {len(marks):>3} requests: stage right {figures['stage']:.3f} by replay, "
        f"{figures['stage_isolator']:.3f} by the isolator alone{fixed}"
    )
    return figures


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one broken request."""

    cause: str
    """Its cause."""
    stage: bool
    """Whether replay found the stage."""
    isolated: bool
    """Whether the shipped isolator did, from the log alone."""
    works: bool | None
    """Whether the request works once it is fixed; None where nothing can be."""


class _Log:
    """Makes requests for real, and returns turns of ten days: the working ones each day, the broken ones once."""

    def __init__(self, client: HomeAssistant) -> None:
        self._client = client
        self._number = 0

    async def live(self, causes: Mapping[str, Sequence[Broken]]) -> list[Turn]:
        requests = [request for cause in causes.values() for request in cause]
        working = sorted({request.works for request in requests if request.works is not None})
        turns = {words: await self._say(words) for words in working}
        log = [
            self._at(turns[words], _START + day * _DAY + number * 900_000)
            for day in range(_DAYS)
            for number, words in enumerate(working)
        ]
        for number, request in enumerate(requests):
            at = _START + _DAYS * _DAY + number * 1_800_000
            log.append(self._at(await self._say(request.words), at))
            if request.works is not None:
                log.append(self._at(turns[request.works], at + 8_000))
        return log

    async def _say(self, words: str) -> Turn:
        answer = await self._client.converse(words, language="en")
        resolved = await resolve(self._client, words, language="en", device_id=None, area_id=None, area=None)
        return Turn(
            turn_id=words,
            started=0,
            request=words,
            assistant="homeassistant",
            device_id="satellite",
            language="en",
            nlu=None if resolved is None else resolved.nlu,
            response=turn_response(answer),
            actions=executed_actions(answer),
        )

    def _at(self, turn: Turn, started: int) -> Turn:
        self._number += 1
        return msgspec.structs.replace(turn, turn_id=f"t{self._number}", started=started, ended=started + 1_000)


def _stages(log: Sequence[Turn]) -> dict[str, FailurePoint]:
    """Return the stage at which each request failed, by its words; those that did not fail are missing."""
    with Learner(":memory:", min_users=1) as learner:
        learner.store.add_turns(list(log))
        causes = learner.failures(limit=len(log)).causes
    return {cause.words: cause.stage for cause in reversed(causes)}


async def _repair(client: HomeAssistant, request: Broken, plan: FixPlan) -> tuple[bool, str]:
    """Return whether the request does what was meant once it is fixed, and the fix."""
    fix = await apply_plan(client, plan)
    if fix is None:
        return False, f"no fix: {plan.sentence}"
    try:
        began = time.time()
        answer = await client.converse(request.words, language="en")
        done = {action.target for action in executed_actions(answer) if action.ok}
        # What a sentence triggers is done by its automation, which the answer does not list.
        is_done = request.target in done or (fix.kind == "sentence" and await _was_said(client, fix.subject, began))
    finally:
        await undo_fix(client, fix)
    return is_done, fix.id


async def _was_said(client: HomeAssistant, automation: str, since: float) -> bool:
    """Return whether an automation has run since a time."""
    for state in await client.get("/api/states"):
        if state["attributes"].get("id") == automation:
            last = state["attributes"].get("last_triggered")
            return last is not None and datetime.fromisoformat(last).timestamp() > since - 1
    return False
