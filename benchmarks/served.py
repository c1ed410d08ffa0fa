"""What became of each rewrite that was served, by the truth of the household, which is read to count alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from sayagain.household import Truth, Week
from sayagain.turns import Turn

__all__ = ["HEAD", "Outcome", "Served", "failing", "figures", "line", "outcome", "rewrites"]

Outcome = Literal["win", "loss", "right anyway", "still wrong", "acted wrong"]
"""`acted wrong`: it would have failed and it failed, and something was done in the world that was not meant."""


class Served(msgspec.Struct, frozen=True):
    """One rewrite that was served."""

    turn: Turn
    """The turn as it was logged."""
    truth: Truth
    """The truth of it."""
    outcome: Outcome
    """What became of it."""

    @property
    def layer(self) -> str:
        """Where the rewrite came from."""
        return self.turn.applied_rewrite.layer if self.turn.applied_rewrite is not None else "none"


def outcome(turn: Turn, truth: Truth) -> Outcome | None:
    """Say what became of a rewrite; None where none was served."""
    applied = turn.applied_rewrite
    if applied is None or applied.layer in {"leave", "none"} or truth.right_without is None:
        return None
    if truth.right_without:
        return "loss" if truth.defect else "right anyway"
    if not truth.defect:
        return "win"
    acted = any(action.ok for action in turn.actions) and truth.did != truth.meant
    return "acted wrong" if acted else "still wrong"


def rewrites(weeks: Iterable[Week]) -> list[Served]:
    """Return every rewrite of some weeks with what became of it, in order."""
    found = []
    for week in weeks:
        for turn, truth in zip(week.turns, week.truths, strict=True):
            became = outcome(turn, truth)
            if became is not None:
                found.append(Served(turn, truth, became))
    return found


def failing(weeks: Iterable[Week]) -> int:
    """Count the turns that fail as they are said: what a layer could win at most, wins included."""
    return sum(
        not truth.right_without if truth.right_without is not None else truth.defect
        for week in weeks
        for truth in week.truths
    )


def figures(served: Sequence[Served]) -> dict[str, Any]:
    """Count rewrites by what became of them."""
    counts = Counter(each.outcome for each in served)
    return {
        "served": len(served),
        "wins": counts["win"],
        "losses": counts["loss"],
        "still_wrong": counts["still wrong"],
        "acted_wrong": counts["acted wrong"],
    }


HEAD = f"{'':<28} {'served':>6} {'wins':>6} {'losses':>6} {'still wrong':>11} {'acted wrong':>11}"


def line(name: str, counts: dict[str, Any]) -> str:
    """Return one line of a table under `HEAD`."""
    return (
        f"{name:<28} {counts['served']:>6} {counts['wins']:>6} {counts['losses']:>6} "
        f"{counts['still_wrong']:>11} {counts['acted_wrong']:>11}"
    )
