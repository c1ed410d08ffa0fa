"""Outcomes of served rewrites, by the household's truth, which is used for counting only."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Literal

import msgspec

from sayagain.household import Truth, Week
from sayagain.text import normalise
from sayagain.turns import Turn

__all__ = ["HEAD", "Outcome", "Served", "failing", "figures", "line", "outcome", "rewrites"]

Outcome = Literal["win", "loss", "right anyway", "still wrong", "acted wrong", "declined"]
"""`acted wrong`: the request fails with and without the rewrite, and an action was taken that was not meant.
`declined`: the user was asked first and said no to a rewrite of a failing request."""


class Served(msgspec.Struct, frozen=True):
    """One served rewrite."""

    turn: Turn
    """The turn as logged."""
    truth: Truth
    """The truth about the turn."""
    outcome: Outcome
    """The outcome of the rewrite."""

    @property
    def layer(self) -> str:
        """The layer of the rewrite."""
        return self.turn.applied_rewrite.layer if self.turn.applied_rewrite is not None else "none"


def outcome(turn: Turn, truth: Truth) -> Outcome | None:
    """Return the outcome of a turn's rewrite; None if none was served."""
    applied = turn.applied_rewrite
    if applied is None or applied.layer == "none" or truth.right_without is None:
        return None
    if applied.layer == "leave":
        # Asked about and declined: nothing was done, also where the words would have worked.
        return "loss" if truth.right_without else "declined"
    if truth.right_without:
        return "loss" if truth.defect else "right anyway"
    if not truth.defect:
        return "win"
    acted = any(action.ok for action in turn.actions) and truth.did != truth.meant
    return "acted wrong" if acted else "still wrong"


def rewrites(weeks: Iterable[Week]) -> list[Served]:
    """Return every served rewrite of some weeks with its outcome, in order."""
    served = []
    for week in weeks:
        for turn, truth in zip(week.turns, week.truths, strict=True):
            turn_outcome = outcome(turn, truth)
            if turn_outcome is not None:
                served.append(Served(turn, truth, turn_outcome))
    return served


def failing(weeks: Iterable[Week]) -> int:
    """Count the turns that fail without a rewrite: the most that rewriting could win."""
    return sum(
        not truth.right_without if truth.right_without is not None else truth.defect
        for week in weeks
        for truth in week.truths
    )


def figures(served: Sequence[Served]) -> dict[str, Any]:
    """Count rewrites by outcome."""
    counts = Counter(rewrite.outcome for rewrite in served)
    return {
        "served": len(served) - counts["declined"],
        "wins": counts["win"],
        "losses": counts["loss"],
        "still_wrong": counts["still wrong"],
        "acted_wrong": counts["acted wrong"],
        "asked": counts["declined"] + sum(rewrite.layer == "asked" for rewrite in served),
        "declined": counts["declined"],
        "acted_wrong_words_as_said": sum(
            rewrite.outcome == "acted wrong" and normalise(rewrite.turn.request) == normalise(rewrite.truth.said)
            for rewrite in served
        ),
    }


HEAD = (
    f"{'':<28} {'served':>6} {'wins':>6} {'losses':>6} {'still wrong':>11} {'acted wrong':>11} {'words right':>11} "
    f"{'asked':>5} {'no':>4}"
)
"""`words right`: acted wrong on the very words that were said, which the assistant takes otherwise; `asked`: the user
was asked first; `no`: and declined."""


def line(name: str, counts: dict[str, Any]) -> str:
    """Return one line of a table under `HEAD`."""
    return (
        f"{name:<28} {counts['served']:>6} {counts['wins']:>6} {counts['losses']:>6} "
        f"{counts['still_wrong']:>11} {counts['acted_wrong']:>11} {counts['acted_wrong_words_as_said']:>11} "
        f"{counts['asked']:>5} {counts['declined']:>4}"
    )
