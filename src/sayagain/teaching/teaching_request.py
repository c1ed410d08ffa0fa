"""The teaching request: what a person says to teach, to take back a lesson, or to ask what was taught."""

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Literal, NamedTuple

import msgspec

from sayagain.languages import Language, TemplatePart, yes_or_no
from sayagain.teaching.loose_lesson import loose_slots
from sayagain.teaching.template_match import Slots, Word, match_template, request_spans, split_words
from sayagain.text import too_long

__all__ = [
    "LONGEST",
    "Reading",
    "TeachingRequest",
    "merge_readings",
    "read_answer",
    "read_correction",
    "read_slots",
    "read_teaching",
    "split_requests",
]

LONGEST = 50
"""Words of the longest teaching request; more are a text that was dictated."""

LONGEST_PHRASE = 8
"""Words of the longest phrase that is taught in conversation."""

MOST_READINGS = 4
"""Most readings of one request."""

_MOST_LOOSE = 8
"""Most readings of one that fits no template."""

_MOST_BEHIND = 3
"""Most words behind the meaning in an answer."""

_MOST_ANSWERS = 24
"""Most parts of an answer that are tried."""

_MOST_MATCHES = 200
"""Most matches of templates that are looked at: a text that repeats itself has thousands."""


class Reading(NamedTuple):
    """One way to read a lesson."""

    phrase: str
    """What will be said, as it was said."""
    means: str
    """What it means, as it was said."""
    is_name: bool = False
    """Whether it is said to be the name of a thing, rather than a request."""
    is_loose: bool = False
    """Whether it fits no template, so that the assistant must understand the meaning."""


class TeachingRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about lessons."""

    kind: Literal["lesson", "forget", "list"]
    """`lesson` teaches, `forget` takes back what was taught about a phrase, `list` asks what was taught."""
    readings: tuple[Reading, ...] = ()
    """The ways to read a lesson, the likeliest first: where nothing marks it, where the phrase ends is open. For
    `forget` the meanings are empty."""
    certain: bool = True
    """Whether it can be nothing else; otherwise it is a lesson only if the assistant understands the meaning."""


def read_teaching(text: str, language: Language) -> TeachingRequest | None:
    """Return what a request teaches or asks about lessons; None for every other request.

    Args:
        text: the request, with or without punctuation.
        language: that it is in.

    >>> from sayagain.languages import language_pack
    >>> english = language_pack("en")
    >>> read_teaching("No, when I say study mode, I mean dim the desk lamp.", english).readings[0][:2]
    ('study mode', 'dim the desk lamp')
    >>> read_teaching("when does the train leave", english) is None
    True
    """
    words = split_words(text)
    if not 0 < len(words) <= LONGEST or too_long(text):
        return None
    teaching = language.teaching
    spans = request_spans(words, teaching.before, teaching.after)
    slots = loose_slots(words, language)
    loose = tuple(reading._replace(is_loose=True) for reading in read_slots("hint", slots, text, words, language))
    loose = loose[:_MOST_LOOSE]
    lessons = _readings("lesson", teaching.lessons, text, words, spans, language)
    if lessons is not None:
        # "When I say stop I mean stop" has the form of a lesson, and no other template may read it as one.
        return merge_readings(lessons, loose, certain=True) if lessons else None
    names = _readings("name", teaching.names, text, words, spans, language) or ()
    forget = _readings("forget", teaching.forget, text, words, spans, language)
    if forget and not names:
        return TeachingRequest(kind="forget", readings=forget)
    hints = _readings("hint", teaching.hints, text, words, spans, language) or ()
    if names or hints or loose:
        return merge_readings(names, hints, loose, certain=not hints and not loose)
    is_list = any(
        True
        for template in teaching.list
        for start, end in spans
        for _ in match_template(template, words, start, end, language.commands)
    )
    return TeachingRequest(kind="list") if is_list else None


def merge_readings(*readings: tuple[Reading, ...], certain: bool) -> TeachingRequest:
    """Return the lesson with all of some readings, each once.

    Args:
        readings: the likeliest first.
        certain: see `TeachingRequest`.
    """
    by_words: dict[tuple[str, str], Reading] = {}
    for reading in chain(*readings):
        by_words.setdefault((reading.phrase, reading.means), reading)
    return TeachingRequest(kind="lesson", readings=tuple(by_words.values()), certain=certain)


def _readings(
    kind: str,
    templates: Sequence[Sequence[TemplatePart]],
    text: str,
    words: Sequence["Word"],
    spans: Sequence[tuple[int, int]],
    language: Language,
) -> tuple[Reading, ...] | None:
    """Return the readings of a request by the templates of one kind, the likeliest first.

    Returns:
        None if no template matches; no readings if what matches can be no lesson.
    """
    all_matches = (
        slots
        for template in templates
        for start, end in spans
        for slots in match_template(template, words, start, end, language.commands)
        if "phrase" in slots
    )
    matches = list(islice(all_matches, _MOST_MATCHES))
    if not matches:
        return None
    marked = [slots for slots in matches if "order" not in slots]
    if marked:
        # Where words mark the end of the phrase ("… I mean …"), a longer phrase or meaning would hold the mark.
        size = min(_size(slots, "phrase") for slots in marked)
        shortest = (slots for slots in marked if _size(slots, "phrase") == size)
        matches = sorted(shortest, key=lambda slots: _size(slots, "means"))
    return read_slots(kind, matches, text, words, language)[:MOST_READINGS]


def read_slots(
    kind: str, matches: Iterable["Slots"], text: str, words: Sequence["Word"], language: Language
) -> tuple[Reading, ...]:
    """Return the readings of matches, each once, in their order.

    Args:
        kind: `lesson`, `hint` or `name`, as the templates are called; or `forget`.
        matches: where the phrase and its meaning stand.
        text: the request.
        words: of the request.
        language: that it is in.
    """
    readings = (_reading(kind, slots, text, words, language) for slots in islice(matches, _MOST_MATCHES))
    return tuple(dict.fromkeys(reading for reading in readings if reading is not None))


def _size(slots: "Slots", name: str) -> int:
    start, end = slots.get(name, (0, 0))
    return end - start


def read_correction(text: str, phrase: str, language: Language) -> TeachingRequest | None:
    """Return the lesson that corrects the one just asked about, such as "no, I mean turn on the lamp"; None for others.

    Args:
        text: the answer to the question.
        phrase: the phrase that was asked about.
        language: of the answer.

    >>> from sayagain.languages import language_pack
    >>> read_correction("No, turn on the lamp", "study mode", language_pack("en")).readings[0].means
    'turn on the lamp'
    """
    words = split_words(text)
    noes = [phrase_words for phrase_words in language.answers.no if len(phrase_words) == 1]
    start = _skip(words, 0, noes)
    if not 0 < start < len(words) <= LONGEST:
        return None
    start = _skip(words, start, language.corrections)
    if start >= len(words):
        return None
    means = text[words[start].start : words[-1].end]
    return TeachingRequest(kind="lesson", readings=(Reading(phrase, means),))


def read_answer(text: str, phrase: str, *, is_name: bool) -> TeachingRequest | None:
    """Return the lesson that answers what a phrase means: it, or a part of it, is the meaning.

    People wrap an answer ("oh, that's the desk lamp of course"). The longest part that the assistant knows counts.

    Args:
        text: the answer.
        phrase: what was asked about.
        is_name: whether the phrase names a thing.

    >>> [reading.means for reading in read_answer("that's the lamp", "sunshine", is_name=True).readings][:3]
    ["that's the lamp", "that's the", 'the lamp']
    """
    words = split_words(text)
    if not 0 < len(words) <= LONGEST:
        return None
    ends = range(len(words), max(0, len(words) - _MOST_BEHIND - 1), -1)
    spans = [(start, end) for end in ends for start in range(end)]
    spans = sorted(spans, key=lambda span: (span[0] - span[1], span[0]))[:_MOST_ANSWERS]
    readings = (Reading(phrase, text[words[start].start : words[end - 1].end], is_name, True) for start, end in spans)
    return TeachingRequest(kind="lesson", readings=tuple(readings), certain=False)


def split_requests(means: str, language: Language, *, at_commands: bool = True) -> tuple[str, ...]:
    """Return the requests that a meaning consists of, to be made one after the other; one if it cannot be parted.

    Args:
        means: the meaning.
        language: that it is in.
        at_commands: part it only where a command begins behind a word such as "and"; otherwise at each such word.

    >>> from sayagain.languages import language_pack
    >>> split_requests("dim the lamp and the light, then play jazz", language_pack("en"))
    ('dim the lamp and the light', 'play jazz')
    """
    words = split_words(means)
    parts, start, at = [], 0, 1
    while at < len(words):
        after = _joiner_end(words, at, language)
        if after is not None and (not at_commands or words[after].key in language.commands):
            parts.append(means[words[start].start : words[at - 1].end])
            start = at = after
        at += 1
    return (*parts, means[words[start].start : words[-1].end]) if words else (means,)


def _joiner_end(words: Sequence[Word], at: int, language: Language) -> int | None:
    """Return where the next request begins if one ends before the word at `at`; None if none does."""
    for joiner in language.teaching.joiners:
        end = at + len(joiner)
        if end < len(words) and tuple(word.key for word in words[at:end]) == joiner:
            return end
    return at if words[at].at_boundary else None


def _skip(words: Sequence[Word], start: int, phrases: Sequence[tuple[str, ...]]) -> int:
    """Return where the words go on after any of the phrases that stand at `start`."""
    skipped = True
    while skipped:
        skipped = False
        for phrase in phrases:
            end = start + len(phrase)
            if phrase and tuple(word.key for word in words[start:end]) == phrase:
                start, skipped = end, True
    return start


def _reading(kind: str, slots: Slots, text: str, words: Sequence[Word], language: Language) -> Reading | None:
    """Return the reading of a match; None where its phrase says nothing or answers a question."""
    start, end = slots["phrase"]
    if "order" in slots and not words[slots["order"][0]].at_boundary:
        # Without a mark, "study mode you may go and" is a phrase and the beginning of a clause.
        subjects = language.subjects | language.statements
        end = next((at for at in range(start + 1, end) if words[at].key in subjects), end)
    keys = [word.key for word in words[start:end]]
    empty = language.common | language.articles | language.here
    joiners = {joiner[-1] for joiner in language.teaching.joiners}
    if len(keys) > LONGEST_PHRASE or all(key in empty for key in keys) or keys[-1] in joiners | language.articles:
        return None
    if any(word.at_boundary for word in words[start + 1 : end]):
        return None
    phrase = text[words[start].start : words[end - 1].end]
    if yes_or_no(phrase, language.code, own=True) is not None or tuple(keys) in language.stops:
        return None
    if kind == "forget":
        return Reading(phrase, "")
    meaning = slots.get("means") or slots.get("order") or slots["name"]
    return Reading(phrase, text[words[meaning[0]].start : words[meaning[1] - 1].end], kind == "name")
