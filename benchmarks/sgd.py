"""The set SGD: dialogues over many services with the intent of each turn (Rastogi et al., AAAI 2020), as sessions."""

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
    """One dialogue with the user's intent in each turn."""

    session: Session
    """The turns, without NLU hypotheses; the set has no times, so `started` is the index of the turn."""
    intents: tuple[str, ...]
    """`Service/Intent` that becomes active in each turn; otherwise the previous one."""
    starts: tuple[bool, ...]
    """Whether another intent or service becomes active in this turn; True for the first."""
    slots: tuple[tuple[tuple[str, int, int], ...], ...]
    """The slots that the user states in each turn: name, first character, one past the last."""


def read_guided(folder: Path, *, most: int | None = None) -> list[Guided]:
    """Read all dialogues below `folder/sgd`, in order of their files.

    Args:
        folder: folder with `sgd/<part>/dialogues_*.json`.
        most: most dialogues, evenly from all files; None for all.

    Raises:
        InputError: there are no dialogues.
    """
    return [guided(name, dialogue) for name, dialogue in read_dialogues(folder, most=most)]


def read_dialogues(folder: Path, *, most: int | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Read dialogues in the published format, with their names; see `read_guided`."""
    files = sorted((folder / "sgd").glob("*/dialogues_*.json"))
    if not files:
        raise InputError(f"{folder}: has no sgd/<part>/dialogues_*.json; fetch SGD from its publisher")
    dialogues = [
        (f"{path.parent.name}/{dialogue['dialogue_id']}", dialogue)
        for path in files
        for dialogue in json.loads(path.read_text(encoding="utf-8"))
    ]
    step = 1 if most is None else max(1, -(-len(dialogues) // most))
    return dialogues[::step]


def guided(name: str, dialogue: Mapping[str, Any]) -> Guided:
    """Convert one dialogue from the published format."""
    lines = dialogue["turns"]
    turns: list[Turn] = []
    intents: list[str] = []
    starts: list[bool] = []
    slots: list[tuple[tuple[str, int, int], ...]] = []
    active_intents: set[str] = set()
    newest_intent = ""
    for index, line in enumerate(lines):
        if line["speaker"] != "USER":
            continue
        has_answer = index + 1 < len(lines) and lines[index + 1]["speaker"] == "SYSTEM"
        answer = lines[index + 1]["utterance"] if has_answer else None
        turns.append(
            Turn(
                turn_id=f"{name}/{len(turns):02d}",
                started=len(turns),
                request=line["utterance"],
                assistant="sgd",
                session_id=name,
                language="en",
                response=Response(text=answer) if answer is not None else None,
            )
        )
        turn_intents = {
            f"{frame['service']}/{frame['state']['active_intent']}"
            for frame in line["frames"]
            if frame["state"]["active_intent"] != _NONE
        }
        new_intents = sorted(turn_intents - active_intents)
        starts.append(bool(new_intents) or not intents)
        # A turn without an intent, such as thanks, belongs to the previous intents.
        active_intents = turn_intents or active_intents
        newest_intent = new_intents[0] if new_intents else newest_intent
        intents.append(newest_intent)
        slots.append(
            tuple(
                (slot["slot"], slot["start"], slot["exclusive_end"])
                for frame in line["frames"]
                for slot in frame["slots"]
            )
        )
    return Guided(Session(session_id=name, turns=tuple(turns)), tuple(intents), tuple(starts), tuple(slots))
