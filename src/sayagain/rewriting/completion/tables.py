"""What completion learnt of words: how often they are completed, and how often they begin, end or surround names."""

import math

import msgspec

__all__ = ["Rates", "Tables"]

PRIOR = 10.0
"""Occurrences that the share of all words counts as."""


class Rates(msgspec.Struct):
    """Counts of occurrences by key, and of those that were right; each group of examples can be left out."""

    counts: dict[str, tuple[int, int]] = {}
    """By key: right ones, and all."""
    right: int = 0
    """Right ones of all keys."""
    total: int = 0
    """All of all keys."""
    by_group: dict[str, dict[str, tuple[int, int]]] = {}
    """The same by group; empty in a model that ships."""

    def add(self, key: str, *, right: bool, group: str) -> None:
        """Count one occurrence of an example of a group."""
        for counts in (self.counts, self.by_group.setdefault(group, {})):
            of_key, all_of_key = counts.get(key, (0, 0))
            counts[key] = of_key + right, all_of_key + 1
        self.right += right
        self.total += 1

    def log_ratio(self, key: str, without: str | None = None) -> float:
        """Return the log of the share of a key ÷ the share of all, shrunk to 0.

        Args:
            key: the key.
            without: a group of examples that is left out.
        """
        right, total = self.counts.get(key, (0, 0))
        if without is not None:
            group_right, group_total = self.by_group.get(without, {}).get(key, (0, 0))
            right, total = right - group_right, total - group_total
        share = (self.right + 1) / (self.total + 2)
        return math.log((right + PRIOR * share) / (total + PRIOR) / share)


class Tables(msgspec.Struct):
    """The tables of a completer."""

    references: Rates = msgspec.field(default_factory=Rates)
    """Phrases of the request, whether each was completed."""
    before: Rates = msgspec.field(default_factory=Rates)
    """The same with the word before it."""
    after: Rates = msgspec.field(default_factory=Rates)
    """The same with the word behind it."""
    first: Rates = msgspec.field(default_factory=Rates)
    """First words of phrases of the session, and of each kind of reference, whether the phrase was put in."""
    last: Rates = msgspec.field(default_factory=Rates)
    """Last words, likewise."""
    preceding: Rates = msgspec.field(default_factory=Rates)
    """Words before a phrase, likewise."""
    following: Rates = msgspec.field(default_factory=Rates)
    """Words behind a phrase, likewise."""
    usual: Rates = msgspec.field(default_factory=Rates)
    """Phrases that are put in though nobody said them ("the call"), by kind of reference and by word before it."""
    phrases: list[str] = []
    """References that are completed."""
    usual_phrases: dict[str, list[str]] = {}
    """Phrases of `usual`, with the groups of examples that have them; no groups in a model that ships."""
