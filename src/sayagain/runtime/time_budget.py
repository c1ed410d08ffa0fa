"""The time budget of one decision: what is not ready in time is left out, and the decision says so."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from sayagain.rewriting.retrieve import RetrievedRequest
from sayagain.runtime.decision import Decision

__all__ = ["LateError", "SearchUntil", "TimeBudget"]

SearchUntil = Callable[[str, float], Sequence[RetrievedRequest] | None]
"""From a normalised string and a time (`time.perf_counter`) to requests that work, or None where that takes longer."""


class LateError(Exception):
    """The ranking of a request some of whose candidates were not ready in time; raised so that no cache keeps it."""

    def __init__(self, ranking: Any, left_out: Sequence[str]) -> None:  # noqa: ANN401  (whatever the cache would keep)
        super().__init__()
        self.ranking = ranking
        self.left_out = left_out


class TimeBudget:
    """What is left of the time of one decision, and what was left out.

    Args:
        deadline: in milliseconds from now; None for no end.
    """

    def __init__(self, deadline: float | None) -> None:
        self.until = math.inf if deadline is None else time.perf_counter() + deadline / 1000
        self.left_out: list[str] = []
        """Layers whose candidates were not ready."""

    def search(self, search_until: SearchUntil) -> Callable[[str], Sequence[RetrievedRequest]]:
        """Return a search that finds nothing once the time is over."""

        def search(heard: str) -> Sequence[RetrievedRequest]:
            found = search_until(heard, self.until)
            if found is None:
                self.left_out.append("global")
            return found or ()

        return search

    def state(self, decision: Decision) -> Decision:
        """Return a decision that says what was left out."""
        if not self.left_out:
            return decision
        left_out = tuple(dict.fromkeys(self.left_out))
        why = f"{decision.why}; not ready in time: {', '.join(left_out)}"
        return msgspec.structs.replace(decision, left_out=left_out, why=why)
