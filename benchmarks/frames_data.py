"""Frames: people booking trips with a human assistant, with a survey (El Asri et al., SIGDIAL 2017), as sessions."""

import json
from pathlib import Path

import msgspec

from sayagain.errors import InputError
from sayagain.turns import Response, Session, Turn

__all__ = ["Surveyed", "read_surveyed"]


class Surveyed(msgspec.Struct, frozen=True):
    """One dialogue and how it ended."""

    session: Session
    """Its turns."""
    success: bool
    """Whether the task succeeded, as the assistant's side was asked."""
    rating: float | None
    """1 to 5, by the user; None where none was given."""


def read_surveyed(folder: Path) -> list[Surveyed]:
    """Read `folder/frames/frames.json`.

    Raises:
        InputError: it is not there.
    """
    path = folder / "frames" / "frames.json"
    if not path.is_file():
        raise InputError(f"{path}: is not there; fetch Frames from its publisher")
    found = []
    for dialogue in json.loads(path.read_text(encoding="utf-8")):
        session = _session(dialogue["id"], dialogue["user_id"], dialogue["turns"])
        labels = dialogue["labels"]
        found.append(Surveyed(session, bool(labels["wizardSurveyTaskSuccessful"]), labels["userSurveyRating"]))
    return found


def _session(name: str, user: str, raw: list[dict[str, object]]) -> Session:
    said: list[tuple[int, str, list[str]]] = []
    for each in raw:
        text, at = str(each["text"]), int(float(str(each["timestamp"])))
        if each["author"] == "user" or not said:
            said.append((at, text if each["author"] == "user" else "", []))
        if each["author"] != "user":
            said[-1][2].append(text)
    turns = tuple(
        Turn(
            turn_id=f"{name}/{place:02d}",
            started=at,
            request=text,
            assistant="frames",
            user_id=user,
            session_id=name,
            language="en",
            response=Response(text=" ".join(answers)) if answers else None,
        )
        for place, (at, text, answers) in enumerate(said)
    )
    return Session(session_id=name, turns=turns)
