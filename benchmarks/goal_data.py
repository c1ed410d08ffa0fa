"""Goals and defects as each source tells them, in one form."""

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.dstc2 import material, read_calls
from benchmarks.frames_data import read_surveyed
from benchmarks.sgd import read_guided
from sayagain.household import Replay
from sayagain.household.goal_truth import goal_truth
from sayagain.labels.judge.training.train_judge import SessionTargets
from sayagain.turns import sessions

__all__ = ["SOURCES", "read_household", "read_told"]


def read_told(name: str, folder: Path) -> list[SessionTargets]:
    """Read one of `SOURCES` below a folder."""
    return SOURCES[name](folder)


def read_household(*, seed: int, homes: int, weeks: int) -> list[SessionTargets]:
    """Let homes live some weeks and tell the truth about them."""
    replay = Replay(seed, homes=homes)
    found = []
    for _ in range(weeks):
        week = replay.step()
        for one in goal_truth(week.turns, week.truths):
            last = [*one.starts[1:], True]
            found.append(
                SessionTargets(
                    session=one.session, defect=one.defects, start=one.starts, reached=one.reached, last=tuple(last)
                )
            )
    return found


def _sgd(folder: Path) -> list[SessionTargets]:
    found = []
    for one in read_guided(folder):
        nothing = (None,) * len(one.starts)
        found.append(
            SessionTargets(
                session=one.session,
                defect=nothing,
                start=one.starts,
                reached=nothing,
                last=(*one.starts[1:], True),
            )
        )
    return found


def _dstc2(folder: Path) -> list[SessionTargets]:
    turns, labels = read_calls(folder)
    success = {}
    for path in sorted((folder / "dstc2").glob("*/*/label.json")):
        call = json.loads(path.read_text(encoding="utf-8"))
        success[call["session-id"]] = bool(call["task-information"]["feedback"]["success"])
    found = []
    for session in sessions(turns):
        pairs = [(turn.understood, labels[turn.turn_id]) for turn in session.turns]
        count = len(session.turns)
        found.append(
            SessionTargets(
                session=session,
                # Readings that differ by a convention of annotation alone say nothing.
                defect=tuple(read.key != label.key if material(read, label) else None for read, label in pairs),
                start=(None,) * count,
                reached=(success[session.session_id],) * count,
                last=(*(False,) * (count - 1), True),
            )
        )
    return found


def _frames(folder: Path) -> list[SessionTargets]:
    found = []
    for one in read_surveyed(folder):
        count = len(one.session.turns)
        nothing = (None,) * count
        found.append(
            SessionTargets(
                session=one.session,
                defect=nothing,
                start=nothing,
                reached=(one.success,) * count,
                last=(*(False,) * (count - 1), True),
            )
        )
    return found


SOURCES: dict[str, Callable[[Path], list[SessionTargets]]] = {"sgd": _sgd, "dstc2": _dstc2, "frames": _frames}
"""By the name of its folder."""
