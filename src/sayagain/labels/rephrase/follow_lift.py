"""Lift: how much oftener a request follows a failure of another one than it follows anything, over a whole log.

Users who fail with "where is my package" and then say "track my order", again and again, show that the one rephrases
the other, whatever their words. Three limits keep habit and chance out: each user counts once a day; the lift is a
lower confidence bound; and what follows just as often where the first request worked is a habit.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from scipy.special import betaincinv

from sayagain.feedback.outcome import trouble
from sayagain.feedback.timing import gap
from sayagain.text import limit_text, normalise
from sayagain.turns import Session, Turn, fitting_unit

__all__ = ["MOST_LIFT", "FollowLift", "later_turns"]

REACH = 3
"""Most turns ahead at which a rephrase may stand."""

MIN_OCCASIONS = 3
"""Least occasions (a user's day) on which the one followed a failure of the other; once or twice is chance."""

CONFIDENCE = 0.1
"""Probability that the true rate is below the bound."""

MOST_LIFT = 4.0
"""Upper limit of the lift, in log-odds: behaviour alone does not settle what the words contradict. With few occasions
it is lower, log(1 + occasions)."""

_DAY = 86_400_000

Occasion = tuple[str, int]
"""A fitting unit and a day."""


def later_turns(session: Session, place: int, window: int) -> Iterator[tuple[int, Turn]]:
    """Yield the later turns that may rephrase one, with their positions.

    Args:
        session: the whole session.
        place: position of the request.
        window: longest gap, in milliseconds.
    """
    for later in range(place + 1, min(place + 1 + REACH, len(session.turns))):
        if gap(session.turns[place], session.turns[later]) > window:
            return
        yield later, session.turns[later]


class FollowLift:
    """The lifts of a log.

    Args:
        log: all sessions.
        window: longest gap between a request and its rephrase, in milliseconds.
    """

    def __init__(self, log: Sequence[Session], *, window: int) -> None:
        self._failed: dict[str, set[Occasion]] = defaultdict(set)
        self._worked: dict[str, set[Occasion]] = defaultdict(set)
        self._after_failure: dict[tuple[str, str], set[Occasion]] = defaultdict(set)
        self._after_success: dict[tuple[str, str], set[Occasion]] = defaultdict(set)
        self._followed: Counter[str] = Counter()
        self._total = 0
        for session in log:
            unit = fitting_unit(session)
            for place, turn in enumerate(session.turns):
                source, occasion = _spelling(turn), (unit, turn.started // _DAY)
                failed = trouble(turn) is not None
                (self._failed if failed else self._worked)[source].add(occasion)
                after = self._after_failure if failed else self._after_success
                for _, later in later_turns(session, place, window):
                    after[source, _key(later)].add(occasion)
                    self._followed[_key(later)] += 1
                    self._total += 1

    def lift(self, source: Turn, target: Turn) -> float:
        """Return log(least rate of the target after a failure of the source ÷ its rate otherwise).

        Args:
            source: a request that failed.
            target: a later request that worked.

        Returns:
            In [0, `MOST_LIFT`]; 0 where it was seen on too few occasions.
        """
        words, key = _spelling(source), _key(target)
        occasions = len(self._after_failure.get((words, key), ()))
        if occasions < MIN_OCCASIONS:
            return 0.0
        failures = len(self._failed[words])
        least_rate = float(betaincinv(occasions + 0.5, failures - occasions + 0.5, CONFIDENCE))
        # Without the failures of this very source, or what is common only after it would look common everywhere.
        elsewhere = max(self._total - failures, 1)
        base_rate = (max(self._followed[key] - occasions, 0) + 1) / (elsewhere + 1)
        successes = len(self._worked.get(words, ()))
        if successes >= MIN_OCCASIONS:
            base_rate = max(base_rate, len(self._after_success.get((words, key), ())) / successes)
        limit = min(math.log1p(occasions), MOST_LIFT)
        return min(max(math.log(least_rate / base_rate), 0.0), limit)


def _spelling(turn: Turn) -> str:
    return normalise(limit_text(turn.heard))


def _key(turn: Turn) -> str:
    """Return what a turn asks for: its hypothesis, or its words where it has none."""
    return f"heard:{_spelling(turn)}" if turn.understood.empty else turn.understood.key
