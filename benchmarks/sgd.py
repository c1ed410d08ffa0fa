"""SGD: dialogues over many services with the active intent of each turn (Rastogi et al., AAAI 2020), as sessions."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from sayagain.errors import InputError
from sayagain.turns import Response, Session, Turn

__all__ = ["Guided", "guided", "read_dialogues", "read_guided"]

_NONE = "NONE"


class Guided(msgspec.Struct, frozen=True):
    """One dialogue with what the user is after in each turn."""

    session: Session
    """Its turns; times only count them, for the set states none. What the system understood is not in it."""
    intents: tuple[str, ...]
    """The intent newly active in each turn, else the one before: `Service/Intent`."""
    starts: tuple[bool, ...]
    """Whether another intent or service becomes active in this turn; True for the first."""
    slots: tuple[tuple[tuple[str, int, int], ...], ...]
    """The slots that the user names in each turn: name, first character, one past the last."""


def read_guided(folder: Path, *, most: int | None = None) -> list[Guided]:
    """Read all dialogues below `folder/sgd`, in order of their files.

    Args:
        folder: laid out as `sgd/<part>/dialogues_*.json`.
        most: read no more dialogues than these, evenly from all files; None reads all.

    Raises:
        InputError: there are none.
    """
    return [guided(name, dialogue) for name, dialogue in read_dialogues(folder, most=most)]


def read_dialogues(folder: Path, *, most: int | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Read dialogues as they were published, with their names; see `read_guided`."""
    files = sorted((folder / "sgd").glob("*/dialogues_*.json"))
    if not files:
        raise InputError(f"{folder}: has no sgd/<part>/dialogues_*.json; fetch SGD from its publisher")
    every = [
        (f"{path.parent.name}/{dialogue['dialogue_id']}", dialogue)
        for path in files
        for dialogue in json.loads(path.read_text(encoding="utf-8"))
    ]
    step = 1 if most is None else max(1, -(-len(every) // most))
    return every[::step]


def guided(name: str, dialogue: Mapping[str, Any]) -> Guided:
    """Make a session of one dialogue as it was published."""
    raw = dialogue["turns"]
    turns: list[Turn] = []
    intents: list[str] = []
    starts: list[bool] = []
    slots: list[tuple[tuple[str, int, int], ...]] = []
    active: set[str] = set()
    now = ""
    for at, each in enumerate(raw):
        if each["speaker"] != "USER":
            continue
        answer = raw[at + 1]["utterance"] if at + 1 < len(raw) and raw[at + 1]["speaker"] == "SYSTEM" else None
        turns.append(
            Turn(
                turn_id=f"{name}/{len(turns):02d}",
                started=len(turns),
                request=each["utterance"],
                assistant="sgd",
                session_id=name,
                language="en",
                response=Response(text=answer) if answer is not None else None,
            )
        )
        seen = {
            f"{frame['service']}/{frame['state']['active_intent']}"
            for frame in each["frames"]
            if frame["state"]["active_intent"] != _NONE
        }
        fresh = sorted(seen - active)
        starts.append(bool(fresh) or not intents)
        # A turn that asks for nothing, such as thanks, belongs to what was asked before.
        active = seen or active
        now = fresh[0] if fresh else now
        intents.append(now)
        slots.append(
            tuple(
                (slot["slot"], slot["start"], slot["exclusive_end"])
                for frame in each["frames"]
                for slot in frame["slots"]
            )
        )
    return Guided(Session(session_id=name, turns=tuple(turns)), tuple(intents), tuple(starts), tuple(slots))
