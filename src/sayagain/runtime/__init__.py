"""One request, answered: candidates, rank, guard, decide, observe."""

from typing import TYPE_CHECKING

from sayagain.late import late
from sayagain.runtime.decision import LEAVE, Decision

if TYPE_CHECKING:
    from sayagain.runtime.decider import Decider, Weighed, rewrite_id
    from sayagain.runtime.recalled import TAUGHT
    from sayagain.runtime.runtime import Runtime

__all__ = ["LEAVE", "TAUGHT", "Decider", "Decision", "Runtime", "Weighed", "rewrite_id"]

# Late, because an assistant that asks the service needs the decision's record and none of what decides.
__getattr__ = late(
    __name__,
    {
        "TAUGHT": "recalled",
        "Decider": "decider",
        "Runtime": "runtime",
        "Weighed": "decider",
        "rewrite_id": "decider",
    },
)
