"""Cold start in a real Home Assistant: requests to its demo home by outcome: right, wrong, not understood or asked.

Needs the server: SAYAGAIN_HOMEASSISTANT_URL and SAYAGAIN_HOMEASSISTANT_TOKEN (a long-lived token of an administrator).
Outcomes depend on the states of the home afterwards, not on the words of the response.
"""

import asyncio
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from benchmarks.homeassistant_home import Home
from benchmarks.homeassistant_requests import OUTCOMES, Outcome, Request, half, judge, read_requests
from benchmarks.homeassistant_week import live_a_week, seen
from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.home import read_home
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.errors import SettingError
from sayagain.models import load_encoder
from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["run"]

Decide = Callable[[Turn], Decision]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one request."""

    request: Request
    outcome: Outcome
    acted: bool = False
    """Whether Home Assistant reported an action or an answer."""
    after_yes: Outcome | None = None
    """Outcome after the answer yes to the question; None without a question."""
    changed: bool = False
    """Whether the request was rewritten."""
    milliseconds: float = 0.0
    """Time of the decision."""


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its tables; return the figures for JSON. The folders are not used."""
    del train, test
    url, token = (os.environ.get(f"SAYAGAIN_HOMEASSISTANT_{name}") for name in ("URL", "TOKEN"))
    if not url or not token:
        raise SettingError(
            "the benchmark homeassistant needs a Home Assistant with the integration `demo:`; set "
            "SAYAGAIN_HOMEASSISTANT_URL to its address and SAYAGAIN_HOMEASSISTANT_TOKEN to a token of an administrator"
        )
    return asyncio.run(_run(url, token))


async def _run(url: str, token: str) -> dict[str, Any]:
    requests = read_requests()
    async with HomeAssistant(url, token) as client:
        home = Home(client)
        await home.prepare()
        day = ColdStart(encoder=load_encoder())
        await day.refresh(client)
        ways: dict[str, list[Result]] = {"direct": await _ask_all(home, requests, None)}
        with live_a_week(home, day, requests) as nothing_learnt:
            ways["day_one"] = await _ask_all(home, requests, nothing_learnt.decide)
        agreed = await _agreement(client, home, ways["direct"])
        print(f"the oracle offline agrees with what Home Assistant acted on in {agreed[0]} of {agreed[1]} requests")
        with live_a_week(home, day, requests) as week:
            await week.live()
            print(week.summary)
            ways["week"] = await _ask_all(home, requests, week.decide)
    for part in ("tune", "test"):
        print(f"\nthe {part} half: {sum(half(r) == part for r in requests)} requests")
        _print(ways, lambda request, part=part: half(request) == part)  # type: ignore[misc]
    for name, wanted in (("said in the week", True), ("not said in it", False)):
        print(f"\nthe test half, wordings {name}")
        _print(ways, lambda request, wanted=wanted: half(request) == "test" and seen(request) is wanted)  # type: ignore[misc]
    _print_kinds(ways)
    test_results = [r for r in ways["day_one"] if half(r.request) == "test"]
    delays = np.percentile([result.milliseconds for result in test_results], [50, 99])
    print(f"\nadded by deciding: p50 {delays[0]:.1f} ms, p99 {delays[1]:.1f} ms")
    figures: dict[str, Any] = {
        way: _shares([r for r in results if half(r.request) == "test"]) for way, results in ways.items()
    }
    return {"homeassistant": {**figures, "added_p50_ms": float(delays[0]), "added_p99_ms": float(delays[1])}}


async def _ask_all(home: Home, requests: Sequence[Request], decide: Decide | None) -> list[Result]:
    """Make every request, rewritten by `decide` if given; the home is reset before each."""
    results = []
    for n, request in enumerate(sorted(requests, key=lambda item: item.home)):
        await home.reset(request.home)
        conversation = f"benchmark-{time.time_ns()}-{n}"
        if request.after is not None:
            if decide is not None:
                decide(_turn(home, request, request.after, conversation))
            await home.say(request.after, request, conversation)
        words, milliseconds, changed, question = request.say, 0.0, False, None
        if decide is not None:
            clock = time.perf_counter()
            decision = decide(_turn(home, request, request.say, conversation))
            milliseconds = (time.perf_counter() - clock) * 1000
            words, changed, question = decision.text, decision.changed, decision.ask
        exchange = await home.say(question or words, request, conversation)
        outcome = judge(request, exchange.before, exchange.after, exchange.response)
        results.append(
            Result(
                request=request,
                outcome="asked" if question else outcome,
                acted=exchange.response["response_type"] != "error",
                after_yes=outcome if question else None,
                changed=changed,
                milliseconds=milliseconds,
            )
        )
    return results


def _turn(home: Home, request: Request, words: str, conversation: str) -> Turn:
    return Turn(
        turn_id=f"{conversation}-{words}",
        started=time.time_ns() // 1_000_000,
        request=words,
        assistant="homeassistant",
        user_id="benchmark",
        conversation_id=conversation,
        device_id=home.devices.get(request.spoken_in or ""),
    )


async def _agreement(client: HomeAssistant, home: Home, direct: Sequence[Result]) -> tuple[int, int]:
    entities = await read_home(client)
    oracle = Oracle(entities)
    agreed = 0
    for result in direct:
        room = entities.room(home.devices.get(result.request.spoken_in or ""))
        previous = oracle.read(result.request.after, room) if result.request.after else None
        agreed += (oracle.read(result.request.say, room, previous) is not None) == result.acted
    return agreed, len(direct)


def _shares(results: Sequence[Result]) -> dict[str, float]:
    counts = Counter(result.outcome for result in results)
    return {outcome: counts[outcome] / max(len(results), 1) for outcome in OUTCOMES}


def _print(ways: Mapping[str, Sequence[Result]], is_wanted: Callable[[Request], bool]) -> None:
    print(
        f"{'':<10}{'right':>8}{'wrong':>8}{'not und.':>10}{'asked':>8}   after a yes: right, wrong; spoilt by a rewrite"
    )
    for way, results in ways.items():
        chosen = [result for result in results if is_wanted(result.request)]
        shares = _shares(chosen)
        direct = {id(result.request): result.outcome for result in ways["direct"]}
        spoilt = sum(
            result.changed and direct.get(id(result.request)) == "right" and result.outcome != "right"
            for result in chosen
        )
        yes = Counter(result.after_yes for result in chosen)
        print(
            f"{way:<10}{shares['right']:>8.1%}{shares['wrong']:>8.1%}{shares['not_understood']:>10.1%}"
            f"{shares['asked']:>8.1%}   {yes['right']}, {yes['wrong']}; spoilt {spoilt}"
        )


def _print_kinds(ways: Mapping[str, Sequence[Result]]) -> None:
    print("\nby kind, both halves: right / wrong / not understood / asked")
    kinds: dict[str, dict[str, Counter[Outcome]]] = defaultdict(dict)
    for way, results in ways.items():
        for result in results:
            kinds[result.request.kind].setdefault(way, Counter())[result.outcome] += 1
    for kind, by_way in kinds.items():
        cells = [" / ".join(f"{counts[outcome]:>2}" for outcome in OUTCOMES) for counts in by_way.values()]
        print(f"{kind:<13}" + "   ".join(f"{way} {cell}" for way, cell in zip(by_way, cells, strict=True)))
