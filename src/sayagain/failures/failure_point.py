"""The failure point: the stage of a turn that failed first and could not be recovered from."""

from typing import Annotated, Literal

import msgspec

__all__ = ["AGENT_STAGES", "ALL_STAGES", "FAILURE_POINTS", "FailurePoint", "Isolation"]

FailurePoint = Literal[
    "correct",
    "false_wake",
    "asr",
    "nlu",
    "entity_resolution",
    "result",
    "retrieval",
    "tool_choice",
    "tool_arguments",
    "tool_result",
    "answer",
]
"""`false_wake`: nobody spoke to the assistant. `asr`: the words were misheard. `nlu`: the words were heard and not
understood, or misunderstood. `entity_resolution`: the words denote another thing than was chosen. `result`: the right
action did not work. `correct`: the turn went well, a stage recovered from the failure of an earlier one, or
nobody could have served the request.

An LLM agent whose trace is logged has stages of its own. `retrieval`: what it needed was not looked up or not found.
`tool_choice`: another tool was needed. `tool_arguments`: the tool was called with wrong arguments. `tool_result`: the
tool failed. `answer`: all steps went well, and what it made of them did not.

Source: Khaziev et al., NAACL industry 2022.
"""

FAILURE_POINTS: tuple[FailurePoint, ...] = ("correct", "false_wake", "asr", "nlu", "entity_resolution", "result")
"""The failure points that the isolator knows, in the order of every array of their probabilities."""

AGENT_STAGES: tuple[FailurePoint, ...] = ("retrieval", "tool_choice", "tool_arguments", "tool_result", "answer")
"""The stages of an LLM agent, in their order."""

ALL_STAGES: tuple[FailurePoint, ...] = (*FAILURE_POINTS, *AGENT_STAGES)
"""Every failure point, `correct` first."""

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
