"""Frames: intent and slots of each request on DSTC2 and SGD, with the session around it and without.

The same network is trained twice for each source: on whole sessions, where each request sees what was said before it,
and on single requests, in as many epochs and steps of as many requests; each sets its thresholds on training sessions
held out of its training. `context_f1` and `plain_f1` count intents and the slots that a request states itself, which
both can get right. The slots that hold after all (`state`, SGD) need the earlier turns; a rule that keeps what the
plain reader found in them stands beside it. DSTC2 is read from what speech recognition heard first.
The household needs no data: there the labeller that ships is asked about turns that were not understood.
"""

import tempfile
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from benchmarks.frame_data import FRAME_SOURCES
from benchmarks.frames_household import household
from benchmarks.frames_speed import speed
from benchmarks.vectors import encoder
from sayagain.labels.frames.decoding import DecodedSlot
from sayagain.labels.frames.frame import FrameNames, TurnFrames
from sayagain.labels.frames.labeller import FrameLabel, FrameLabeller, open_frames
from sayagain.labels.frames.rows import TextRows, read_rows
from sayagain.labels.frames.score import KINDS, f1, hits_of, score
from sayagain.labels.frames.training.train_frames import FRAMES, set_thresholds, train_frames, write_frames
from sayagain.models import Card

__all__ = ["run"]

Counts = npt.NDArray[np.int64]

_PARTS = 10
_TESTED = frozenset({7, 8})
_TUNED = 9
# While this was made, parts 0 and 1 were looked at and 7 and 8 were not.
_LINES = {"intent": (0,), "slot": (1,), "all": (0, 1), "state": (2,)}
"""What a line counts, of `KINDS`."""


