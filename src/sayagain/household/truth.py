"""The truth of a turn: words, meaning and failure point, by a replay of the stages with true outputs.

It is kept apart from the log: a turn contains none of it.
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
"""The first stage that failed irrecoverably; `rewriting` where the unchanged request would have succeeded."""


class Truth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The truth about one turn; learning never sees it."""

    turn_id: str
    """Id of the turn."""
    person: str | None = None
    """Id of the speaker; None for the television."""
    said: str = ""
    """The words that were said."""
    kind: str = ""
    """The kind of want or reply."""
    family: str = ""
    """The ambiguous family, if any."""
    circumstance: str = ""
    """The circumstance that decided its meaning; empty for the default."""
    meant: Deed | None = None
    """The right deed; None for a request without one or an impossible request."""
    did: Deed | None = None
    """The assistant's deed; None where it had none."""
    failure_point: FailurePoint = "correct"
    """The failure point; `correct` for recovered errors and impossible requests."""
    right_without: bool | None = None
    """Whether the request would have succeeded without the rewrite; None without a rewrite."""
    reaction: str = ""
    """The person's reaction."""

    @property
    def defect(self) -> bool:
        """Whether the turn failed."""
        return self.failure_point != "correct"


def is_right(deed: Deed | None, meaning: Meaning, outages: frozenset[str]) -> bool:
    """Return whether a deed is right and works; an impossible request cannot fail."""
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
        execution: the execution of the request.
        meaning: the meaning of the request.
        place: the place of the request.
        understanding: the NLU stage, for the replay.
        outages: ids of devices and verbs of services that did not work.
        rewritten: whether a layer changed the request or its hypothesis.

    Returns:
        The failure point, and whether the request would have succeeded without the rewrite (None without one).

    Source: Khaziev et al., NAACL industry 2022: the first component that fails irrecoverably.
    """

    def succeeds(words: str) -> bool:
        hypotheses = understanding.hypotheses(words, place.home, place.area)
        return is_right(plan_best(hypotheses, place).deed, meaning, outages)

    right_without = succeeds(heard) if rewritten else None
    if is_right(execution.plan.deed, meaning, outages):
        return "correct", right_without
    if right_without:
        return "rewriting", right_without
    if said != heard and succeeds(said):
        return "asr", right_without
    if is_right(make_plan(meaning.hypothesis, place).deed, meaning, outages):
        return "nlu", right_without
    if is_right(meaning.deed, meaning, outages):
        return "entity resolution", right_without
    return "result", right_without
