"""Votes of users for the meanings of some words; each user is one independent sign (naive Bayes)."""

import math

__all__ = ["Votes"]

_MOST = 0.99
"""Greatest probability of a meaning, however many signs: signs can be wrong in the same way."""


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
        """Count a sign that a user gave; of several, the user's surest counts.

        Args:
            meaning: any name of it, the same for the same meaning.
            user: as `sayagain.turns.privacy_unit` tells.
            probability: that it is right, in [0, 1].
        """
        users = self._users.setdefault(meaning, {})
        users[user] = max(users.get(user, 0.0), probability)

    def users(self, meaning: str) -> int:
        """Return how many users mean this."""
        return len(self._users.get(meaning, ()))

    def best(self) -> tuple[str, float]:
        """Return the likeliest meaning and its probability; those who mean something else count against it."""
        odds = {key: math.fsum(map(_logit, users.values())) for key, users in self._users.items()}
        best = max(sorted(odds), key=lambda key: odds[key])
        against = math.fsum(max(odds[key], 0.0) for key in odds if key != best)
        return best, round(min(1 / (1 + math.exp(against - odds[best])), _MOST), 6)


def _logit(probability: float) -> float:
    held = min(max(probability, 1 - _MOST), _MOST)
    return math.log(held / (1 - held))
