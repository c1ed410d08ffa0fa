"""Frame labelling: intent and slots of each request on DSTC2 and SGD, with and without the context of the session.

The same network is trained twice for each source: on whole sessions, where each request sees the earlier turns, and on
single requests, with the same number of epochs, steps and requests; thresholds are set on held-out training sessions.
`context_f1` and `plain_f1` count intents and the slots that a request states itself, which both can label. The slots
that hold after a request (`state`, SGD) need the earlier turns; the baseline is a rule that keeps the slots of the
plain labeller. The input of DSTC2 is the best transcript.
In the household, which needs no data, the shipped labeller labels the turns that were not understood.
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

from benchmarks.bootstrap import quantile_interval, resampled_sums
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
# Choices during development were made on parts 0 and 1, never on 7 and 8.
_LINES = {"intent": (0,), "slot": (1,), "all": (0, 1), "state": (2,)}
"""Indices into `KINDS` that a printed line counts."""


class Sides(msgspec.Struct, frozen=True):
    """Sessions of one source."""

    training: list[TurnFrames]
    tune: list[TurnFrames]
    test: list[TurnFrames]


def run(train: Path, test: Path) -> dict[str, Any]:
    """Run the benchmark and print its table; return the figures for JSON."""
    figures: dict[str, Any] = {}
    for name, read_source in FRAME_SOURCES.items():
        if not all((folder / name).is_dir() for folder in (train, test)):
            print(f"{name}: left out, it is not in both folders")
            continue
        figures[name] = _source(
            name, _split(read_source(train), None if train.resolve() == test.resolve() else read_source(test))
        )
    figures["household"] = household()
    return {"frames": figures}


def _split(training: list[TurnFrames], tested: list[TurnFrames] | None) -> Sides:
    """Split by caller or dialogue; with a separate test folder, all of the first folder is for training."""
    if tested is None:
        tested = [session for session in training if _part(session) in _TESTED]
        training = [session for session in training if _part(session) not in _TESTED]
    return Sides(
        [session for session in training if _part(session) != _TUNED],
        [session for session in training if _part(session) == _TUNED],
        tested,
    )


def _part(session: TurnFrames) -> int:
    return zlib.crc32((session.session.user_id or session.session.session_id).encode()) % _PARTS


def _source(name: str, sides: Sides) -> dict[str, float]:
    began = time.monotonic()
    names = FrameNames.of(
        (frame for session in sides.training for frame in session.frames if frame is not None), several=name == "dstc2"
    )
    turns = [sum(len(session.frames) for session in side) for side in (sides.training, sides.tune, sides.test)]
    print(
        f"{name}: trained on {len(sides.training)} sessions of {turns[0]} turns, thresholds from {len(sides.tune)} of "
        f"{turns[1]}, tested on {len(sides.test)} of {turns[2]}; {len(names.intents)} intents, {len(names.slots)} "
        f"slots, {len(names.closed)} values not in the words"
    )
    labels: dict[str, list[tuple[FrameLabel, ...]]] = {}
    speeds: dict[str, dict[str, float]] = {}
    tested = [session.session for session in sides.test]
    with tempfile.TemporaryDirectory() as folder:
        for way in ("context", "plain"):
            alone = way == "plain"
            labeller = _train(sides, names, Path(folder) / way, alone=alone)
            labels[way] = labeller.label(tested, alone=alone)
            speeds[way] = speed(f"{name} {way}", labeller, tested, alone=alone)
    labels["rule"] = [_keep_slots(session_labels) for session_labels in labels["plain"]]
    counts = {way: _counts(labelled, sides.test) for way, labelled in labels.items()}
    figures = _table(name, counts)
    labelled = open_frames(encoder=encoder(), threads=2).label(tested)
    figures |= _untyped_figures(name, {"trained here": counts["context"], "as shipped": _counts(labelled, sides.test)})
    figures |= speeds["context"]
    print(f"{name}: {time.monotonic() - began:.0f} s, training included")
    return figures


def _train(sides: Sides, names: FrameNames, folder: Path, *, alone: bool) -> FrameLabeller:
    # If no response states a slot, the tokens of responses are not needed.
    answers = any(
        f.answer_spans or f.answer_closed for session in sides.training for f in session.frames if f is not None
    )
    parts = read_rows([session.session for session in sides.training], encoder(), alone=alone, answers=answers)
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


def _examples(sessions: Sequence[TurnFrames], *, answers: bool) -> list[tuple[TextRows, Any]]:
    longest = sorted(sessions, key=lambda session: (-len(session.frames), session.session.session_id))[:3]
    return [
        (rows, session.frames)
        for session in longest
        for rows in read_rows([session.session], encoder(), answers=answers)[:1]
    ] + [(read_rows([sessions[0].session], encoder(), answers=answers)[0], sessions[0].frames)]


def _keep_slots(labels: Sequence[FrameLabel]) -> tuple[FrameLabel, ...]:
    """Keep every slot of earlier turns until the same slot is stated again: a baseline."""
    slots_by_name: dict[str, DecodedSlot] = {}
    kept_labels = []
    for label in labels:
        slots_by_name |= {slot.name: slot for slot in label.slots}
        kept_labels.append(msgspec.structs.replace(label, slots=tuple(slots_by_name.values())))
    return tuple(kept_labels)


def _counts(labels: Sequence[Sequence[FrameLabel]], sessions: Sequence[TurnFrames]) -> Counts:
    """Return the counts of each session, shape (sessions, `KINDS`, 3)."""
    rows = []
    for session_labels, session in zip(labels, sessions, strict=True):
        scored = [
            (label, hits_of(frame, turn.heard))
            for label, frame, turn in zip(session_labels, session.frames, session.session.turns, strict=True)
            if frame is not None
        ]
        rows.append(score([label for label, _ in scored], [right for _, right in scored]))
    return np.stack(rows)


def _table(name: str, counts: dict[str, Counts]) -> dict[str, float]:
    figures: dict[str, float] = {}
    print(
        f"{name + ', F1 of':<16} {'right':>6}  {'context [90%]':<20} {'plain [90%]':<20} {'difference [90%]':<22} rule"
    )
    for line, kinds in _LINES.items():
        picked = {way: rows[:, list(kinds)].sum(1) for way, rows in counts.items()}
        right = int(picked["context"][:, 2].sum())
        if not right:
            continue
        scores = {way: float(f1(rows.sum(0))) for way, rows in picked.items()}
        samples = {way: _bootstrap_f1(rows) for way, rows in picked.items()}
        difference = samples["context"] - samples["plain"]
        columns = [f"{scores[way]:.4f} {_interval(samples[way])}" for way in ("context", "plain")]
        columns.append(f"{scores['context'] - scores['plain']:+.4f} {_interval(difference, sign='+')}")
        rule = f"{scores['rule']:.4f} {_interval(samples['rule'])}" if line == "state" else ""
        print(f"{line:<16} {right:>6}  {columns[0]:<20} {columns[1]:<20} {columns[2]:<22} {rule}")
        prefix = "" if line == "all" else f"{line}_"
        figures |= {f"{prefix}{way}_f1": scores[way] for way in ("context", "plain")}
        if line == "state":
            figures["state_rule_f1"] = scores["rule"]
    return figures


def _untyped_figures(name: str, counts: dict[str, Counts]) -> dict[str, float]:
    """Print F1 of the values of slots, whatever the slot is called."""
    kind = KINDS.index("untyped")
    figures = {}
    for source, rows in counts.items():
        picked = rows[:, kind]
        value = float(f1(picked.sum(0)))
        print(f"{name}, words of slots, {source}: F1 {value:.4f} {_interval(_bootstrap_f1(picked))}")
        figures[f"untyped_{'trained' if source == 'trained here' else 'shipped'}_f1"] = value
    return figures


def _bootstrap_f1(counts: Counts, draws: int = 500) -> npt.NDArray[np.float64]:
    """Return bootstrap samples of F1 over sessions, with the same draws for all that is compared."""
    return f1(resampled_sums(counts, draws))


def _interval(samples: npt.NDArray[np.float64], sign: str = "") -> str:
    low, high = quantile_interval(samples)
    return f"[{low:{sign}.3f} {high:{sign}.3f}]"