class Sides(msgspec.Struct, frozen=True):
    """Sessions of one source."""

    training: list[TurnFrames]
    tune: list[TurnFrames]
    test: list[TurnFrames]


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON."""
    figures: dict[str, Any] = {}
    for name, read in FRAME_SOURCES.items():
        if not all((folder / name).is_dir() for folder in (train, test)):
            print(f"{name}: left out, it is not in both folders")
            continue
        figures[name] = _source(name, _split(read(train), None if train.resolve() == test.resolve() else read(test)))
    figures["household"] = household()
    return {"frames": figures}


def _split(training: list[TurnFrames], tested: list[TurnFrames] | None) -> Sides:
    """Split by caller or dialogue; with a folder of its own for testing, all of the first is for training."""
    if tested is None:
        tested = [one for one in training if _part(one) in _TESTED]
        training = [one for one in training if _part(one) not in _TESTED]
    return Sides([o for o in training if _part(o) != _TUNED], [o for o in training if _part(o) == _TUNED], tested)


def _part(one: TurnFrames) -> int:
    return zlib.crc32((one.session.user_id or one.session.session_id).encode()) % _PARTS


def _source(name: str, sides: Sides) -> dict[str, float]:
    began = time.monotonic()
    names = FrameNames.of(
        (frame for one in sides.training for frame in one.frames if frame is not None), several=name == "dstc2"
    )
    turns = [sum(len(one.frames) for one in side) for side in (sides.training, sides.tune, sides.test)]
    print(
        f"{name}: trained on {len(sides.training)} sessions of {turns[0]} turns, thresholds from {len(sides.tune)} of "
        f"{turns[1]}, tested on {len(sides.test)} of {turns[2]}; {len(names.intents)} intents, {len(names.slots)} "
        f"slots, {len(names.closed)} values not in the words"
    )
    labels: dict[str, list[tuple[FrameLabel, ...]]] = {}
    speeds: dict[str, dict[str, float]] = {}
    tested = [one.session for one in sides.test]
    with tempfile.TemporaryDirectory() as folder:
        for way in ("context", "plain"):
            alone = way == "plain"
            labeller = _train(sides, names, Path(folder) / way, alone=alone)
            labels[way] = labeller.label(tested, alone=alone)
            speeds[way] = speed(f"{name} {way}", labeller, tested, alone=alone)
    labels["rule"] = [_kept(each) for each in labels["plain"]]
    counts = {way: _counts(found, sides.test) for way, found in labels.items()}
    figures = _table(name, counts)
    found = open_frames(encoder=encoder(), threads=2).label(tested)
    figures |= _untyped(name, {"trained here": counts["context"], "as shipped": _counts(found, sides.test)})
    figures |= speeds["context"]
    print(f"{name}: {time.monotonic() - began:.0f} s, training included")
    return figures


def _train(sides: Sides, names: FrameNames, folder: Path, *, alone: bool) -> FrameLabeller:
    # Where no response states a slot there is no need to read the words of responses.
    answers = any(f.answer_spans or f.answer_closed for one in sides.training for f in one.frames if f is not None)
    parts = read_rows([one.session for one in sides.training], encoder(), alone=alone, answers=answers)
    network = train_frames(sides.training, parts, names, settings=FRAMES)
    labeller = write_frames(
        network,
        folder,
        _examples(sides.training, answers=answers),
        encoder(),
        data="training sessions of the benchmark",
        card=Card(does="For the benchmark alone.", limits="Is thrown away."),
        seed=FRAMES.seed,
        threads=2,
    )
    labeller.thresholds = set_thresholds(labeller, sides.tune, alone=alone)
    return labeller


def _examples(told: Sequence[TurnFrames], *, answers: bool) -> list[tuple[TextRows, Any]]:
    longest = sorted(told, key=lambda one: (-len(one.frames), one.session.session_id))[:3]
    return [
        (rows, one.frames) for one in longest for rows in read_rows([one.session], encoder(), answers=answers)[:1]
    ] + [(read_rows([told[0].session], encoder(), answers=answers)[0], told[0].frames)]


def _kept(labels: Sequence[FrameLabel]) -> tuple[FrameLabel, ...]:
    """Keep every slot of earlier turns until the same slot is stated anew: a rule, to compare with."""
    held: dict[str, DecodedSlot] = {}
    found = []
    for each in labels:
        held |= {slot.name: slot for slot in each.slots}
        found.append(msgspec.structs.replace(each, slots=tuple(held.values())))
    return tuple(found)


def _counts(labels: Sequence[Sequence[FrameLabel]], told: Sequence[TurnFrames]) -> Counts:
    """Return the counts of each session, shape (sessions, `KINDS`, 3)."""
    rows = []
    for found, one in zip(labels, told, strict=True):
        known = [
            (label, hits_of(frame, turn.heard))
            for label, frame, turn in zip(found, one.frames, one.session.turns, strict=True)
            if frame is not None
        ]
        rows.append(score([label for label, _ in known], [right for _, right in known]))
    return np.stack(rows)


def _table(name: str, counts: dict[str, Counts]) -> dict[str, float]:
    figures: dict[str, float] = {}
    print(
        f"{name + ', F1 of':<16} {'right':>6}  {'context [90%]':<20} {'plain [90%]':<20} {'difference [90%]':<22} rule"
    )
    for line, kinds in _LINES.items():
        picked = {way: each[:, list(kinds)].sum(1) for way, each in counts.items()}
        right = int(picked["context"][:, 2].sum())
        if not right:
            continue
        shown = {way: float(f1(each.sum(0))) for way, each in picked.items()}
        drawn = {way: _drawn(each) for way, each in picked.items()}
        apart = drawn["context"] - drawn["plain"]
        columns = [f"{shown[way]:.4f} {_interval(drawn[way])}" for way in ("context", "plain")]
        columns.append(f"{shown['context'] - shown['plain']:+.4f} {_interval(apart, sign='+')}")
        rule = f"{shown['rule']:.4f} {_interval(drawn['rule'])}" if line == "state" else ""
        print(f"{line:<16} {right:>6}  {columns[0]:<20} {columns[1]:<20} {columns[2]:<22} {rule}")
        prefix = "" if line == "all" else f"{line}_"
        figures |= {f"{prefix}{way}_f1": shown[way] for way in ("context", "plain")}
        if line == "state":
            figures["state_rule_f1"] = shown["rule"]
    return figures


def _untyped(name: str, counts: dict[str, Counts]) -> dict[str, float]:
    """Print how well the words of slots are found, whatever the slot is called."""
    at = KINDS.index("untyped")
    figures = {}
    for who, each in counts.items():
        picked = each[:, at]
        value = float(f1(picked.sum(0)))
        print(f"{name}, words of slots, {who}: F1 {value:.4f} {_interval(_drawn(picked))}")
        figures[f"untyped_{'trained' if who == 'trained here' else 'shipped'}_f1"] = value
    return figures


def _drawn(counts: Counts, draws: int = 500) -> npt.NDArray[np.float64]:
    """Return F1 over sessions drawn anew; equal sessions for all that is compared."""
    random = np.random.default_rng(1)
    picks = random.integers(0, len(counts), (draws, len(counts)))
    return np.array([float(f1(counts[each].sum(0))) for each in picks])


def _interval(drawn: npt.NDArray[np.float64], sign: str = "") -> str:
    low, high = np.quantile(drawn, [0.05, 0.95])
    return f"[{low:{sign}.3f} {high:{sign}.3f}]"
