"""Live correction: users' reactions to a rewrite decide at once whether to serve it, ask about it or withdraw it."""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from sayagain.guardrails import (
    CONFIRMATIONS,
    SERVE,
    RewriteOutcome,
    Standing,
    confirmed_turns,
    rewrite_outcomes,
    standing_among_users,
    standing_with_user,
)
from sayagain.runtime.admission import is_proposal_id
from sayagain.runtime.decision import LEAVE, Decision
from sayagain.runtime.proposal import does_nothing
from sayagain.store import Store
from sayagain.turns import Session, Turn

__all__ = ["LiveCorrection"]

CONFIRMED_LAYER = "confirmed"
"""Layer of a rewrite that users said yes to often enough that it is made without asking."""

RECENT = 32
"""Number of latest outcomes of one rewrite with one user that decide its standing."""


class LiveCorrection:
    """Keeps the live evidence of every rewrite up to date, and acts on it.

    Args:
        store: keeps the outcomes and the withdrawals.
        past: from a turn to how many turns with its words went well and failed in the log of the release in use.
    """

    def __init__(self, store: Store, past: Callable[[Turn], tuple[float, float]]) -> None:
        self._store = store
        self._past = past

    def observe(self, turns: Sequence[Turn], *, one_home: bool) -> None:
        """Record the outcomes of the rewrites in the latest turns of a session, and withdraw harmful rewrites.

        Args:
            turns: of one session, oldest first.
            one_home: whether the log is that of one home or one user, whose word alone is enough.
        """
        self.review([Session(session_id=turns[0].turn_id, turns=tuple(turns))], one_home=one_home)

    def review(self, sessions: Iterable[Session], *, one_home: bool) -> None:
        """Record the outcomes of whole sessions, for example of an ingested log; arguments as for `observe`."""
        outcomes: list[RewriteOutcome] = []
        rewritten: dict[str, Turn] = {}
        for session in sessions:
            applied = {turn.applied_rewrite.id: turn for turn in session.turns if turn.applied_rewrite is not None}
            if applied:
                rewritten |= applied
                outcomes += rewrite_outcomes(session)
        if not outcomes:
            return
        self._store.add_outcomes(outcomes)
        for rewrite_id in {outcome.rewrite_id: None for outcome in outcomes if outcome.failed >= 0.5}:
            turn = rewritten[rewrite_id]
            # Who objects that nothing was done does not ask for what the request as it is would do: a person decides.
            if turn.applied_rewrite is not None and does_nothing(turn.applied_rewrite.target, turn.language):
                continue
            standing = self._standing_for_all(rewrite_id, turn, one_home=one_home or is_proposal_id(rewrite_id))
            if standing.action == "withdraw":
                self._store.withdraw(rewrite_id, standing.reason)

    def check(self, decision: Decision, user: str | None, *, one_home: bool) -> Decision:
        """Return what to do with a rewrite, given what this user or home did after it before.

        Args:
            decision: of the release in use.
            user: who speaks, where known.
            one_home: as for `observe`.
        """
        if decision.rewrite_id is None or not (decision.changed or decision.ask):
            return decision
        outcomes = self._outcomes(decision.rewrite_id, None if one_home else user, one_home=one_home)
        standing = standing_with_user(outcomes)
        if decision.ask is not None:
            return _checked_question(decision, standing, outcomes)
        if standing.action == "serve":
            return decision
        asking = standing.action == "ask"
        verb = "asked about" if asking else "left as it is"
        return msgspec.structs.replace(
            decision,
            text=decision.heard,
            hypothesis=None,
            layer=LEAVE,
            ask=decision.text if asking else None,
            why=f"{verb}: last time “{decision.text}” was passed on, {standing.reason}",
        )

    def _outcomes(self, rewrite_id: str, user: str | None, *, one_home: bool) -> list[RewriteOutcome]:
        # For an unknown speaker, only the outcomes of other unknown speakers count.
        unknown = user is None and not one_home
        return self._store.outcomes(rewrite_id, user_id=user, unknown=unknown, limit=RECENT)

    def _standing_for_all(self, rewrite_id: str, turn: Turn, *, one_home: bool) -> Standing:
        totals = self._store.outcome_totals(rewrite_id, per_user=not one_home).get(rewrite_id)
        if totals is None:
            return SERVE
        if one_home:
            standing = standing_with_user(self._store.outcomes(rewrite_id, limit=RECENT))
            if standing.action == "withdraw":
                return standing
        return standing_among_users(totals, self._past(turn))


def _checked_question(decision: Decision, standing: Standing, outcomes: Sequence[RewriteOutcome]) -> Decision:
    """Return what to do with a question: drop it where nobody wants it, serve what was confirmed often enough."""
    if standing.action == "withdraw":
        return msgspec.structs.replace(decision, ask=None, rewrite_id=None, why=f"left as it is: {standing.reason}")
    asked = decision.ask
    if asked is None or decision.ask_each_time or confirmed_turns(outcomes) < CONFIRMATIONS:
        return decision
    return msgspec.structs.replace(
        decision,
        text=asked,
        ask=None,
        layer=CONFIRMED_LAYER,
        probability=None if decision.probability is None else 1 - decision.probability,
        why=f"“{asked}” was confirmed {CONFIRMATIONS} times",
    )
