"""What came of the cold start's own rewrites: one that the user objected to is asked about, then made no more."""

import threading
from collections import OrderedDict, deque

from sayagain.assistants.homeassistant.cold_start.decisions import LAYER
from sayagain.guardrails.live_evidence import RewriteOutcome, rewrite_outcomes
from sayagain.guardrails.standing import Standing, standing_with_user
from sayagain.turns import Session, Turn

__all__ = ["PastOutcomes"]

_MADE = frozenset({LAYER, "asked", "leave"})
"""Layers of what was made at once, made after a yes, and asked about in vain."""

_PLACES = 64
"""Of so many places the last turns are kept."""

_TURNS = 4
"""So many turns of one place: what objects to a rewrite comes soon after it."""

_OUTCOMES = 32
"""So many of each rewrite are kept."""


class PastOutcomes:
    """Keeps the outcomes of rewrites of one home, by the id of the rewrite.

    >>> from sayagain.turns import AppliedRewrite
    >>> applied = AppliedRewrite(id="f00", source="lamp of", target="turn off Lamp", layer="cold start")
    >>> outcomes = PastOutcomes()
    >>> outcomes.take(Turn(turn_id="a", started=0, request="turn off Lamp", device_id="d", applied_rewrite=applied))
    >>> outcomes.take(Turn(turn_id="b", started=5_000, request="undo that", device_id="d"))
    >>> outcomes.standing("f00").action
    'ask'
    """

    def __init__(self) -> None:
        self._turns: OrderedDict[str | None, deque[Turn]] = OrderedDict()
        self._outcomes: dict[str, dict[str, RewriteOutcome]] = {}
        # Requests are decided on in threads.
        self._lock = threading.Lock()

    def take(self, turn: Turn) -> None:
        """Take in a turn that was answered; one that is told of again replaces itself."""
        place = turn.satellite_id or turn.device_id or turn.conversation_id or turn.user_id
        with self._lock:
            turns = self._turns.setdefault(place, deque(maxlen=_TURNS))
            self._turns.move_to_end(place)
            while len(self._turns) > _PLACES:
                self._turns.popitem(last=False)
            known = [n for n, one in enumerate(turns) if one.turn_id == turn.turn_id]
            if known:
                turns[known[0]] = turn
            else:
                turns.append(turn)
            session = tuple(turns)
        if not any(one.applied_rewrite is not None and one.applied_rewrite.layer in _MADE for one in session):
            return
        outcomes = rewrite_outcomes(Session(session_id=session[0].turn_id, turns=session))
        with self._lock:
            for outcome in outcomes:
                of_rewrite = self._outcomes.setdefault(outcome.rewrite_id, {})
                of_rewrite[outcome.turn_id] = outcome
                if len(of_rewrite) > _OUTCOMES:
                    del of_rewrite[next(iter(of_rewrite))]

    def standing(self, rewrite_id: str | None) -> Standing:
        """Return whether a rewrite is still made, asked about, or made no more."""
        with self._lock:
            outcomes = list(self._outcomes.get(rewrite_id or "", {}).values())
        return standing_with_user(sorted(outcomes, key=lambda outcome: outcome.at))
