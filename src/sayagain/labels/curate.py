"""Curating: labels of turns that failed, gathered over the users into examples that an assistant can be taught by."""

import math
from collections.abc import Iterable

import msgspec

from sayagain.labels.example import Example
from sayagain.labels.judgement import Judgement
from sayagain.labels.label import Label
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Turn

__all__ = ["SURE", "examples"]

SURE = 0.8
"""The probability from which a meaning is taught, unless told otherwise: one plain sign, or several of less."""

_MOST = 0.99
"""No number of signs makes it surer, since they can be wrong in the same way."""


class _Meaning(msgspec.Struct):
    """One meaning of some words: who gave which sign for it."""

    reading: Hypothesis
    users: dict[str, float]
    """The surest sign of each user."""
    signs: set[str]
    works: dict[str, set[str]]
    """Words that were understood so, and who said them."""
    times: int = 0
    failed: int = 0


def examples(judged: Iterable[tuple[Turn, Judgement]], *, sure: float = SURE, min_users: int = 2) -> list[Example]:
    """Gather what the assistant should learn to understand, surest first: words that failed, and what was meant.

    Each user counts once for a meaning, as one independent sign among others (naive Bayes); those who mean
    something else by the same words, or who were understood, count against it. Only the likeliest meaning is given.

    Args:
        judged: turns with what learning made of them.
        sure: the least probability of a meaning, in [0, 1].
        min_users: users who must have said the words and meant this, and who must have said the words that work.

    >>> turn = Turn(turn_id="t", started=0, request="lamp of", user_id="u")
    >>> label = Label(
    ...     turn_id="t", reading=Hypothesis(intent="Off"), provenance="rephrased", probability=0.8, weight=1.0
    ... )
    >>> judgement = Judgement(turn_id="t", p_defect=0.9, defect=True, label=label)
    >>> [(each.text, each.reading.intent) for each in examples([(turn, judgement)], min_users=1)]
    [('lamp of', 'Off')]
    """
    heard: dict[str, dict[str, _Meaning]] = {}
    for turn, judgement in judged:
        label, words = judgement.label, normalise(turn.heard)
        if words and label is not None and label.verified:
            meanings = heard.setdefault(words, {})
            meaning = meanings.setdefault(label.reading.key, _Meaning(label.reading, {}, set(), {}))
            _count(meaning, turn, label, failed=judgement.defect or turn.failed)
    found = [_example(words, heard[words], min_users) for words in sorted(heard)]
    kept = [each for each in found if each is not None and each.probability >= sure]
    return sorted(kept, key=lambda each: (-each.probability, -each.times, each.text))


def _count(meaning: _Meaning, turn: Turn, label: Label, *, failed: bool) -> None:
    user = _who(turn)
    meaning.users[user] = max(meaning.users.get(user, 0.0), label.probability)
    meaning.times += 1
    # Words that were understood as they were meant need no teaching.
    if failed and label.reading.key != turn.understood.key:
        meaning.failed += 1
        meaning.signs.add(label.provenance)
        if label.words is not None:
            meaning.works.setdefault(normalise(label.words), set()).add(user)


def _example(words: str, meanings: dict[str, _Meaning], min_users: int) -> Example | None:
    odds = {key: math.fsum(_logit(each) for each in meaning.users.values()) for key, meaning in meanings.items()}
    best = max(sorted(meanings), key=lambda key: odds[key])
    meaning = meanings[best]
    if not meaning.failed or len(meaning.users) < min_users:
        return None
    against = math.fsum(max(odds[key], 0.0) for key in meanings if key != best)
    works = [each for each, users in meaning.works.items() if len(users) >= min_users]
    return Example(
        text=words,
        reading=msgspec.structs.replace(meaning.reading, confidence=None),
        works=max(sorted(works), key=lambda each: len(meaning.works[each]), default=None),
        probability=round(min(1 / (1 + math.exp(against - odds[best])), _MOST), 6),
        times=meaning.failed,
        users=len(meaning.users),
        provenance=", ".join(sorted(meaning.signs)),
    )


def _logit(probability: float) -> float:
    held = min(probability, _MOST)
    return math.log(held / (1 - held))


def _who(turn: Turn) -> str:
    """Who spoke; where nobody knows, each session is taken for somebody else, as learning does."""
    return turn.user_id or f"session {turn.session_id or turn.device_id or turn.satellite_id}"
