"""Creation of a lesson: validate it, and refuse it in one sentence if it cannot work."""

from collections.abc import Iterable

from sayagain.errors import LessonError
from sayagain.languages import language_of
from sayagain.teaching.taught import Taught, taught_key

__all__ = ["MOST_MEANING", "MOST_PHRASE", "make_lesson"]

MOST_PHRASE = 200
"""Most characters of a phrase; nobody says a longer one twice."""

MOST_MEANING = 1_000
"""Most characters of a meaning; no request is longer."""


def make_lesson(
    user_id: str, phrase: str, means: str, at: int, known: Iterable[Taught] = (), *, language: str | None = None
) -> Taught:
    """Create a lesson after validating it.

    Args:
        user_id: the user who teaches.
        phrase: the words that the user will say.
        means: the words to pass on instead.
        at: time of the lesson, in milliseconds since 1970.
        known: earlier lessons, of this user or others.
        language: the only language in which it applies (BCP 47); None for every language.

    Raises:
        LessonError: a part is empty, too long or invalid text; the phrase means itself; the meaning contains the
            phrase, or another taught phrase whose meaning leads back to this one.

    >>> make_lesson("u42", "study mode", "set the desk lamp to 40 percent", 0).key
    'study mode'
    >>> known = [make_lesson("u42", "study mode", "start work time", 0)]
    >>> make_lesson("u42", "work time", "study mode, please", 1, known)
    Traceback (most recent call last):
    sayagain.errors.LessonError: “study mode, please” leads back to “work time”: “study mode” was taught to mean \
“start work time”; expected a meaning that stands by itself
    """
    for name, text, limit in (
        ("the user", user_id, None),
        ("the phrase", phrase, MOST_PHRASE),
        ("the meaning", means, MOST_MEANING),
    ):
        _check_text(name, text, limit)
    lesson = Taught(user_id=user_id, phrase=phrase.strip(), means=means.strip(), at=at, language=language_of(language))
    for name, text in (("the phrase", lesson.phrase), ("the meaning", lesson.means)):
        if not taught_key(text):
            raise LessonError(f"{name} is “{text}”, which holds no word; expected words that can be said")
    if taught_key(lesson.means) == lesson.key:
        raise LessonError(
            f"“{lesson.phrase}” and “{lesson.means}” are the same request; expected what it means in other words"
        )
    if _contains(lesson.means, lesson.key):
        raise LessonError(
            f"“{lesson.means}” holds “{lesson.phrase}” itself, so it would refer to itself; expected other words"
        )
    other_lessons = [taught for taught in known if taught.user_id == user_id and taught.key != lesson.key]
    # A request is in one language, so lessons in different languages never lead to each other.
    path = _path_back(
        lesson, [taught for taught in other_lessons if len({taught.language, lesson.language} - {None}) < 2]
    )
    if path:
        steps = ", and ".join(f"“{taught.phrase}” was taught to mean “{taught.means}”" for taught in path)
        raise LessonError(
            f"“{lesson.means}” leads back to “{lesson.phrase}”: {steps}; expected a meaning that stands by itself"
        )
    return lesson


def _check_text(name: str, text: str, limit: int | None) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise LessonError(f"{name} holds half a surrogate pair; expected valid Unicode") from None
    if not text.strip():
        raise LessonError(f"{name} is empty; expected words")
    if limit is not None and len(text) > limit:
        raise LessonError(f"{name} is {len(text):,} characters long; expected {limit:,} at most")


def _contains(text: str, key: str) -> bool:
    return f" {key} " in f" {taught_key(text)} "


def _path_back(lesson: Taught, lessons: list[Taught]) -> list[Taught]:
    """Return the chain of lessons through which the meaning leads back to its phrase; empty if there is none."""
    visited_keys: set[str] = set()
    paths: list[list[Taught]] = [[first] for first in lessons if _contains(lesson.means, first.key)]
    while paths:
        path = paths.pop()
        end = path[-1]
        if _contains(end.means, lesson.key):
            return path
        if end.key not in visited_keys:
            visited_keys.add(end.key)
            paths += [[*path, following] for following in lessons if _contains(end.means, following.key)]
    return []
