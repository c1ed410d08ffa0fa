"""What was said to questions: what was confirmed need not be asked again, and what was declined is not done."""

import threading

from sayagain.turns import Turn

__all__ = ["PastAnswers"]

ENOUGH = 2
"""So many times a question must have been answered alike, and never otherwise."""


class PastAnswers:
    """Counts yes and no by the id of what was asked about; requests and people themselves are not kept.

    >>> from sayagain.turns import AppliedRewrite, FeedbackReport
    >>> before = PastAnswers()
    >>> for n in range(2):
    ...     before.take(
    ...         Turn(
    ...             turn_id=f"t{n}",
    ...             started=n,
    ...             request="look the front door",
    ...             applied_rewrite=AppliedRewrite(
    ...                 id="f00", source="look the front door", target="lock the front door", layer="asked"
    ...             ),
    ...             feedback=(FeedbackReport(kind="helped", value=1.0, at=n),),
    ...         )
    ...     )
    >>> before.answer("f00"), before.answer("ba4")
    (True, None)
    """

    def __init__(self) -> None:
        # The answer to each turn's question: a turn is told of again as it grows.
        self._answers: dict[str, dict[str, bool]] = {}
        # Requests are decided on in threads.
        self._lock = threading.Lock()

    def take(self, turn: Turn) -> None:
        """Take in a turn; only one whose question was answered counts."""
        applied = turn.applied_rewrite
        said = [report.value for report in turn.feedback if report.kind == "helped" and report.value is not None]
        if applied is None or not said or applied.layer not in {"asked", "leave"}:
            return
        with self._lock:
            self._answers.setdefault(applied.id, {})[turn.turn_id] = said[-1] > 0

    def answer(self, rewrite_id: str | None) -> bool | None:
        """Return what is always said to a question; None where that is not known yet."""
        with self._lock:
            said = list(self._answers.get(rewrite_id or "", {}).values())
        return said[0] if len(said) >= ENOUGH and len(set(said)) == 1 else None
