"""Votes of users for the meanings of some words; each user is one independent sign (naive Bayes)."""

import math

__all__ = ["Votes"]

_MOST = 0.99
"""Greatest probability of a meaning, for any number of signs: their errors can be correlated."""


class Votes:
    """The users' votes for the meanings of some words.

    >>> votes = Votes()
    >>> votes.add("off", "a", 0.8)
    >>> votes.add("off", "b", 0.8)
    >>> votes.add("on", "c", 0.6)
    >>> votes.best()
    ('off', 0.914286)
    """

    def __init__(self) -> None:
        self._users: dict[str, dict[str, float]] = {}

    def add(self, meaning: str, user: str, probability: float) -> None:
        """Add a sign of a user; of several, the one with the highest probability counts.

        Args:
            meaning: key of the meaning.
            user: privacy unit, by `sayagain.turns.privacy_unit`.
            probability: probability that the meaning is right, in [0, 1].
        """
        users = self._users.setdefault(meaning, {})
        users[user] = max(users.get(user, 0.0), probability)

    def users(self, meaning: str) -> int:
        """Return the number of users with this meaning."""
        return len(self._users.get(meaning, ()))

    def best(self) -> tuple[str, float]:
        """Return the most probable meaning and its probability; votes for other meanings count against it."""
        odds = {key: math.fsum(map(_logit, users.values())) for key, users in self._users.items()}
        meaning = max(sorted(odds), key=lambda key: odds[key])
        opposing_odds = math.fsum(max(odds[key], 0.0) for key in odds if key != meaning)
        return meaning, round(min(1 / (1 + math.exp(opposing_odds - odds[meaning])), _MOST), 6)


def _logit(probability: float) -> float:
    clipped = min(max(probability, 1 - _MOST), _MOST)
    return math.log(clipped / (1 - clipped))
