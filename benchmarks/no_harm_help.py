"""Help in each pack's language: requests that Home Assistant does not understand, and what becomes of them.

Misheard (as espeak-ng says them and Whisper base hears them), said in other words, with words left out, and in plain
words that Home Assistant has no sentence for, such as an inflected name.
"""

import random
import tomllib
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from benchmarks.no_harm_templates import home_in
from sayagain.assistants.homeassistant.cold_start.agent_hypothesis import AgentHypothesis
from sayagain.assistants.homeassistant.cold_start.cold_start import ColdStart
from sayagain.assistants.homeassistant.cold_start.home import HomeSnapshot
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle
from sayagain.models import load_encoder
from sayagain.turns import Turn

__all__ = [
    "COUNTS",
    "HELPED_HALVES",
    "HelpRequest",
    "HelpedHalf",
    "help_outcome",
    "help_requests",
    "plain_requests",
    "run_help",
]

HelpedHalf = Literal["development", "sealed"]
HELPED_HALVES: tuple[HelpedHalf, ...] = get_args(HelpedHalf)
"""Halves of the requests: methods, weights and thresholds are chosen on the first alone."""

COUNTS = ("requests", "right", "wrong", "asked", "asked_right", "left", "alone_right")
"""What is counted; `asked_right` is right after a yes, `alone_right` what Home Assistant does without help."""

Kind = Literal["misheard", "plain", "paraphrase", "ellipsis"]

_WRITTEN = Path(__file__).with_name("no_harm_help.toml")
_MISHEARD = Path(__file__).with_name("no_harm_misheard.toml")
_THINGS = 5
"""Things that each paraphrase and each ellipsis is said of."""
_BRIGHTNESS, _DEGREES = (20, 30, 40, 60, 70), (19, 21, 22)
_SWITCHED = ("light", "switch", "fan", "media_player")
_INTENTS = {
    "on": "HassTurnOn",
    "off": "HassTurnOff",
    "open": "HassTurnOn",
    "close": "HassTurnOff",
    "dim": "HassLightSet",
    "place": "HassSetPosition",
    "heat": "HassClimateSetTemperature",
    "room_on": "HassTurnOn",
    "room_off": "HassTurnOff",
    "vacuum": "HassVacuumStart",
    "dock": "HassVacuumReturnToBase",
}
_SAME_INTENTS = {"HassOpenCover": "HassTurnOn", "HassCloseCover": "HassTurnOff"}
_NUMBER = count(1)


class HelpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request and what was meant by it."""

    text: str
    """The words."""
    kind: Kind
    """How it differs from what Home Assistant has a sentence for."""
    half: HelpedHalf
    """Which half it is of."""
    intent: str
    """What is to be done."""
    targets: frozenset[str]
    """To what."""
    number: str | None = None
    """How much."""


def run_help(
    code: str, halves: Sequence[HelpedHalf] = HELPED_HALVES, *, show: bool = False
) -> dict[HelpedHalf, dict[str, int]]:
    """Count what becomes of the requests of a language, alone and with the cold start.

    Args:
        code: of the language.
        halves: of the requests.
        show: print those that are not repaired.
    """
    oracle = Oracle(home_in(code), code)
    cold_start = ColdStart(oracle.home, encoder=load_encoder())
    figures: dict[HelpedHalf, Counter[str]] = {half: Counter() for half in halves}
    kinds: dict[tuple[HelpedHalf, Kind], Counter[str]] = {}
    for request in help_requests(code, oracle):
        if request.half not in figures:
            continue
        decision = cold_start.decide(_turn(request.text, code))
        outcome = help_outcome(request, decision.ask or decision.text, oracle)
        counted = ["requests", outcome if decision.ask is None else "asked"]
        counted += ["asked_right"] if decision.ask is not None and outcome == "right" else []
        counted += ["alone_right"] if help_outcome(request, request.text, oracle) == "right" else []
        figures[request.half].update(counted)
        kinds.setdefault((request.half, request.kind), Counter()).update(counted)
        if show and counted[1:] != ["right"]:
            print(f"  {request.kind} {counted[1]}: “{request.text}” → {decision.ask or decision.text} ({decision.why})")
    for (half, kind), counts in sorted(kinds.items()):
        _print_counts(f"{code} {half} {kind}", counts)
    for half, counts in figures.items():
        _print_counts(f"{code} {half}", counts)
    return {half: {name: counts[name] for name in COUNTS} for half, counts in figures.items()}


def _print_counts(name: str, counts: Counter[str]) -> None:
    print(f"{name:<28}" + "".join(f"{counts[column]:>12}" for column in COUNTS), flush=True)


def help_requests(code: str, oracle: Oracle) -> list[HelpRequest]:
    """Return the requests of a language that Home Assistant does not understand, each once.

    Args:
        code: of the language.
        oracle: reads requests in `home_in(code)`.
    """
    plain = plain_requests(code)
    said = {request.text: request for request in plain}
    heard = (line.partition(" = ") for line in _read(_MISHEARD)[code].splitlines() if line)
    requests = [
        *(msgspec.structs.replace(said[text], text=words, kind="misheard") for words, _, text in heard),
        *plain,
        *_requests(code, "paraphrase", _THINGS),
        *_requests(code, "ellipsis", _THINGS),
    ]
    once = {request.text: request for request in reversed(requests)}
    return [request for request in reversed(once.values()) if not oracle.recognises(request.text)]


def plain_requests(code: str) -> list[HelpRequest]:
    """Return the requests of a language in plain words, each of everything that it can be said of."""
    return list(_requests(code, "plain", None))


def _requests(code: str, kind: Kind, most: int | None) -> Iterator[HelpRequest]:
    """Yield the requests of one kind, each pattern said of so many things at most."""
    written = _read(_WRITTEN)[code]
    home = home_in(code)
    rng = random.Random(f"{code} {kind}")  # noqa: S311  (a draw, and no secret)
    for action, patterns in written[kind].items():
        things = _things(home, written, action)
        for pattern in patterns:
            chosen = things if most is None else rng.sample(things, min(most, len(things)))
            numbers = cycle(_DEGREES if action == "heat" else _BRIGHTNESS)
            for (said, targets), value in zip(chosen, numbers, strict=False):
                number = str(value) if "{v}" in pattern else None
                text = pattern.format(**dict.fromkeys("tlbr", said), v=number)
                is_even = zlib.crc32((text if kind == "plain" else f"{code} {pattern}").encode()) % 2 == 0
                yield HelpRequest(
                    text=text,
                    kind=kind,
                    half=HELPED_HALVES[0 if is_even else 1],
                    intent=_INTENTS[action],
                    targets=targets,
                    number=number,
                )


def _things(home: HomeSnapshot, written: dict[str, Any], action: str) -> list[tuple[str, frozenset[str]]]:
    """Return what an action is done to: how it is called in a request, and the things themselves."""

    def of(*domains: str) -> list[str]:
        # In the order of the file of names, which the numbers in their ids tell.
        ids = [entity.id for entity in home.entities if entity.domain in domains and "garage" not in entity.id]
        return sorted(ids, key=lambda id_: int(id_.rpartition("_")[2]))

    if action.startswith("room"):
        lights = [
            frozenset(entity.id for entity in home.entities if entity.domain == "light" and entity.area == area.id)
            for area in home.areas
        ]
        return [(said, there) for said, there in zip(written["rooms"], lights, strict=True) if there]
    ids, said = {
        "on": (of(*_SWITCHED), written["things"]),
        "off": (of(*_SWITCHED), written["things"]),
        "dim": (of("light"), written["things"]),
        "heat": (of("climate"), cycle([""])),
        "vacuum": (of("vacuum"), cycle([""])),
        "dock": (of("vacuum"), cycle([""])),
    }.get(action, (of("cover"), written["blinds"]))
    return [(name, frozenset({id_})) for id_, name in zip(ids, islice(said, len(ids)), strict=True)]


def help_outcome(request: HelpRequest, text: str, oracle: Oracle) -> str:
    """Return whether words do what was meant: `right`, `wrong`, or `left` where nothing is done."""
    hypothesis = oracle.read(text)
    if hypothesis is None or not hypothesis.targets:
        return "left"
    return "right" if _does(hypothesis, request) else "wrong"


def _does(hypothesis: AgentHypothesis, request: HelpRequest) -> bool:
    frame = hypothesis.frames[0]
    numbers = {f"{value:g}" for value in frame.slots.values() if isinstance(value, int | float)}
    same = (_SAME_INTENTS.get(frame.intent, frame.intent), frame.targets) == (request.intent, request.targets)
    return same and len(hypothesis.frames) == 1 and (request.number is None or request.number in numbers)


@cache
def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _turn(heard: str, code: str) -> Turn:
    number = next(_NUMBER)
    return Turn(turn_id=f"help-{number}", started=2_000_000_000_000 + number * 600_000, request=heard, language=code)
