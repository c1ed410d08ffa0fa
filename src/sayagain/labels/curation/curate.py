"""Curation: labels of failed turns, merged over users into training examples for an assistant."""

from collections.abc import Iterable

import msgspec

from sayagain.config import Anonymous
from sayagain.labels.curation.example import Example
from sayagain.labels.curation.meaning import meaning_of
from sayagain.labels.curation.votes import Votes
from sayagain.labels.judgement import Judgement
from sayagain.labels.label import Label
from sayagain.languages import common_tag, language_of, request_key
from sayagain.text import normalise
from sayagain.turns import Hypothesis, Turn, privacy_unit

__all__ = ["SURE", "best_meaning", "curate"]

SURE = 0.8
"""Default for the least probability of an example: one strong sign, or several weaker ones."""


class _Observations(msgspec.Struct):
    """The observations of one meaning of some words."""

    reading: Hypothesis
    here: bool
    signs: set[str]
    works: dict[str, set[str]]
    """Words that the assistant understood with this meaning, and the users who said them."""
    failed: int = 0


class _Words(msgspec.Struct):
    """All meanings of some words in one language."""

    text: str
    language: str | None
    tags: list[str | None]
    votes: Votes
    meanings: dict[str, _Observations]


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

    >>> turn = Turn(turn_id="t", started=0, request="lamp of", user_id="u")
    >>> label = Label(
    ...     turn_id="t", reading=Hypothesis(intent="Off"), provenance="rephrased", probability=0.8, weight=1.0
    ... )
    >>> judgement = Judgement(turn_id="t", p_defect=0.9, defect=True, label=label)
    >>> [(example.text, example.reading.intent) for example in curate([(turn, judgement)], min_users=1)]
    [('lamp of', 'Off')]
    """
    words_by_key: dict[str, _Words] = {}
    for turn, judgement in judged:
        label, words = judgement.label, normalise(turn.heard)
        if words and label is not None and label.verified:
            user, failed = privacy_unit(turn, anonymous), judgement.defect or turn.failed
            language = language_of(turn.language)
            collected = words_by_key.setdefault(request_key(words, language), _Words(words, language, [], Votes(), {}))
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


def _count(words: _Words, turn: Turn, label: Label, user: str, *, failed: bool) -> None:
    meaning = meaning_of(label.reading, turn.area, label.words or turn.heard)
    words.votes.add(meaning.key, user, label.probability)
    observations = words.meanings.setdefault(meaning.key, _Observations(meaning.reading, meaning.here, set(), {}))
    # Words that the assistant already understands need no example.
    if failed and label.reading.key != turn.understood.key:
        observations.failed += 1
        observations.signs.add(label.provenance)
        if label.words is not None:
            observations.works.setdefault(normalise(label.words), set()).add(user)


def _example(words: _Words, min_users: int) -> Example | None:
    key, probability = words.votes.best()
    observations, users = words.meanings[key], words.votes.users(key)
    if not observations.failed or users < min_users:
        return None
    works = [text for text, text_users in observations.works.items() if len(text_users) >= min_users]
    return Example(
        text=words.text,
        language=words.language,
        tag=common_tag(words.tags),
        reading=msgspec.structs.replace(observations.reading, confidence=None),
        here=observations.here,
        works=max(sorted(works), key=lambda text: len(observations.works[text]), default=None),
        probability=probability,
        times=observations.failed,
        users=users,
        provenance=", ".join(sorted(observations.signs)),
    )
