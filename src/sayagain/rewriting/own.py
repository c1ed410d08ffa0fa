"""Personal requests: the requests that work for one user, used for this user alone."""

from collections.abc import Container, Sequence

import msgspec

from sayagain.context import Habits
from sayagain.labels import Label
from sayagain.languages import language_of
from sayagain.text import likenesses, limit_text, normalise
from sayagain.turns import Hypothesis, Session

__all__ = ["PersonalRequests", "PersonalUse", "add_personal"]

ALIKE = 0.5
"""Similarity by letters or sound from which a personal request becomes a candidate, in [0, 1]."""


PRIOR = 0.5
"""How many of a user's own requests the meaning of everybody is worth, for words that this user has said."""

Shares = dict[str, tuple[Hypothesis, float, float]]


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

    def join(self, later: "PersonalRequests") -> "PersonalRequests":
        """Return these requests and later ones of the same user and language; neither changes.

        >>> own, later = PersonalRequests(uses={}), PersonalRequests(uses={})
        >>> own.add(Hypothesis(intent="off"), "lamp off", "lamp off", 1.0)
        >>> later.add(Hypothesis(intent="off"), "turn off the lamp", "lamb off", 1.0)
        >>> (use,) = own.join(later).uses.values()
        >>> use.text, use.heard
        ('turn off the lamp', {'lamp off': 1.0, 'lamb off': 1.0})
        """
        uses = dict(self.uses)
        for key, use in later.uses.items():
            before = uses.get(key)
            if before is None:
                uses[key] = use
                continue
            heard = dict(before.heard)
            for text, times in use.heard.items():
                heard[text] = heard.get(text, 0.0) + times
            uses[key] = msgspec.structs.replace(use, times=before.times + use.times, heard=heard)
        return msgspec.structs.replace(self, uses=uses)

    def shrink_shares(self, heard: str, shares: Shares) -> Shares:
        """Return what was meant by these words: by this user and, for as much as `PRIOR` requests, by everybody.

        Args:
            heard: normalised.
            shares: by hypothesis, as made by `sayagain.rewriting.table.shares` for everybody.

        >>> washington, california = Hypothesis(intent="washington"), Hypothesis(intent="california")
        >>> own = PersonalRequests(uses={})
        >>> own.add(california, "weather in wilkerson california", "weather in wilkerson", 1.0)
        >>> shares = own.shrink_shares("weather in wilkerson", {washington.key: (washington, 1.0, 9.0)})
        >>> [round(share, 2) for _, share, _ in shares.values()]
        [0.33, 0.67]
        """
        counts = {key: count for key, use in self.uses.items() if (count := use.heard.get(heard, 0.0))}
        if not counts:
            return shares
        total = sum(counts.values()) + (PRIOR if shares else 0.0)
        shrunk = {}
        for key in [*shares, *(key for key in counts if key not in shares)]:
            hypothesis, share, support = shares.get(key) or (self.uses[key].hypothesis, 0.0, 0.0)
            count = counts.get(key, 0.0)
            shrunk[key] = (hypothesis, (count + PRIOR * share) / total, support + count)
        return shrunk

    def like(self, heard: str, limit: int) -> list[PersonalUse]:
        """Return the user's hypotheses that were meant by these words before, or whose words look or sound like them.

        >>> own = PersonalRequests(uses={})
        >>> own.add(Hypothesis(intent="off"), "turn off the lamp", "turn off the lamp", 1.0)
        >>> [use.text for use in own.like("turn of the lamb", 1)]
        ['turn off the lamp']
        """
        matches = []
        similarities = likenesses(heard, [limit_text(use.text) for use in self.uses.values()])
        for (key, use), similarity in zip(self.uses.items(), similarities, strict=True):
            heard_count = use.heard.get(heard, 0.0)
            if heard_count or similarity >= ALIKE:
                matches.append((-heard_count, -similarity, -use.times, key, use))
        matches.sort(key=lambda match_key: match_key[:4])
        return [use for *_, use in matches[:limit]]


def add_personal(
    own: PersonalRequests, session: Session, labels: Sequence[Label | None], others: Container[str] = ()
) -> None:
    """Count what one user meant in one session.

    Args:
        own: the user's; changed.
        session: with turns in any language.
        labels: of its turns.
        others: languages that are kept apart.
    """
    for turn, label in zip(session.turns, labels, strict=True):
        if label is not None and label.verified:
            understood = label.hypothesis.key == turn.understood.key
            words = turn.request if understood else label.words
            code = language_of(turn.language)
            language_requests = (
                own if code not in others else own.others.setdefault(str(code), PersonalRequests(uses={}))
            )
            language_requests.add(label.hypothesis, words, normalise(turn.heard), label.probability)
