"""The failure point: the stage of a turn that failed first and could not be recovered from."""

from typing import Annotated, Literal, get_args

import msgspec

__all__ = ["FAILURE_POINTS", "FailurePoint", "Isolation"]

FailurePoint = Literal["correct", "false_wake", "asr", "nlu", "entity_resolution", "result"]
"""`false_wake`: nobody spoke to the assistant. `asr`: the words were misheard. `nlu`: the words were heard and not
understood, or misunderstood. `entity_resolution`: the words denote another thing than was chosen. `result`: the right
action did not work. `correct`: the turn went well, a stage recovered from the failure of an earlier one, or
nobody could have served the request.

Source: Khaziev et al., NAACL industry 2022.
"""

FAILURE_POINTS: tuple[FailurePoint, ...] = get_args(FailurePoint)
"""The failure points, in the order of every array of their probabilities."""

Probability = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Isolation(msgspec.Struct, frozen=True, kw_only=True):
    """The failure point of one turn, with the probability of each.

    >>> Isolation(turn_id="t", stage="asr", probabilities={"correct": 0.2, "asr": 0.8}).p_defect
    0.8
    """

    turn_id: str
    """Id of the turn."""
    stage: FailurePoint
    """The most probable failure point."""
    probabilities: dict[FailurePoint, Probability]
    """The probability of each failure point; they sum to 1."""

    @property
    def p_defect(self) -> float:
        """The probability that the turn failed at any stage."""
        return 1 - self.probabilities.get("correct", 0.0)
