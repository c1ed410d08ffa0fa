"""Lesson lookup: a request that is, politeness and spelling aside, a taught phrase as a whole."""

from collections.abc import Callable, Iterable
from functools import cache

import msgspec

from sayagain.languages import Language, language_pack
from sayagain.teaching.taught import Taught, taught_key

__all__ = ["LessonMatch", "find_lesson", "find_lesson_in_place", "lesson_in_language"]


class LessonMatch(msgspec.Struct, frozen=True, kw_only=True):
    """The lesson that matches a request, and the taught meaning."""

    lesson: Taught
    """The lesson whose phrase equals the request."""
    means: str
    """The words to pass on: the lesson's meaning, or if that is a taught phrase itself, the meaning of that phrase."""
    steps: tuple[str, ...] = ()
    """The requests that the meaning consists of; empty for a single one."""


def find_lesson(
    request: str, lookup: Callable[[str], Taught | None], language: Language | None = None
) -> LessonMatch | None:
    """Return the lesson that matches a request, or None.

    Args:
        request: the words as heard.
        lookup: maps a phrase, as `taught_key` writes it, to the lesson of the speaking user.
        language: of the request, whose polite words may stand around the phrase; English ones may in any.

    >>> study = Taught(user_id="u", phrase="study mode", means="set the desk lamp to 40 percent", at=0)
    >>> find_lesson("Study mode, please.", {study.key: study}.get).means
    'set the desk lamp to 40 percent'
    >>> find_lesson("is study mode on", {study.key: study}.get) is None
    True
    """
    keys = dict.fromkeys((taught_key(request), *([_plain_key(request, language)] if language is not None else [])))
    first = next((lesson for key in keys if key and (lesson := lookup(key)) is not None), None)
    if first is None:
        return None
    visited_keys, final = {first.key}, first
    while (following := lookup(taught_key(final.means))) is not None:
        if following.key in visited_keys:
            # Two lessons made at the same time can refer to each other, which `make_lesson` cannot detect.
            return None
        visited_keys.add(following.key)
        final = following
    return LessonMatch(lesson=first, means=final.means, steps=final.steps)


def find_lesson_in_place(
    request: str,
    lookup: Callable[[str], Taught | None],
    language: Language,
    is_understood: Callable[[str], bool | None],
) -> LessonMatch | None:
    """Return the lesson that a request begins with, if what follows says where or when and fits the meaning, or None.

    Args:
        request: the words as heard.
        lookup: as in `find_lesson`.
        language: of the request.
        is_understood: whether the assistant would act on words and take account of all of them.

    >>> from sayagain.languages import language_pack
    >>> study = Taught(user_id="u", phrase="study mode", means="turn on the lamp", at=0)
    >>> find_lesson_in_place(
    ...     "study mode in the attic", {study.key: study}.get, language_pack("en"), lambda words: "lamp" in words
    ... ).means
    'turn on the lamp in the attic'
    """
    words = taught_key(request).split()
    links = language.prepositions | (language.common - language.articles)
    for at in range(max(1, len(words) - _LONGEST_PLACE), len(words) - 1):
        if words[at] not in links:
            continue
        match = find_lesson(" ".join(words[:at]), lookup, language)
        if match is None or match.steps or match.lesson.is_name:
            continue
        means = f"{match.means} {' '.join(words[at:])}"
        # A request that the assistant understands is no lesson with a place.
        if is_understood(means) and is_understood(request) is False:
            return LessonMatch(lesson=match.lesson, means=means)
    return None


_LONGEST_PLACE = 5
"""Words of the longest place or time behind a phrase."""


def _plain_key(request: str, language: Language) -> str:
    """Return a request without the courtesies and fillers of a language at either end; never without all words."""
    words = taught_key(request).split()
    plain = [word.replace("'", "") for word in words]
    before, after = _courtesies(language.code)
    start, end = 0, len(words)
    while (size := _size(before, plain[start:end], at_end=False)) and start + size < end:
        start += size
    while (size := _size(after, plain[start:end], at_end=True)) and start + size < end:
        end -= size
    return " ".join(words[start:end])


_Phrases = frozenset[tuple[str, ...]]


@cache
def _courtesies(code: str) -> tuple[_Phrases, _Phrases]:
    """Return what may stand before and behind a phrase in a language."""
    language = language_pack(code)
    if language is None:
        return frozenset(), frozenset()
    noes = {word for phrase in language.answers.no for word in phrase}
    before = {*language.polite, *language.teaching.calls, *((word,) for word in language.fillers - noes)}
    after = {*((word,) for word in language.trailing), *language.answers.around, *language.teaching.after}
    return frozenset(before), frozenset(after)


_LONGEST = 8
"""Words of the longest courtesy."""


def _size(phrases: _Phrases, words: list[str], *, at_end: bool) -> int:
    """Return the number of words of the longest phrase that the words begin or end with; 0 for none."""
    for size in range(min(_LONGEST, len(words)), 0, -1):
        if tuple(words[-size:] if at_end else words[:size]) in phrases:
            return size
    return 0


def lesson_in_language(lessons: Iterable[Taught], language: str | None) -> Taught | None:
    """Return the lesson for a language: one in that language, otherwise one that applies in every language.

    Args:
        lessons: the lessons of one owner about one phrase.
        language: language of the request (ISO 639); None if unknown.

    >>> study = Taught(user_id="u", phrase="study mode", means="desk lamp on", at=0, language="en")
    >>> lesson_in_language([study], "en") == study, lesson_in_language([study], "de")
    (True, None)
    """
    by_language = {lesson.language: lesson for lesson in lessons}
    return by_language.get(language) or by_language.get(None)
