"""True frames of the public sets: intents and slots of every request, in one format."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.dstc2 import read_calls
from benchmarks.sgd import guided, read_dialogues
from sayagain.labels.frames.frame import Frame, TextSpan, TurnFrames, locate
from sayagain.turns import Hypothesis, sessions

__all__ = ["FRAME_SOURCES"]

MOST = 1200
"""Most dialogues of SGD from each folder, evenly from all files, so that the benchmark ends in minutes."""

_CLOSED_ACTS = frozenset({"INFORM", "CONFIRM", "OFFER"})


def _dstc2(folder: Path) -> list[TurnFrames]:
    turns, labels = read_calls(folder)
    return [
        TurnFrames(session, tuple(_frame_of_acts(labels[turn.turn_id], turn.heard) for turn in session.turns))
        for session in sessions(turns)
    ]


def _frame_of_acts(label: Hypothesis, heard: str) -> Frame:
    slots = [(slot.name, str(slot.value)) for slot in label.slots]
    # A requested slot is named without a value: "phone" in "request phone" is no value.
    spans = [locate(name, value, heard) for name, value in slots if not name.startswith("request.")]
    return Frame(
        intents=tuple(sorted(label.intents)),
        spans=tuple(span for span in spans if span is not None),
        closed=tuple(slots),
    )


def _sgd(folder: Path) -> list[TurnFrames]:
    return [_turn_frames(name, dialogue) for name, dialogue in read_dialogues(folder, most=MOST)]


def _turn_frames(name: str, dialogue: Mapping[str, Any]) -> TurnFrames:
    labelled = guided(name, dialogue)
    lines = dialogue["turns"]
    frames: list[Frame] = []
    for index, line in enumerate(lines):
        if line["speaker"] != "USER":
            continue
        answer = lines[index + 1] if index + 1 < len(lines) and lines[index + 1]["speaker"] == "SYSTEM" else None
        active = labelled.intents[len(frames)]
        service, _, intent = active.partition("/")
        states = {frame["service"]: frame["state"]["slot_values"] for frame in line["frames"]}
        # Take the service of the active intent; if the turn has only the previous service, take that.
        state = states.get(service, next(iter(states.values()), {}))
        frames.append(
            Frame(
                intents=(intent or "NONE",),
                spans=_spans(line),
                closed=_closed(line),
                answer_spans=_spans(answer) if answer is not None else (),
                answer_closed=_closed(answer) if answer is not None else (),
                holds=tuple((slot, tuple(values)) for slot, values in sorted(state.items())),
            )
        )
    return TurnFrames(labelled.session, tuple(frames))


def _spans(turn: Mapping[str, Any]) -> tuple[TextSpan, ...]:
    return tuple(
        sorted(
            {
                TextSpan(slot["slot"], slot["start"], slot["exclusive_end"])
                for frame in turn["frames"]
                for slot in frame["slots"]
            }
        )
    )


def _closed(turn: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the categorical slots: stated values without a marked span."""
    slots: set[tuple[str, str]] = set()
    for frame in turn["frames"]:
        marked = {slot["slot"] for slot in frame["slots"]}
        for action in frame["actions"]:
            if action["act"] in _CLOSED_ACTS and action["slot"] not in marked | {"", "intent", "count"}:
                slots.update((action["slot"], value) for value in action["canonical_values"])
    return tuple(sorted(slots))


FRAME_SOURCES: dict[str, Callable[[Path], list[TurnFrames]]] = {"dstc2": _dstc2, "sgd": _sgd}
"""Readers by the name of the set's folder."""
