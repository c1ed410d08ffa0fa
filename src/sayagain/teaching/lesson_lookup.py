"""Lesson lookup: a request that is, politeness and spelling aside, a taught phrase as a whole."""

from collections.abc import Callable, Iterable

import msgspec

from sayagain.teaching.taught import Taught, taught_key

__all__ = ["LessonMatch", "find_lesson", "lesson_in_language"]


class LessonMatch(msgspec.Struct, frozen=True, kw_only=True):
    """The lesson that matches a request, and the taught meaning."""

    lesson: Taught
    """The lesson whose phrase equals the request."""
    means: str
    """The words to pass on: the lesson's meaning, or if that is a taught phrase itself, the meaning of that phrase."""


def find_lesson(request: str, lookup: Callable[[str], Taught | None]) -> LessonMatch | None:
    """Return the lesson that matches a request, or None.

    Args:
        request: the words as heard.
        lookup: maps a phrase, as `taught_key` writes it, to the lesson of the speaking user.

    >>> study = Taught(user_id="u", phrase="study mode", means="set the desk lamp to 40 percent", at=0)
    >>> find_lesson("Study mode, please.", {study.key: study}.get).means
    'set the desk lamp to 40 percent'
    >>> find_lesson("is study mode on", {study.key: study}.get) is None
    True
    """
    key = taught_key(request)
    first = lookup(key) if key else None
    if first is None:
        return None
    visited_keys, final = {first.key}, first
    while (following := lookup(taught_key(final.means))) is not None:
        if following.key in visited_keys:
            # Two lessons made at the same time can refer to each other, which `make_lesson` cannot detect.
            return None
        visited_keys.add(following.key)
        final = following
    return LessonMatch(lesson=first, means=final.means)


def lesson_in_language(lessons: Iterable[Taught], language: str | None) -> Taught | None:
    """Return the lesson for a language: one in that language, otherwise one that applies in every language.

    Args:
        lessons: the lessons of one user about one phrase.
        language: language of the request (ISO 639); None if unknown.

    >>> study = Taught(user_id="u", phrase="study mode", means="desk lamp on", at=0, language="en")
    >>> lesson_in_language([study], "en") == study, lesson_in_language([study], "de")
    (True, None)
    """
    by_language = {lesson.language: lesson for lesson in lessons}
    return by_language.get(language) or by_language.get(None)
