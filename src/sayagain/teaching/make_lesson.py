"""Creation of a lesson: validate it, and refuse it in one sentence if it cannot work."""

from collections.abc import Iterable

from sayagain.errors import CircularLesson, LessonError
from sayagain.languages import language_of
from sayagain.teaching.scope import LessonOwner
from sayagain.teaching.taught import Taught, lesson_of_owner, taught_key

__all__ = ["MOST_MEANING", "MOST_PHRASE", "make_lesson"]

MOST_PHRASE = 200
"""Most characters of a phrase; nobody says a longer one twice."""

MOST_MEANING = 1_000
"""Most characters of a meaning; no request is longer."""


def make_lesson(
    user_id: str | None,
    phrase: str,
    means: str,
    at: int,
    known: Iterable[Taught] = (),
    *,
    owner: LessonOwner | None = None,
    language: str | None = None,
    steps: tuple[str, ...] = (),
    is_name: bool = False,
    source: tuple[str, ...] = (),
) -> Taught:
    """Create a lesson after validating it.

    Args:
        user_id: the user who teaches; None for an unidentified speaker, who teaches for an `owner`.
        phrase: the words that the user will say.
        means: the words to pass on instead.
        at: time of the lesson, in milliseconds since 1970.
        known: earlier lessons. Those of other people do not matter.
        owner: for whom it is; the user alone by default.
        language: the only language in which it applies (BCP 47); None for every language.
        steps: the requests that the meaning consists of; empty for a single one.
        is_name: whether the phrase is the name of a thing rather than a request.
        source: what the user said to teach it, in conversation.

    Raises:
        LessonError: a part is empty, too long or invalid text; the phrase means itself.
        CircularLesson: the meaning contains the phrase, or another taught phrase whose meaning leads back to this one.

    >>> make_lesson("u42", "study mode", "set the desk lamp to 40 percent", 0).key
    'study mode'
    >>> known = [make_lesson("u42", "study mode", "start work time", 0)]
    >>> make_lesson("u42", "work time", "study mode, please", 1, known)
    Traceback (most recent call last):
    sayagain.errors.CircularLesson: “study mode, please” leads back to “work time”: “study mode” was taught to mean \
“start work time”; expected a meaning that stands by itself
    """
    owner = LessonOwner.person(user_id or "") if owner is None else owner
    for name, text, limit in (
        *([("the user", owner.name, None)] if owner.scope == "person" else []),
        ("the phrase", phrase, MOST_PHRASE),
        ("the meaning", means, MOST_MEANING),
    ):
        _check_text(name, text, limit)
    lesson = lesson_of_owner(
        owner,
        user_id=user_id,
        phrase=phrase.strip(),
        means=means.strip(),
        at=at,
        language=language_of(language),
        steps=steps,
        is_name=is_name,
        source=source,
    )
    for name, text in (("the phrase", lesson.phrase), ("the meaning", lesson.means)):
        if not taught_key(text):
            raise LessonError(f"{name} is “{text}”, which holds no word; expected words that can be said")
    if taught_key(lesson.means) == lesson.key:
        raise LessonError(
            f"“{lesson.phrase}” and “{lesson.means}” are the same request; expected what it means in other words"
        )
    if _contains(lesson.means, lesson.key):
        raise CircularLesson(
            f"“{lesson.means}” holds “{lesson.phrase}” itself, so it would refer to itself; expected other words"
        )
    other_lessons = [
        taught for taught in known if (taught.owner == owner or taught.scope != "person") and taught.key != lesson.key
    ]
    # A request is in one language, so lessons in different languages never lead to each other.
    path = _path_back(
        lesson, [taught for taught in other_lessons if len({taught.language, lesson.language} - {None}) < 2]
    )
    if path:
        path_text = ", and ".join(f"“{taught.phrase}” was taught to mean “{taught.means}”" for taught in path)
        raise CircularLesson(
            f"“{lesson.means}” leads back to “{lesson.phrase}”: {path_text}; expected a meaning that stands by itself"
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
