"""Finding what was taught in a request: the whole of it, manners and spelling aside, is a taught phrase."""

from collections.abc import Callable, Iterable

import msgspec

from sayagain.teaching.taught import Taught, taught_key

__all__ = ["LessonMatch", "find_lesson", "lesson_in_language"]


class LessonMatch(msgspec.Struct, frozen=True, kw_only=True):
    """What a request was taught to mean."""

    lesson: Taught
    """The lesson whose phrase the request is."""
    means: str
    """The words to pass on: the lesson's, or where they are a taught phrase themselves, what that one means."""


def find_lesson(request: str, lookup: Callable[[str], Taught | None]) -> LessonMatch | None:
    """Return what a request was taught to mean, or None.

    Args:
        request: the words as heard.
        lookup: from a phrase, as `taught_key` writes it, to the lesson of the user who speaks.

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
    seen, last = {first.key}, first
    while (after := lookup(taught_key(last.means))) is not None:
        if after.key in seen:
            # Two lessons given at the same moment can lead to each other, which `lesson` could not see.
            return None
        seen.add(after.key)
        last = after
    return LessonMatch(lesson=first, means=last.means)


def lesson_in_language(lessons: Iterable[Taught], language: str | None) -> Taught | None:
    """Return the lesson about a phrase that counts in a language: its own, or else one that counts in every language.

    Args:
        lessons: of one user about one phrase.
        language: of the request (ISO 639); None where it is not known.

    >>> study = Taught(user_id="u", phrase="study mode", means="desk lamp on", at=0, language="en")
    >>> lesson_in_language([study], "en") == study, lesson_in_language([study], "de")
    (True, None)
    """
    by_language = {lesson.language: lesson for lesson in lessons}
    return by_language.get(language) or by_language.get(None)
