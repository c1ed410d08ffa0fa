"""Frames as each source tells them: what every request asks for and with what, in one form."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.dstc2 import read_calls
from benchmarks.sgd import guided, read_dialogues
from sayagain.labels.frames.frame import Frame, TextSpan, TurnFrames, locate
from sayagain.turns import Hypothesis, sessions

__all__ = ["FRAME_SOURCES"]

MOST = 1200
"""Dialogues of SGD that are read of each folder, evenly from all files, so that the benchmark ends in minutes."""

_CLOSED_ACTS = frozenset({"INFORM", "CONFIRM", "OFFER"})


def _dstc2(folder: Path) -> list[TurnFrames]:
    turns, labels = read_calls(folder)
    return [
        TurnFrames(session, tuple(_acts(labels[turn.turn_id], turn.heard) for turn in session.turns))
        for session in sessions(turns)
    ]


def _acts(label: Hypothesis, heard: str) -> Frame:
    slots = [(slot.name, str(slot.value)) for slot in label.slots]
    # What is requested is named, not stated: "phone" in "request phone" is no value.
    spans = [locate(name, value, heard) for name, value in slots if not name.startswith("request.")]
    return Frame(
        intents=tuple(sorted(label.intents)),
        spans=tuple(each for each in spans if each is not None),
        closed=tuple(slots),
    )


def _sgd(folder: Path) -> list[TurnFrames]:
    return [_services(name, dialogue) for name, dialogue in read_dialogues(folder, most=MOST)]


def _services(name: str, dialogue: Mapping[str, Any]) -> TurnFrames:
    one = guided(name, dialogue)
    raw = dialogue["turns"]
    frames: list[Frame] = []
    for at, each in enumerate(raw):
        if each["speaker"] != "USER":
            continue
        answer = raw[at + 1] if at + 1 < len(raw) and raw[at + 1]["speaker"] == "SYSTEM" else None
        active = one.intents[len(frames)]
        service, _, intent = active.partition("/")
        states = {frame["service"]: frame["state"]["slot_values"] for frame in each["frames"]}
        # Where two services are in the turn, the one whose intent is active; where only the old one is, that.
        state = states.get(service, next(iter(states.values()), {}))
        frames.append(
            Frame(
                intents=(intent or "NONE",),
                spans=_spans(each),
                closed=_closed(each),
                answer_spans=_spans(answer) if answer is not None else (),
                answer_closed=_closed(answer) if answer is not None else (),
                holds=tuple((slot, tuple(values)) for slot, values in sorted(state.items())),
            )
        )
    return TurnFrames(one.session, tuple(frames))


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
    """Return what a turn states and marks no words for: the categorical slots."""
    found: set[tuple[str, str]] = set()
    for frame in turn["frames"]:
        marked = {slot["slot"] for slot in frame["slots"]}
        for action in frame["actions"]:
            if action["act"] in _CLOSED_ACTS and action["slot"] not in marked | {"", "intent", "count"}:
                found.update((action["slot"], value) for value in action["canonical_values"])
    return tuple(sorted(found))


FRAME_SOURCES: dict[str, Callable[[Path], list[TurnFrames]]] = {"dstc2": _dstc2, "sgd": _sgd}
"""By the name of its folder."""
