"""sayagain in front of the household's assistant: a layer that decides with one release."""

from collections.abc import Sequence

from sayagain.household.assistant import Choice
from sayagain.runtime import Decider, Decision
from sayagain.turns import HISTORY, Turn

__all__ = ["RewritingFront"]


class RewritingFront:
    """A `Layer` that decides with one release and sees only what the log will contain.

    Args:
        decider: the decider of the release, for position `heard` or `parsed`.
    """

    def __init__(self, decider: Decider) -> None:
        self._decider = decider
        self._sessions: dict[str, list[Turn]] = {}
        self.decisions: dict[str, Decision] = {}
        """Decisions with a rewrite, applied or held out, by turn id."""

    def decide(self, turn: Turn) -> Choice | None:
        """Decide on a request."""
        decision = self._decider.decide(turn, self._history(turn))
        if decision.rewrite_id is None:
            return None
        self.decisions[turn.turn_id] = decision
        # Who is asked about what depends on live evidence, which a release alone does not have.
        as_listed = decision.changed and decision.text == decision.heard
        return Choice(
            text=decision.text,
            hypothesis=decision.hypothesis if as_listed else None,
            applied=decision.applied,
        )

    def observe(self, turn: Turn) -> None:
        """Remember a turn as the context of the next."""
        # A user has one session at a time; earlier sessions are no context.
        user = turn.user_id or ""
        session_turns = self._sessions.get(user, [])
        recent_turns = (
            session_turns[-HISTORY + 1 :] if session_turns and session_turns[-1].session_id == turn.session_id else []
        )
        self._sessions[user] = [*recent_turns, turn]

    def _history(self, turn: Turn) -> Sequence[Turn]:
        session_turns = self._sessions.get(turn.user_id or "", [])
        return session_turns if session_turns and session_turns[-1].session_id == turn.session_id else []
