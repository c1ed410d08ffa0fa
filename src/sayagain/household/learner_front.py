"""A learner in front of the household's assistant: it rewrites, logs, and corrects itself as it does for a user."""

from collections.abc import Callable

from sayagain.household.assistant import Choice
from sayagain.learner import Learner
from sayagain.runtime import Decision
from sayagain.turns import Turn

__all__ = ["NO_HURRY", "LearnerFront"]

NO_HURRY = 60_000.0
"""Deadline of simulated decisions, in milliseconds: a slow machine must leave nothing out, or two runs would differ."""


def _whole(turn: Turn) -> Turn:
    return turn


class LearnerFront:
    """A `Layer`: a learner that sees each turn through two views.

    Args:
        learner: of the home, or of several that share a log.
        request_view: what the learner sees of a request.
        log_view: what the learner logs of a turn.
        converses: whether people may teach in conversation; the assistant must say `Choice.reply` then.
    """

    def __init__(
        self,
        learner: Learner,
        *,
        request_view: Callable[[Turn], Turn] = _whole,
        log_view: Callable[[Turn], Turn] = _whole,
        converses: bool = False,
    ) -> None:
        self._learner = learner
        self._request_view = request_view
        self._log_view = log_view
        self._converses = converses
        self.decisions: dict[str, Decision] = {}
        """Decisions with a rewrite, applied or held out, by turn id."""

    def decide(self, turn: Turn) -> Choice | None:
        """Decide on a request."""
        request = self._request_view(turn)
        decision = (
            self._learner.converse(request, takes_steps=True) if self._converses else self._learner.rewrite(request)
        )
        if decision.rewrite_id is None:
            return None
        self.decisions[turn.turn_id] = decision
        return Choice(
            text=decision.text,
            applied=decision.applied,
            ask=decision.ask,
            ask_layer=decision.ask_layer,
            reply=decision.reply,
            steps=decision.steps,
        )

    def observe(self, turn: Turn) -> None:
        """Log a turn."""
        self._learner.observe(self._log_view(turn))
