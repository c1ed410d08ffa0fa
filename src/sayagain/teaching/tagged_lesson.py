"""Lessons in wordings that no template lists, as a tagger reads them.

A tagger proposes which words are taught and which are their meaning. It is wrong now and then, so what it reads is a
lesson only if the assistant understands the meaning, and it is kept only after a yes.
"""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sayagain.languages import Language
from sayagain.teaching.teaching_request import LONGEST, TeachingRequest, merge_readings, read_slots
from sayagain.teaching.template_match import split_words
from sayagain.text import too_long

__all__ = ["LONGEST_TAGGED", "SURE", "SentenceTagger", "TaggedReading", "TaggedSentence", "read_unlisted"]

SURE = 0.6
"""Least probability with which a sentence must teach, chosen on homes of a seed of their own. Whether the assistant
understands the meaning decides besides."""

LONGEST_TAGGED = LONGEST
"""Words of the longest sentence that is tagged."""

_SHORTEST = 4
"""Words of the shortest."""

_MARGIN = 4.0
"""By so much a reading may be less likely than another whose meaning is a part of its own, and still come first."""


class TaggedReading(NamedTuple):
    """One way to read a lesson."""

    phrase: tuple[int, int]
    """First word of the phrase and the word behind it."""
    means: tuple[int, int]
    """The same of the meaning."""
    score: float
    """Log odds against tagging no word of either."""


class TaggedSentence(NamedTuple):
    """A sentence as a tagger reads it."""

    probability: float
    """P(it teaches), in [0, 1]."""
    readings: tuple[TaggedReading, ...]
    """The ways to read it, the likeliest first."""


class SentenceTagger(Protocol):
    """Tags sentences; called from threads, in some milliseconds."""

    def read(self, text: str, language: Language, /) -> TaggedSentence:
        """Return how a sentence reads; with no readings in a language that it does not know."""
        ...


def read_unlisted(
    text: str, language: Language, tagger: SentenceTagger, listed: TeachingRequest | None
) -> TeachingRequest | None:
    """Return what a request teaches by templates and tagger together.

    Args:
        text: the request.
        language: that it is in.
        tagger: reads it.
        listed: what it teaches by the templates, from `read_teaching`; what they are certain of comes first.
    """
    if listed is not None and listed.kind != "lesson":
        return listed
    words = split_words(text)
    if not _SHORTEST <= len(words) <= LONGEST_TAGGED or too_long(text):
        return listed
    tagged = tagger.read(text, language)
    if tagged.probability < SURE:
        return listed
    slots = ({"phrase": reading.phrase, "means": reading.means} for reading in _longest_first(tagged.readings))
    read = read_slots("hint", slots, text, words, language)
    readings = tuple(reading._replace(is_loose=True) for reading in read)
    if not readings:
        return listed
    of_templates = () if listed is None else listed.readings
    if listed is not None and listed.certain and not all(reading.is_name for reading in of_templates):
        return merge_readings(of_templates, readings, certain=True)
    # What both read is likelier than what either does.
    proposed = {(reading.phrase, reading.means) for reading in readings}
    agreed = tuple(reading for reading in of_templates if (reading.phrase, reading.means) in proposed)
    return merge_readings(agreed, readings, of_templates, certain=False)


def _longest_first(readings: Sequence[TaggedReading]) -> list[TaggedReading]:
    """Return readings with each meaning behind the longer ones that hold it: a part may be understood, too."""
    ordered: dict[TaggedReading, None] = {}
    for reading in readings:
        longer = [
            other
            for other in readings
            if other.phrase == reading.phrase
            and other.means[0] <= reading.means[0]
            and reading.means[1] <= other.means[1]
            and reading.score - other.score <= _MARGIN
        ]
        ordered |= dict.fromkeys(sorted(longer, key=lambda other: other.means[0] - other.means[1]))
    return list(ordered)
