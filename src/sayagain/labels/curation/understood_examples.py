"""Training examples from working turns: words that the assistant understands, with its hypothesis, over all users."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from sayagain.config import Anonymous
from sayagain.labels.curation.curate import SURE, best_meaning
from sayagain.labels.curation.example import Example
from sayagain.labels.curation.implicit_area import without_implicit_area
from sayagain.labels.curation.votes import Votes
from sayagain.labels.judgement import Judgement
from sayagain.languages import common_tag, language_of, request_key
from sayagain.text import normalise
from sayagain.turns import SAID, Hypothesis, Turn, privacy_unit

__all__ = ["collect_understood", "merge_examples"]


_LIKELY = 0.5
"""Greatest P(defect) of a working turn."""


class _Words(msgspec.Struct):
    """All meanings of some words in one language."""

    text: str
    language: str | None
    tags: list[str | None]
    votes: Votes
    readings: dict[str, tuple[Hypothesis, bool]]
    times: Counter[str]
    signs: dict[str, set[str]]


def collect_understood(
    judged: Iterable[tuple[Turn, Judgement]],
    *,
    sure: float = SURE,
    min_users: int = 2,
    anonymous: Anonymous = "one",
) -> list[Example]:
    """Collect words that the assistant understands already, as further training examples, surest first.

    Each turn counts for its reading as surely as the judge believes that it was answered rightly, and against it where
    the judge believes the opposite; a turn of the same words that was labelled otherwise counts against it, too.
    Hypotheses that hold the words alone are left out. Words that rightly have no hypothesis are kept with an empty one,
    since training needs negatives too; not where the assistant reported an error.

    Args:
        judged: turns with what learning made of them.
        sure: the least probability of a meaning, in [0, 1].
        min_users: users who must have said the words and been understood so.
        anonymous: whom turns without a user id count as.

    >>> from sayagain.turns import Nlu
    >>> read = Nlu(ranking=(Hypothesis(intent="Off"),))
    >>> turn = Turn(turn_id="t", started=0, request="lamp off", user_id="u", nlu=read)
    >>> judgement = Judgement(turn_id="t", p_defect=0.1, defect=False)
    >>> [(each.text, each.reading.intent) for each in collect_understood([(turn, judgement)], min_users=1)]
    [('lamp off', 'Off')]
    """
    heard: dict[str, _Words] = {}
    for turn, judgement in judged:
        words, read, label = normalise(turn.heard), turn.understood, judgement.label
        if not words or read.intent == SAID:
            continue
        language = language_of(turn.language)
        key = request_key(words, language)
        known = heard.setdefault(key, _Words(words, language, [], Votes(), {}, Counter(), {}))
        known.tags.append(turn.language)
        if label is not None and label.verified and label.reading.key != read.key:
            known.votes.add(_meaning(label.reading, turn)[0], privacy_unit(turn, anonymous), label.probability)
        elif not (turn.complained if read.empty else turn.failed):
            name, reading, placeless = _meaning(read, turn)
            known.votes.add(name, privacy_unit(turn, anonymous), 1 - judgement.p_defect)
            known.readings.setdefault(name, (reading, placeless))
            if judgement.p_defect <= _LIKELY:
                known.times[name] += 1
                known.signs.setdefault(name, set()).add(label.provenance if label is not None else "judged")
    examples = [_example(heard[key], min_users) for key in sorted(heard) if heard[key].times]
    return best_meaning([example for example in examples if example is not None and example.probability >= sure])


def merge_examples(failing: Iterable[Example], worked: Iterable[Example]) -> list[Example]:
    """Return both kinds of examples, surest first; words of both kinds appear as failing alone.

    >>> failed = Example(text="lamp", reading=Hypothesis(intent="On"), probability=0.8)
    >>> worked = Example(text="lamp", reading=Hypothesis(intent="Off"), probability=0.9, understood=True)
    >>> merge_examples([failed], [worked]) == [failed]
    True
    """
    examples = list(failing)
    texts = {(example.text, example.language) for example in examples}
    others = (example for example in worked if (example.text, example.language) not in texts)
    return best_meaning([*examples, *others])


def _meaning(reading: Hypothesis, turn: Turn) -> tuple[str, Hypothesis, bool]:
    placeless = without_implicit_area(reading, turn.area, turn.heard)
    return (reading.key, reading, False) if placeless is None else (f"here {placeless.key}", placeless, True)


def _example(words: _Words, min_users: int) -> Example | None:
    best, probability = words.votes.best()
    users = words.votes.users(best)
    if not words.times[best] or users < min_users:
        return None
    reading, placeless = words.readings[best]
    return Example(
        text=words.text,
        language=words.language,
        tag=common_tag(words.tags),
        reading=msgspec.structs.replace(reading, confidence=None),
        here=placeless,
        probability=probability,
        times=words.times[best],
        users=users,
        provenance=", ".join(sorted(words.signs[best])),
        understood=True,
    )
