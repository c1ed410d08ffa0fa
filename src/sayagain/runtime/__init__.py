"""One request, answered: candidates, rank, guard, decide, observe."""

from typing import TYPE_CHECKING

from sayagain.lazy_imports import lazy_exports
from sayagain.runtime.decision import ASKED, COLD_START, LEAVE, Decision

if TYPE_CHECKING:
    from sayagain.runtime.decider import Decider, RankedCandidate, rewrite_id
    from sayagain.runtime.oracle import Oracle
    from sayagain.runtime.preference_storage import keep_preference
    from sayagain.runtime.proposal import (
        DO_NOTHING,
        Proposal,
        decline_proposal,
        does_nothing,
        words_for_nothing,
    )
    from sayagain.runtime.runtime import Runtime

__all__ = [
    "ASKED",
    "COLD_START",
    "DO_NOTHING",
    "LEAVE",
    "Decider",
    "Decision",
    "Oracle",
    "Proposal",
    "RankedCandidate",
    "Runtime",
    "decline_proposal",
    "does_nothing",
    "keep_preference",
    "rewrite_id",
    "words_for_nothing",
]

# Late, because an assistant that asks the service needs the decision's record and none of what decides.
__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "Decider": "decider",
        "DO_NOTHING": "proposal",
        "Oracle": "oracle",
        "keep_preference": "preference_storage",
        "Proposal": "proposal",
        "Runtime": "runtime",
        "RankedCandidate": "decider",
        "decline_proposal": "proposal",
        "does_nothing": "proposal",
        "words_for_nothing": "proposal",
        "rewrite_id": "decider",
    },
)
