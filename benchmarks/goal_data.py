"""True goals and defects of each source, in one format."""

import json
from collections.abc import Callable
from pathlib import Path

from benchmarks.dstc2 import material, read_calls
from benchmarks.frames_data import read_surveyed
from benchmarks.sgd import read_guided
from sayagain.household import Replay
from sayagain.household.goal_truth import goal_truth
from sayagain.labels.judge.session_targets import SessionTargets
from sayagain.turns import sessions

__all__ = ["SOURCES", "read_household", "read_targets"]


def read_targets(name: str, folder: Path) -> list[SessionTargets]:
    """Read the set NAME of `SOURCES` below a folder."""
    return SOURCES[name](folder)


def read_household(*, seed: int, homes: int, weeks: int) -> list[SessionTargets]:
    """Simulate homes for some weeks and return their true targets."""
    replay = Replay(seed, homes=homes)
    targets = []
    for _ in range(weeks):
        week = replay.step()
        targets += goal_truth(week.turns, week.truths)
    return targets


def _sgd(folder: Path) -> list[SessionTargets]:
    targets = []
    for labelled in read_guided(folder):
        unknown = (None,) * len(labelled.starts)
        targets.append(
            SessionTargets(
                session=labelled.session,
                defect=unknown,
                start=labelled.starts,
                reached=unknown,
                last=(*labelled.starts[1:], True),
            )
        )
    return targets


def _dstc2(folder: Path) -> list[SessionTargets]:
    turns, labels = read_calls(folder)
    success = {}
    for path in sorted((folder / "dstc2").glob("*/*/label.json")):
        call = json.loads(path.read_text(encoding="utf-8"))
        success[call["session-id"]] = bool(call["task-information"]["feedback"]["success"])
    targets = []
    for session in sessions(turns):
        pairs = [(turn.understood, labels[turn.turn_id]) for turn in session.turns]
        count = len(session.turns)
        targets.append(
            SessionTargets(
                session=session,
                # A difference by an annotation convention alone is no evidence.
                defect=tuple(
                    hypothesis.key != label.key if material(hypothesis, label) else None for hypothesis, label in pairs
                ),
                start=(None,) * count,
                reached=(success[session.session_id],) * count,
                last=(*(False,) * (count - 1), True),
            )
        )
    return targets


def _frames(folder: Path) -> list[SessionTargets]:
    targets = []
    for dialogue in read_surveyed(folder):
        count = len(dialogue.session.turns)
        unknown = (None,) * count
        targets.append(
            SessionTargets(
                session=dialogue.session,
                defect=unknown,
                start=unknown,
                reached=(dialogue.success,) * count,
                last=(*(False,) * (count - 1), True),
            )
        )
    return targets


SOURCES: dict[str, Callable[[Path], list[SessionTargets]]] = {"sgd": _sgd, "dstc2": _dstc2, "frames": _frames}
"""Readers by the name of the set's folder."""
