"""Ordinary talk that must teach nothing: how many exchanges it opens, and how many lessons it leaves behind."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.dstc2 import read_calls
from benchmarks.sgd import read_guided
from benchmarks.uss import SETS, read_rated
from sayagain.household import HouseholdAssistant, Replay
from sayagain.household.deeds import Place
from sayagain.household.home import homes
from sayagain.household.oracle import HouseholdOracle
from sayagain.languages import language_pack
from sayagain.runtime import Oracle, Runtime
from sayagain.store import MemoryStore
from sayagain.teaching import LessonOwner, Taught, find_lesson, taught_key
from sayagain.teaching.lesson_tagger import open_tagger
from sayagain.turns import Turn

__all__ = ["negatives", "saif"]

_HOMES, _WEEKS, _SEED = 16, 4, 104
_tagger = cache(open_tagger)

_FAILED_BEFORE_QUESTION = 2
"""Failures of the same words after which a question about them is worth it, as in `runtime/teachable_moment.py`."""


def negatives(data: Path, folder: Path) -> dict[str, Any]:
    """Return, for each set that is there, its turns, exchanges opened and lessons stored, per 1,000 turns.

    Only the household has an oracle; elsewhere nobody can tell what is understood, so more is asked about.

    Args:
        data: folder of the public sets.
        folder: for releases, of which there are none.
    """
    figures = {"household": _household(folder)}
    if (data / "dstc2").is_dir():
        figures["dstc2"] = _count(_in_place(read_calls(data)[0]), folder)
    if (data / "sgd").is_dir():
        figures["sgd"] = _count(_in_place(turn for each in read_guided(data) for turn in each.session.turns), folder)
    if (data / "uss").is_dir():
        rated = (each for name in SETS for each in read_rated(data, name))
        figures["uss"] = _count(_in_place(turn for each in rated for turn in each.session.turns), folder)
    return figures


def saif(data: Path, folder: Path) -> dict[str, Any]:
    """Return which turns of SAIF teach, and whether the later use of what was taught would be recognised.

    SAIF's assistant asks "Would you like to teach me" by itself, and learns from the commands that follow.

    Args:
        data: folder with `saif/pairs.csv`.
        folder: for releases, of which there are none.
    """
    with (data / "saif" / "pairs.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    turns = [
        Turn(turn_id=row["index"], started=1 + 30_000 * number, request=row["first_transcript"], device_id="d")
        for number, row in enumerate(rows)
    ]
    offered = sum("would you like to teach me" in row["agent_response"].lower() for row in rows)
    taught, later, failed_later, recognised = [], 0, 0, 0
    lessons: dict[str, Taught] = {}
    failed: Counter[str] = Counter()
    asked: set[str] = set()
    for row in rows:
        key = taught_key(row["first_transcript"])
        if key in lessons:
            later += 1
            failed_later += row["output"] == "1"
        recognised += find_lesson(row["first_transcript"], lessons.get, language_pack("en")) is not None
        if key not in lessons and row["output"] == "1":
            failed[key] += 1
            asked |= {key} if failed[key] == _FAILED_BEFORE_QUESTION else set()
        marker = 'learning the new command ("'
        if marker in row["agent_response"]:
            phrase = row["agent_response"].partition(marker)[2].partition('")')[0]
            lesson = Taught(user_id="u", phrase=phrase, means="what was taught there", at=0)
            taught.append(lesson.key)
            lessons[lesson.key] = lesson
    return {
        **_count(turns, folder),
        "offers_to_learn": offered,
        "commands_taught": len(taught),
        "said_again_in_the_same_words": later,
        "of_them_failed": failed_later,
        "later_uses_recognised": recognised,
        "would_be_asked_about": len(asked),
        "of_them_taught": len(asked & set(taught)),
    }


def _household(folder: Path) -> dict[str, Any]:
    """Count over weeks of homes in which nobody teaches."""
    assistant = HouseholdAssistant()
    replay = Replay(_SEED, homes=_HOMES, assistant=assistant)
    oracles = {home.id: HouseholdOracle(assistant, Place(home, home.satellites[0])) for home in homes(_SEED, _HOMES)}
    by_home: dict[str, list[Turn]] = {home: [] for home in oracles}
    home = next(iter(by_home))
    for _ in range(_WEEKS):
        for turn in replay.step().turns:
            # The log of a week is home by home, so a turn without a user is of the home before.
            home = (turn.user_id or home).partition(".")[0]
            device = turn.device_id or turn.satellite_id or "d"
            by_home[home].append(Turn(turn_id=turn.turn_id, started=turn.started, request=turn.heard, device_id=device))
    counts = [_count(turns, folder, oracles[home]) for home, turns in by_home.items()]
    return _per_thousand(*(sum(each[name] for each in counts) for name in ("turns", "opened", "stored")))


def _in_place(turns: Iterable[Turn]) -> Iterator[Turn]:
    """Yield turns with a place, a language and times some seconds apart, without what else is known."""
    for number, turn in enumerate(turns, 1):
        where = turn.session_id or turn.conversation_id or turn.turn_id.rpartition("/")[0]
        yield Turn(turn_id=f"t{number}", started=5_000 * number, request=turn.heard, device_id=where, language="en")


def _count(turns: Iterable[Turn], folder: Path, oracle: Oracle | None = None) -> dict[str, Any]:
    store = MemoryStore()
    runtime = Runtime(store, folder)
    runtime.oracle = oracle
    runtime.dialogue.tagger = _tagger()
    count = opened = stored = 0
    for turn in turns:
        count += 1
        decision = runtime.converse(msgspec.structs.replace(turn, user_id=None))
        if decision.reply is not None and decision.reply.endswith("?"):
            opened += 1
            print(f"    {turn.request!r}: {decision.reply}")
        stored = max(stored, len(store.taught([LessonOwner.household(None)])))
    return _per_thousand(count, opened, stored)


def _per_thousand(turns: int, opened: int, stored: int) -> dict[str, Any]:
    scale = 1000 / max(1, turns)
    return {
        "turns": turns,
        "opened": opened,
        "stored": stored,
        "opened_per_1000": opened * scale,
        "false_stores": stored * scale,
    }
