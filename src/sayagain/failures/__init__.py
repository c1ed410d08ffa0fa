"""Failures: the stage of a turn that failed first, the evidence for it, and the remedy."""

from typing import TYPE_CHECKING

from sayagain.failures.failure_point import AGENT_STAGES, ALL_STAGES, FAILURE_POINTS, FailurePoint, Isolation
from sayagain.lazy_imports import lazy_exports

if TYPE_CHECKING:
    from sayagain.failures.isolator import FailureIsolator
    from sayagain.failures.log_knowledge import LogKnowledge

__all__ = [
    "AGENT_STAGES",
    "ALL_STAGES",
    "FAILURE_POINTS",
    "FailureIsolator",
    "FailurePoint",
    "Isolation",
    "LogKnowledge",
]

# Late, since the model needs LightGBM and the evidence the detectors.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "FailureIsolator": "isolator",
        "LogKnowledge": "log_knowledge",
    },
)
