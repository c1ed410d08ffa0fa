"""Training examples from working turns: words that the assistant understands, with its hypothesis, over all users."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from sayagain.config import Anonymous
from sayagain.labels.curation.collected_words import CollectedWords
from sayagain.labels.curation.curate import SURE, best_meaning
from sayagain.labels.curation.example import Example
from sayagain.labels.curation.meaning import Meaning, meaning_of
from sayagain.labels.judgement import Judgement
from sayagain.languages import language_of, request_key
from sayagain.text import normalise
from sayagain.turns import SAID, Turn, privacy_unit

__all__ = ["WORKED", "collect_understood", "merge_examples"]

WORKED = 0.5
"""Greatest P(defect) of a working turn."""


class _UnderstoodWords(CollectedWords):
    """Words of working turns."""

    meanings: dict[str, Meaning] = msgspec.field(default_factory=dict)
    times: Counter[str] = msgspec.field(default_factory=Counter)
    signs: dict[str, set[str]] = msgspec.field(default_factory=dict)


def collect_understood(
    judged: Iterable[tuple[Turn, Judgement]],
    *,
    sure: float = SURE,
    min_users: int = 2,
    anonymous: Anonymous = "one",
) -> list[Example]:
    """Collect words that the assistant already understands, as further training examples, most probable first.

    Each turn is evidence for its hypothesis, with the judge's probability of a right answer; a turn of the same words
    with another label is evidence against it. Hypotheses of words alone are left out. Words that rightly have no
    hypothesis become examples with an empty one, because training needs negatives too, unless the assistant reported
    an error.

    Args:
        judged: turns with their judgements.
        sure: least probability of a meaning, in [0, 1].
        min_users: least number of users who said the words and were understood so.
        anonymous: privacy unit of turns without a user id.

    >>> from sayagain.turns import Hypothesis, Nlu
    >>> nlu = Nlu(ranking=(Hypothesis(intent="Off"),))
    >>> turn = Turn(turn_id="t", started=0, request="lamp off", user_id="u", nlu=nlu)
    >>> judgement = Judgement(turn_id="t", p_defect=0.1, defect=False)
    >>> [(example.text, example.hypothesis.intent) for example in collect_understood([(turn, judgement)], min_users=1)]
    [('lamp off', 'Off')]
    """
    words_by_key: dict[str, _UnderstoodWords] = {}
    for turn, judgement in judged:
        words, hypothesis, label = normalise(turn.heard), turn.understood, judgement.label
        if not words or hypothesis.intent == SAID:
            continue
        language = language_of(turn.language)
        key = request_key(words, language)
        collected = words_by_key.setdefault(key, _UnderstoodWords(words, language))
        collected.tags.append(turn.language)
        if label is not None and label.verified and label.hypothesis.key != hypothesis.key:
            other_meaning = meaning_of(label.hypothesis, turn.area, turn.heard)
            collected.votes.add(other_meaning.key, privacy_unit(turn, anonymous), label.probability)
        elif not (turn.complained if hypothesis.empty else turn.failed):
            meaning = meaning_of(hypothesis, turn.area, turn.heard)
            collected.votes.add(meaning.key, privacy_unit(turn, anonymous), 1 - judgement.p_defect)
            collected.meanings.setdefault(meaning.key, meaning)
            if judgement.p_defect <= WORKED:
                collected.times[meaning.key] += 1
                collected.signs.setdefault(meaning.key, set()).add(label.provenance if label is not None else "judged")
    examples = [_example(words_by_key[key], min_users) for key in sorted(words_by_key) if words_by_key[key].times]
    return best_meaning([example for example in examples if example is not None and example.probability >= sure])


def merge_examples(failing: Iterable[Example], worked: Iterable[Example]) -> list[Example]:
    """Merge both kinds of examples, most probable first; words of both kinds appear only as failing.

    >>> from sayagain.turns import Hypothesis
    >>> failed = Example(text="lamp", hypothesis=Hypothesis(intent="On"), probability=0.8)
    >>> worked = Example(text="lamp", hypothesis=Hypothesis(intent="Off"), probability=0.9, understood=True)
    >>> merge_examples([failed], [worked]) == [failed]
    True
    """
    examples = list(failing)
    texts = {(example.text, example.language) for example in examples}
    remaining = (example for example in worked if (example.text, example.language) not in texts)
    return best_meaning([*examples, *remaining])


def _example(words: _UnderstoodWords, min_users: int) -> Example | None:
    key, probability = words.votes.best()
    if not words.times[key] or words.votes.users(key) < min_users:
        return None
    return words.example(
        words.meanings[key], probability=probability, times=words.times[key], signs=words.signs[key], understood=True
    )
