"""True failure points of a household's turns, by home, for training and evaluation of the isolator."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import msgspec

from sayagain.failures import FailurePoint
from sayagain.household.replay import Week
from sayagain.household.truth import Truth
from sayagain.turns import Turn

__all__ = ["HomeLog", "home_logs", "true_failure_point"]


class HomeLog(msgspec.Struct, frozen=True):
    """The log of one home, with the truth."""

    home: str
    """Id of the home."""
    turns: Sequence[Turn]
    """Its turns."""
    truths: Mapping[str, FailurePoint]
    """The failure point of each turn, by turn id."""


def true_failure_point(truth: Truth) -> FailurePoint | None:
    """Return the failure point of a turn; None where a rewrite spoiled it, which is no stage of the assistant.

    >>> true_failure_point(Truth(turn_id="t", failure_point="false wake"))
    'false_wake'
    """
    if truth.failure_point == "rewriting":
        return None
    return cast("FailurePoint", truth.failure_point.replace(" ", "_"))


def home_logs(weeks: Iterable[Week]) -> list[HomeLog]:
    """Return the log of each home over some weeks, in order of homes; turns that a rewrite spoiled have no truth."""
    turns: defaultdict[str, list[Turn]] = defaultdict(list)
    truths: defaultdict[str, dict[str, FailurePoint]] = defaultdict(dict)
    for week in weeks:
        for turn, truth in zip(week.turns, week.truths, strict=True):
            home = turn.turn_id.partition("-")[0]
            turns[home].append(turn)
            failure_point = true_failure_point(truth)
            if failure_point is not None:
                truths[home][turn.turn_id] = failure_point
    return [HomeLog(home, turns[home], truths[home]) for home in sorted(turns)]
