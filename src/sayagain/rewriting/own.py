"""Personal requests: the requests that work for one user, used for this user alone."""

import msgspec

from sayagain.context import Habits
from sayagain.text import likeness, limit_text, normalise
from sayagain.turns import Hypothesis

__all__ = ["PersonalRequests", "PersonalUse"]

ALIKE = 0.5
"""Similarity by letters or sound from which a personal request becomes a candidate, in [0, 1]."""


class PersonalUse(msgspec.Struct, omit_defaults=True):
    """One hypothesis that worked for this user."""

    hypothesis: Hypothesis = msgspec.field(name="reading")
    """What is meant."""
    text: str
    """The user's latest words for it that worked, normalised."""
    surface: str = ""
    """Those words as they were written; empty where they are written no other way."""
    times: float = 0.0
    """How often, each counted by the probability that it went well."""
    heard: dict[str, float] = {}
    """What was heard when this was meant, and how often."""


class PersonalRequests(msgspec.Struct, omit_defaults=True):
    """All of one user's hypotheses by key."""

    uses: dict[str, PersonalUse] = {}
    """By the hypothesis's key, in the language that most of the log is in."""
    others: dict[str, "PersonalRequests"] = {}
    """The same in each other language, by its code."""
    habits: Habits = {}
    """What this user means by ambiguous requests, in all languages."""

    def in_language(self, other: str | None) -> "PersonalRequests":
        """Return what the user does in a language.

        Args:
            other: its code; None for the one that most of the log is in.
        """
        if other is None:
            return self
        return PersonalRequests(uses=self.others[other].uses if other in self.others else {}, habits=self.habits)

    def add(self, hypothesis: Hypothesis, words: str | None, heard: str, probability: float) -> None:
        """Count one verified turn.

        Args:
            hypothesis: what was meant.
            words: words that worked for it, as they were written; None where none are known.
            heard: what was heard, normalised.
            probability: that the hypothesis is right.
        """
        text = normalise(words) if words is not None else None
        use = self.uses.get(hypothesis.key)
        if use is None:
            if text is None:
                return
            use = self.uses[hypothesis.key] = PersonalUse(hypothesis=hypothesis, text=text, heard={})
        if text and words is not None:
            use.text, use.surface = text, words if words != text else ""
        use.times += probability
        use.heard[heard] = use.heard.get(heard, 0.0) + probability

    def like(self, heard: str, limit: int) -> list[PersonalUse]:
        """Return the user's hypotheses that were meant by these words before, or whose words look or sound like them.

        >>> own = PersonalRequests(uses={})
        >>> own.add(Hypothesis(intent="off"), "turn off the lamp", "turn off the lamp", 1.0)
        >>> [use.text for use in own.like("turn of the lamb", 1)]
        ['turn off the lamp']
        """
        matches = []
        similarity_to_heard = likeness(heard)
        for key, use in self.uses.items():
            similarity = similarity_to_heard(limit_text(use.text))
            heard_count = use.heard.get(heard, 0.0)
            if heard_count or similarity >= ALIKE:
                matches.append((-heard_count, -similarity, -use.times, key, use))
        matches.sort(key=lambda match_key: match_key[:4])
        return [use for *_, use in matches[:limit]]
