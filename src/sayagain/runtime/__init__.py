"""One request, answered: candidates, rank, guard, decide, observe."""

from sayagain.runtime.decider import Decider, Weighed, rewrite_id
from sayagain.runtime.decision import LEAVE, Decision
from sayagain.runtime.recalled import TAUGHT
from sayagain.runtime.runtime import Runtime

__all__ = ["LEAVE", "TAUGHT", "Decider", "Decision", "Runtime", "Weighed", "rewrite_id"]
