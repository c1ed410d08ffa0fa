"""Curation: labels of failed turns, merged over users into training examples for an assistant."""

from collections.abc import Iterable

import msgspec

from sayagain.config import Anonymous
from sayagain.labels.curation.collected_words import CollectedWords
from sayagain.labels.curation.example import Example
from sayagain.labels.curation.meaning import Meaning, meaning_of
from sayagain.labels.judgement import Judgement
from sayagain.labels.label import Label
from sayagain.languages import language_of, request_key
from sayagain.text import normalise
from sayagain.turns import Turn, privacy_unit

__all__ = ["SURE", "best_meaning", "curate"]

SURE = 0.8
"""Default for the least probability of an example: one strong sign, or several weaker ones."""


class _Observations(msgspec.Struct):
    """The observations of one meaning of some words."""

    meaning: Meaning
    signs: set[str] = msgspec.field(default_factory=set)
    works: dict[str, set[str]] = msgspec.field(default_factory=dict)
    """Words that the assistant understood with this meaning, and the users who said them."""
    failed: int = 0


class _FailedWords(CollectedWords):
    """Words of failed turns."""

    meanings: dict[str, _Observations] = msgspec.field(default_factory=dict)


def curate(
    judged: Iterable[tuple[Turn, Judgement]],
    *,
    sure: float = SURE,
    min_users: int = 2,
    anonymous: Anonymous = "one",
) -> list[Example]:
    """Collect failed words with the users' meaning, most probable first.

    Each user is one independent sign for a meaning (naive Bayes); users who mean something else by the same words, or
    who were understood, count against it. The result has only the most probable meaning of each text. Equal words in
    two languages are separate texts. An implicit area is not part of the meaning (`Example.here`).

    Args:
        judged: turns with their judgements.
        sure: least probability of a meaning, in [0, 1].
        min_users: least number of users who said the words with this meaning, and who said the words that work.
        anonymous: privacy unit of turns without a user id.

    >>> from sayagain.turns import Hypothesis
    >>> turn = Turn(turn_id="t", started=0, request="lamp of", user_id="u")
    >>> label = Label(
    ...     turn_id="t", hypothesis=Hypothesis(intent="Off"), provenance="rephrased", probability=0.8, weight=1.0
    ... )
    >>> judgement = Judgement(turn_id="t", p_defect=0.9, defect=True, label=label)
    >>> [(example.text, example.hypothesis.intent) for example in curate([(turn, judgement)], min_users=1)]
    [('lamp of', 'Off')]
    """
    words_by_key: dict[str, _FailedWords] = {}
    for turn, judgement in judged:
        label, words = judgement.label, normalise(turn.heard)
        if words and label is not None and label.verified:
            user, failed = privacy_unit(turn, anonymous), judgement.defect or turn.failed
            language = language_of(turn.language)
            collected = words_by_key.setdefault(request_key(words, language), _FailedWords(words, language))
            collected.tags.append(turn.language)
            _count(collected, turn, label, user, failed=failed)
    examples = [_example(words_by_key[key], min_users) for key in sorted(words_by_key)]
    return best_meaning([example for example in examples if example is not None and example.probability >= sure])


def best_meaning(examples: Iterable[Example]) -> list[Example]:
    """Sort examples by probability, then by frequency, highest first."""
    return sorted(
        examples,
        key=lambda example: (-example.probability, -example.times, request_key(example.text, example.language)),
    )


def _count(words: _FailedWords, turn: Turn, label: Label, user: str, *, failed: bool) -> None:
    meaning = meaning_of(label.hypothesis, turn.area, label.words or turn.heard)
    words.votes.add(meaning.key, user, label.probability)
    observations = words.meanings.setdefault(meaning.key, _Observations(meaning))
    # Words that the assistant already understands need no example.
    if failed and label.hypothesis.key != turn.understood.key:
        observations.failed += 1
        observations.signs.add(label.provenance)
        if label.words is not None:
            observations.works.setdefault(normalise(label.words), set()).add(user)


def _example(words: _FailedWords, min_users: int) -> Example | None:
    key, probability = words.votes.best()
    observations = words.meanings[key]
    if not observations.failed or words.votes.users(key) < min_users:
        return None
    works = [text for text, text_users in observations.works.items() if len(text_users) >= min_users]
    return words.example(
        observations.meaning,
        probability=probability,
        times=observations.failed,
        signs=observations.signs,
        works=max(sorted(works), key=lambda text: len(observations.works[text]), default=None),
    )
