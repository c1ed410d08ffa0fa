"""The truth of a turn: words, meaning and failure point, by replaying the stages with true outputs.

Kept apart from the log: a turn never carries any of it.
"""

from typing import Literal

import msgspec

from sayagain.household.assistant import Execution, fails
from sayagain.household.deeds import Deed, Place
from sayagain.household.meaning import Meaning
from sayagain.household.skills import make_plan, plan_best
from sayagain.household.understanding import Understanding

__all__ = ["FailurePoint", "Truth", "find_failure_point", "is_right"]

FailurePoint = Literal["correct", "false wake", "asr", "nlu", "entity resolution", "result", "rewriting"]
"""The first stage that failed irrecoverably; `rewriting` when the request would have gone well if left as it was."""


class Truth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The truth about one turn; learning never sees it."""

    turn_id: str
    """Id of the turn."""
    person: str | None = None
    """Id of the speaker; None for the television."""
    said: str = ""
    """The words that were said."""
    kind: str = ""
    """What kind of want, reply or correction it was."""
    family: str = ""
    """The ambiguous family, if any."""
    circumstance: str = ""
    """What decided its meaning; empty for the default."""
    meant: Deed | None = None
    """The right deed; None for no deed or an impossible request."""
    did: Deed | None = None
    """The assistant's deed; None where it had none."""
    failure_point: FailurePoint = "correct"
    """The failure point; `correct` for recovered errors and impossible requests."""
    right_without: bool | None = None
    """Whether it would have gone well without the rewrite; missing when there was none."""
    reaction: str = ""
    """The person's reaction."""

    @property
    def defect(self) -> bool:
        """Whether the turn failed."""
        return self.failure_point != "correct"


def is_right(deed: Deed | None, meaning: Meaning, outages: frozenset[str]) -> bool:
    """Return whether an outcome is the right one; an impossible request cannot fail."""
    if meaning.deed is None:
        return True
    return deed == meaning.deed and not fails(meaning.deed, outages)


def find_failure_point(
    said: str,
    heard: str,
    execution: Execution,
    meaning: Meaning,
    place: Place,
    understanding: Understanding,
    outages: frozenset[str],
    *,
    rewritten: bool,
) -> tuple[FailurePoint, bool | None]:
    """Find the failure point by counterfactual replay.

    Args:
        said: the words that were said.
        heard: the words that were recognised.
        execution: what came of them.
        meaning: what was meant.
        place: where.
        understanding: to read the words again.
        outages: what did not work.
        rewritten: whether a layer changed the request or its reading.

    Returns:
        The failure point, and whether it would have gone well without the rewrite (None without one).

    Source: Khaziev et al., NAACL industry 2022: the first component that fails irrecoverably.
    """

    def succeeds(words: str) -> bool:
        readings = understanding.readings(words, place.home, place.area)
        return is_right(plan_best(readings, place).deed, meaning, outages)

    right_without = succeeds(heard) if rewritten else None
    if is_right(execution.plan.deed, meaning, outages):
        return "correct", right_without
    if right_without:
        return "rewriting", right_without
    if said != heard and succeeds(said):
        return "asr", right_without
    if is_right(make_plan(meaning.reading, place).deed, meaning, outages):
        return "nlu", right_without
    if is_right(meaning.deed, meaning, outages):
        return "entity resolution", right_without
    return "result", right_without
