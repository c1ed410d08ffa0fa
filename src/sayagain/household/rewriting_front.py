"""sayagain in front of the household's assistant: a layer that decides on each request with one release."""

from collections.abc import Sequence

from sayagain.household.assistant import Choice
from sayagain.runtime import Decider, Decision
from sayagain.turns import HISTORY, Turn

__all__ = ["RewritingFront"]


class RewritingFront:
    """A `Layer` that decides with one release and sees no more than the log will hold.

    Args:
        decider: of the release, for position `heard` or `parsed`.
    """

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self._sessions: dict[str, list[Turn]] = {}
        self.decisions: dict[str, Decision] = {}
        """Every rewrite made or kept back, by turn id."""

    def decide(self, turn: Turn) -> Choice | None:
        """Decide on a request."""
        decision = self._decider.decide(turn, self._history(turn))
        if decision.rewrite_id is None:
            return None
        self.decisions[turn.turn_id] = decision
        return Choice(text=decision.text, applied=decision.applied)

    def observe(self, turn: Turn) -> None:
        """Remember a turn as the context of the next."""
        # One session at a time is under way for a user; older ones are no context.
        user = turn.user_id or ""
        session_turns = self._sessions.get(user, [])
        recent_turns = (
            session_turns[-HISTORY + 1 :] if session_turns and session_turns[-1].session_id == turn.session_id else []
        )
        self._sessions[user] = [*recent_turns, turn]

    def _history(self, turn: Turn) -> Sequence[Turn]:
        session_turns = self._sessions.get(turn.user_id or "", [])
        return session_turns if session_turns and session_turns[-1].session_id == turn.session_id else []
