"""USS: dialogues whose user turns were rated 1 to 5 by several people (Sun et al., SIGIR 2021), read as sessions.

A rating stands at a user's line and is about the service up to it: the annotators had seen that line too.
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
    """One dialogue with what people made of it."""

    session: Session
    """Its turns; times only count them, for the set states none."""
    ratings: tuple[tuple[int, ...], ...]
    """Of each turn, one number a person; empty where there is none."""
    acts: tuple[str, ...]
    """What the user does in each turn, as annotated; for an auxiliary loss, never to judge by."""
    overall: tuple[int, ...]
    """Of the dialogue as a whole."""
    domain: str
    """Which of the `SETS` it is from."""


def read_rated(folder: Path, domain: str) -> list[Rated]:
    """Read one set, `folder/uss/<domain>.txt`.

    Raises:
        InputError: it is not there, or a line is not as it should be.
    """
    path = folder / "uss" / f"{domain}.txt"
    if not path.is_file():
        raise InputError(f"{path}: is not there; fetch USS from its publisher")
    found = []
    for number, lines in enumerate(_blocks(path)):
        rated = _dialogue(lines, domain, f"{domain}/{number}", path)
        if rated is not None:
            found.append(rated)
    return found


def _blocks(path: Path) -> Iterator[list[tuple[int, list[str]]]]:
    """Give the numbered lines of each dialogue; a blank line stands between."""
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
    said: list[tuple[str, list[str], tuple[int, ...], str]] = []
    overall: tuple[int, ...] = ()
    for number, parts in lines:
        if len(parts) != 4 or parts[0] not in _ROLES:
            raise InputError(
                f"{path}:{number}: has {len(parts)} fields, the first {parts[0]!r}; "
                "expected USER or SYSTEM, text, action, ratings"
            )
        role, text, act, ratings = parts
        if role == "SYSTEM":
            if not said:
                # The assistant opens: a response to nothing.
                said.append(("", [], (), ""))
            said[-1][1].append(text)
        elif text == "OVERALL":
            overall = _ratings(ratings)
        else:
            said.append((text, [], _ratings(ratings), act))
    if not said:
        return None
    turns = tuple(
        Turn(
            turn_id=f"{name}/{at:02d}",
            started=at,
            request=text,
            assistant=f"uss-{domain}",
            session_id=name,
            language="en",
            response=Response(text=" ".join(answers)) if answers else None,
        )
        for at, (text, answers, _, _) in enumerate(said)
    )
    return Rated(
        session=Session(session_id=name, turns=turns),
        ratings=tuple(ratings for _, _, ratings, _ in said),
        acts=tuple(act for _, _, _, act in said),
        overall=overall,
        domain=domain,
    )


def _ratings(text: str) -> tuple[int, ...]:
    values = tuple(int(each) for each in re.findall(r"\d+", text))
    return tuple(value for value in values if 1 <= value <= 5)
