"""The standing experiment: outcomes of rewritten requests beside those of the holdout."""

from collections.abc import Callable, Iterable

import msgspec

from sayagain.labels import Judgement
from sayagain.turns import Turn

__all__ = ["Arm", "Experiment", "holdout_report"]


class Arm(msgspec.Struct, frozen=True, kw_only=True):
    """The requests of one arm."""

    name: str
    """`rewritten` or `holdout`."""
    turns: int
    """Requests in it."""
    judged: int
    """Those of them that learning has judged."""
    defects: int
    """Those of the judged that failed."""
    defect_rate: float | None
    """Defects over judged; None before anything is judged."""
    propensity: float | None
    """The mean probability with which requests came into this arm; None where none was logged."""


class Experiment(msgspec.Struct, frozen=True, kw_only=True):
    """The holdout of one release: the only unbiased evidence of what its rewrites are worth."""

    name: str
    """`holdout`."""
    release: int
    """The release that decided."""
    arms: list[Arm]
    """The rewritten and the kept back."""


def holdout_report(turns: Iterable[Turn], judgement: Callable[[str], Judgement | None], release: int) -> Experiment:
    """Count the arms of a release.

    Args:
        turns: of the log, in any order; those that another release decided on are passed over.
        judgement: what learning made of a turn, by its id.
        release: the number of the release.
    """
    tallies = {"rewritten": _Tally(), "holdout": _Tally()}
    for turn in turns:
        applied = turn.applied_rewrite
        if applied is None or applied.release != release:
            continue
        name = "holdout" if applied.arm == "holdout" else "rewritten"
        if name == "rewritten" and applied.layer == "leave":
            # The decision had no rewrite: the turn belongs to neither arm.
            continue
        tallies[name].add(applied.propensity, judgement(turn.turn_id))
    return Experiment(name="holdout", release=release, arms=[tally.arm(name) for name, tally in tallies.items()])


class _Tally:
    def __init__(self) -> None:
        self.turns = self.judged = self.defects = 0
        self.propensities: list[float] = []

    def add(self, propensity: float | None, judgement: Judgement | None) -> None:
        self.turns += 1
        if propensity is not None:
            self.propensities.append(propensity)
        if judgement is not None:
            self.judged += 1
            self.defects += judgement.defect

    def arm(self, name: str) -> Arm:
        return Arm(
            name=name,
            turns=self.turns,
            judged=self.judged,
            defects=self.defects,
            defect_rate=self.defects / self.judged if self.judged else None,
            propensity=sum(self.propensities) / len(self.propensities) if self.propensities else None,
        )
