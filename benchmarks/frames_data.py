"""The set Frames: trips booked with a human assistant, with a survey (El Asri et al., SIGDIAL 2017), as sessions."""

import json
from pathlib import Path

import msgspec

from sayagain.errors import InputError
from sayagain.turns import Response, Session, Turn

__all__ = ["Surveyed", "read_surveyed"]


class Surveyed(msgspec.Struct, frozen=True):
    """One dialogue with its survey."""

    session: Session
    """The turns of the dialogue."""
    success: bool
    """Whether the task succeeded, according to the human assistant."""
    rating: float | None
    """Rating of the user, 1 to 5; None if there is none."""


def read_surveyed(folder: Path) -> list[Surveyed]:
    """Read `folder/frames/frames.json`.

    Raises:
        InputError: the file is missing.
    """
    path = folder / "frames" / "frames.json"
    if not path.is_file():
        raise InputError(f"{path}: is not there; fetch Frames from its publisher")
    dialogues = []
    for dialogue in json.loads(path.read_text(encoding="utf-8")):
        session = _session(dialogue["id"], dialogue["user_id"], dialogue["turns"])
        labels = dialogue["labels"]
        dialogues.append(Surveyed(session, bool(labels["wizardSurveyTaskSuccessful"]), labels["userSurveyRating"]))
    return dialogues


def _session(name: str, user: str, lines: list[dict[str, object]]) -> Session:
    exchanges: list[tuple[int, str, list[str]]] = []
    for line in lines:
        text, started = str(line["text"]), int(float(str(line["timestamp"])))
        if line["author"] == "user" or not exchanges:
            exchanges.append((started, text if line["author"] == "user" else "", []))
        if line["author"] != "user":
            exchanges[-1][2].append(text)
    turns = tuple(
        Turn(
            turn_id=f"{name}/{index:02d}",
            started=started,
            request=text,
            assistant="frames",
            user_id=user,
            session_id=name,
            language="en",
            response=Response(text=" ".join(answers)) if answers else None,
        )
        for index, (started, text, answers) in enumerate(exchanges)
    )
    return Session(session_id=name, turns=turns)
