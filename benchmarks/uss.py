"""The set USS: dialogues whose user turns are rated 1 to 5 by several people (Sun et al., SIGIR 2021), as sessions.

The rating of a user's line is about the service up to that line, which the annotators had seen too.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from sayagain.errors import InputError
from sayagain.turns import Response, Session, Turn

__all__ = ["SETS", "Rated", "read_rated"]

SETS = ("MWOZ", "SGD", "ReDial", "CCPE")

_ROLES = frozenset({"USER", "SYSTEM"})


class Rated(msgspec.Struct, frozen=True):
    """One dialogue with its ratings."""

    session: Session
    """The turns; the set has no times, so `started` is the index of the turn."""
    ratings: tuple[tuple[int, ...], ...]
    """Ratings of each turn, one per annotator; empty if there are none."""
    acts: tuple[str, ...]
    """Annotated act of the user in each turn; a target of an auxiliary loss, never an input."""
    overall: tuple[int, ...]
    """Ratings of the whole dialogue."""
    domain: str
    """Name of the set, one of `SETS`."""


def read_rated(folder: Path, domain: str) -> list[Rated]:
    """Read one set, `folder/uss/<domain>.txt`.

    Raises:
        InputError: the file is missing, or a line has another format.
    """
    path = folder / "uss" / f"{domain}.txt"
    if not path.is_file():
        raise InputError(f"{path}: is not there; fetch USS from its publisher")
    dialogues = []
    for number, lines in enumerate(_blocks(path)):
        rated = _dialogue(lines, domain, f"{domain}/{number}", path)
        if rated is not None:
            dialogues.append(rated)
    return dialogues


def _blocks(path: Path) -> Iterator[list[tuple[int, list[str]]]]:
    """Yield the numbered lines of each dialogue; blank lines separate dialogues."""
    block: list[tuple[int, list[str]]] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
        if line.strip():
            block.append((number, line.split("\t")))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _dialogue(lines: list[tuple[int, list[str]]], domain: str, name: str, path: Path) -> Rated | None:
    exchanges: list[tuple[str, list[str], tuple[int, ...], str]] = []
    overall: tuple[int, ...] = ()
    for number, parts in lines:
        if len(parts) != 4 or parts[0] not in _ROLES:
            raise InputError(
                f"{path}:{number}: has {len(parts)} fields, the first {parts[0]!r}; "
                "expected USER or SYSTEM, text, action, ratings"
            )
        role, text, act, ratings = parts
        if role == "SYSTEM":
            if not exchanges:
                # The assistant speaks first: a response without a request.
                exchanges.append(("", [], (), ""))
            exchanges[-1][1].append(text)
        elif text == "OVERALL":
            overall = _ratings(ratings)
        else:
            exchanges.append((text, [], _ratings(ratings), act))
    if not exchanges:
        return None
    turns = tuple(
        Turn(
            turn_id=f"{name}/{index:02d}",
            started=index,
            request=text,
            assistant=f"uss-{domain}",
            session_id=name,
            language="en",
            response=Response(text=" ".join(answers)) if answers else None,
        )
        for index, (text, answers, _, _) in enumerate(exchanges)
    )
    return Rated(
        session=Session(session_id=name, turns=turns),
        ratings=tuple(ratings for _, _, ratings, _ in exchanges),
        acts=tuple(act for _, _, _, act in exchanges),
        overall=overall,
        domain=domain,
    )


def _ratings(text: str) -> tuple[int, ...]:
    values = tuple(int(digits) for digits in re.findall(r"\d+", text))
    return tuple(value for value in values if 1 <= value <= 5)
