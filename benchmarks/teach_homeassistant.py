"""Lessons in a real Home Assistant: spoken, confirmed, and used on the next request, which its demo home carries out.

Needs the server with the integration `demo`: SAYAGAIN_HOMEASSISTANT_URL and SAYAGAIN_HOMEASSISTANT_TOKEN. The cold
start tells what Home Assistant understands, as in the agent. Wordings and phrases are those of the development half;
what is measured is whether the home does what the lesson means.
"""

import asyncio
import os
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from benchmarks.homeassistant_home import Home
from benchmarks.teach_episodes import START, WORDINGS, listed_phrases
from sayagain.assistants.homeassistant.answers import executed_actions
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.runtime import Decision, Runtime
from sayagain.store import MemoryStore
from sayagain.turns import Turn

__all__ = ["teach_homeassistant"]

LESSONS = 40
"""Lessons that are taught; every fourth has two steps."""


def teach_homeassistant() -> dict[str, Any] | None:
    """Return how many lessons were kept and did what they mean on the next request; None without a server."""
    url, token = (os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}") for name in ("URL", "TOKEN"))
    if not url or not token:
        return None
    return asyncio.run(_teach(url, token))


async def _teach(url: str, token: str) -> dict[str, Any]:
    causes = tomllib.loads((Path(__file__).parent / "failure_points_homeassistant.toml").read_text(encoding="utf-8"))
    requests = sorted({entry["works"] for entries in causes.values() for entry in entries if "works" in entry})
    wordings, phrases = WORDINGS["dev"]["lessons"], listed_phrases(WORDINGS["dev"], "phrases")
    kept = right = 0
    async with HomeAssistant(url, token) as client:
        await Home(client).prepare()
        cold_start = ColdStart()
        await cold_start.refresh(client)
        with tempfile.TemporaryDirectory() as folder:
            runtime = Runtime(MemoryStore(), Path(folder))
            runtime.oracle = cold_start
            for number in range(LESSONS):
                steps = [requests[number % len(requests)]]
                if number % 4 == 3:
                    steps.append(requests[(number + 7) % len(requests)])
                lesson = wordings[number % len(wordings)].format(phrase=phrases[number], means=" and ".join(steps))
                now = START + number * 600_000
                await asyncio.to_thread(_say, runtime, lesson, now)
                answer = await asyncio.to_thread(_say, runtime, "yes", now + 5_000)
                is_kept = (answer.reply or "").startswith("All right.")
                used = await asyncio.to_thread(_say, runtime, phrases[number], now + 10_000)
                wanted = [await _done(client, step) for step in steps]
                done = [await _done(client, step) for step in used.steps or (used.ask or used.text,)]
                kept += is_kept
                # What opens the house is asked about each time; the user says yes.
                right += (used.changed or used.ask is not None) and done == wanted
                if done != wanted:
                    print(f"  {lesson!r}: {used.steps or used.text!r}")
    print(f"homeassistant, {LESSONS} lessons: kept {kept}, next request right {right}")
    return {"lessons": LESSONS, "completed": kept / LESSONS, "next_turn": right / LESSONS}


def _say(runtime: Runtime, words: str, now: int) -> Decision:
    turn = Turn(turn_id=f"t{now}", started=now, request=words, device_id="satellite", language="en")
    return runtime.converse(turn, takes_steps=True)


async def _done(client: HomeAssistant, words: str) -> list[tuple[str, bool]]:
    """Return what Home Assistant does for words."""
    answer = await client.converse(words, language="en")
    return sorted((action.target, action.ok) for action in executed_actions(answer))
