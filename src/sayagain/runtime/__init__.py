"""One request, answered: candidates, rank, guard, decide, observe."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports
from sayagain.runtime.decision import COLD_START, LEAVE, Decision

if TYPE_CHECKING:
    from sayagain.runtime.decider import Decider, RankedCandidate, rewrite_id
    from sayagain.runtime.runtime import Runtime
    from sayagain.runtime.taught_source import TAUGHT

__all__ = ["COLD_START", "LEAVE", "TAUGHT", "Decider", "Decision", "RankedCandidate", "Runtime", "rewrite_id"]

# Late, because an assistant that asks the service needs the decision's record and none of what decides.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "TAUGHT": "taught_source",
        "Decider": "decider",
        "Runtime": "runtime",
        "RankedCandidate": "decider",
        "rewrite_id": "decider",
    },
)
