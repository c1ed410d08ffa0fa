"""Teaching by a program: for whom a lesson is, and its way into the store."""

import time
from collections.abc import Callable

import msgspec

from sayagain.errors import LessonError
from sayagain.store import Store
from sayagain.teaching import LessonOwner, Taught, make_lesson, matching_preferences

__all__ = ["forget_lesson", "lesson_owner", "teach_lesson"]


def lesson_owner(user: str | None = None, home: str | None = None, device: str | None = None) -> LessonOwner:
    """Return for whom lessons are: a user, else a device, else a household.

    >>> lesson_owner(user="ann").scope, lesson_owner(home="flat", device="kitchen").scope, lesson_owner().scope
    ('person', 'device', 'household')
    """
    if user is not None:
        return LessonOwner.person(user)
    return LessonOwner.household(home) if device is None else LessonOwner.device(home, device)


def teach_lesson(
    store: Store,
    phrase: str,
    means: str,
    owner: LessonOwner,
    objection: Callable[[Taught], str | None],
    *,
    user: str | None = None,
    language: str | None = None,
) -> Taught:
    """Keep what a phrase means; an owner's earlier lesson about it in the same language is superseded.

    Args:
        store: keeps it.
        phrase: what will be said.
        means: the words to pass on instead.
        owner: for whom it is.
        objection: says why a guardrail forbids a lesson, or None.
        user: who teaches, where known.
        language: in which alone it counts (BCP 47); without one it counts in every language.

    Raises:
        LessonError: it cannot be used, or a guardrail forbids it.
    """
    lessons = store.taught([owner])
    now = time.time_ns() // 1_000_000
    lesson = make_lesson(user, phrase, means, now, lessons, owner=owner, language=language)
    reason = objection(lesson)
    if reason is not None:
        raise LessonError(f"“{lesson.phrase}” cannot mean “{lesson.means}”: {reason}")
    # Another machine's clock may be ahead of this one's, and still this lesson is the later one.
    latest = max([lesson.at, *(earlier.at for earlier in lessons if earlier.stored_key == lesson.stored_key)])
    lesson = msgspec.structs.replace(lesson, at=latest)
    store.teach(lesson)
    return lesson


def forget_lesson(store: Store, owner: LessonOwner, phrase: str) -> bool:
    """Delete what an owner taught about a phrase, and the preferences with that value or domain.

    Args:
        store: holds it.
        owner: whose it is.
        phrase: the phrase, value or domain, however it is spelt.
    """
    preferences = matching_preferences(store.taught([owner]), phrase)
    removed = [store.forget_lesson(lesson) for lesson in preferences]
    return store.forget_taught(owner, phrase) or any(removed)
