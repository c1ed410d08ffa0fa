"""Habits: what one person means by an ambiguous request, in one kind of situation, learnt for that person alone.

A person who means the same each time either always means what the assistant does, or never. Each turn adds its
evidence for the one or the other, and old evidence decays.
"""

import math

import msgspec

__all__ = ["HALF_LIFE", "Habit", "Habits", "add_habit", "never_meant"]

HALF_LIFE = 30 * 86_400_000
"""Time after which evidence counts half, in milliseconds."""

CAUTION = 0.4
"""Factor on the evidence of one turn: people are not that regular."""

MOST = 6.0
"""Most evidence that counts, in log-odds."""


class Habit(msgspec.Struct, omit_defaults=True):
    """The evidence of one person about one request in one kind of situation."""

    against: float = 0.0
    """Log-odds that what the assistant does is not what this person means, by this person's turns."""
    at: int = 0
    """Time of the last turn, in milliseconds."""
    turns: int = 0
    """Turns behind it."""
    retries: dict[str, float] = {}
    """What was asked for at once instead, by placed key."""


Habits = dict[str, Habit]
"""By the name of the situation: the request and the path of its leaf, and what is done."""


def situation_name(request: str, path: tuple[str, ...], done: str) -> str:
    """Return the name of a kind of situation.

    >>> situation_name("words stop", ("alarm is on",), "pause")
    'words stop | alarm is on | pause'
    """
    return " | ".join((request, *path, done))


def add_habit(
    habits: Habits, name: str, *, p_defect: float, average: float, at: int, retry: str | None = None, share: float = 0.0
) -> None:
    """Count one turn.

    Args:
        habits: the person's; changed.
        name: of the situation.
        p_defect: P(the turn went wrong), by the judge.
        average: share of defects in the log.
        at: when, in milliseconds.
        retry: what was asked for at once instead.
        share: P(that is what was meant, if something else was).

    >>> habits: Habits = {}
    >>> for day in range(5):
    ...     add_habit(habits, "coffee", p_defect=0.7, average=0.25, at=day * 86_400_000)
    >>> never_meant(habits, "coffee", 0.3, now=5 * 86_400_000) > 0.9
    True
    """
    habit = habits.setdefault(name, Habit(retries={}))
    decay = 0.5 ** (max(at - habit.at, 0) / HALF_LIFE)
    habit.against = habit.against * decay + CAUTION * (_logit(p_defect) - _logit(average))
    habit.at, habit.turns = max(at, habit.at), habit.turns + 1
    if retry is not None:
        habit.retries = {key: mass * decay for key, mass in habit.retries.items()}
        habit.retries[retry] = habit.retries.get(retry, 0.0) + p_defect * share


def never_meant(habits: Habits, name: str, prior: float, *, now: int) -> float:
    """Return P(what the assistant does is not what this person means here).

    Args:
        habits: the person's.
        name: of the situation.
        prior: the same for everybody.
        now: in milliseconds; 0 leaves decay out of account.
    """
    habit = habits.get(name)
    if habit is None:
        return prior
    decay = 0.5 ** (max(now - habit.at, 0) / HALF_LIFE) if now else 1.0
    evidence = min(max(habit.against * decay, -MOST), MOST)
    return 1 / (1 + math.exp(-_logit(prior) - evidence))


def _logit(p: float) -> float:
    p = min(max(p, 0.01), 0.99)
    return math.log(p / (1 - p))
