"""Making a lesson: what a user wants to teach is checked, and refused in one sentence where it cannot work."""

from collections.abc import Iterable

from sayagain.errors import LessonError
from sayagain.languages import language_of
from sayagain.teaching.taught import Taught, taught_key

__all__ = ["MOST_MEANING", "MOST_PHRASE", "make_lesson"]

MOST_PHRASE = 200
"""Characters of a phrase; what is longer is no phrase that somebody says twice."""

MOST_MEANING = 1_000
"""Characters of a meaning; a request is never longer."""


def make_lesson(
    user_id: str, phrase: str, means: str, at: int, known: Iterable[Taught] = (), *, language: str | None = None
) -> Taught:
    """Return what is to be taught, once it is sure that it can be used.

    Args:
        user_id: who teaches.
        phrase: what the user will say.
        means: the words to pass on instead.
        at: when, in milliseconds since 1970.
        known: what this user taught before.
        language: in which alone it counts (BCP 47); it counts in every language where that is not known.

    Raises:
        LessonError: a part is empty, too long or no text; the phrase means itself; the meaning holds the phrase, or
            another taught phrase whose meaning leads back to this one.

    >>> make_lesson("u42", "study mode", "set the desk lamp to 40 percent", 0).key
    'study mode'
    >>> known = [make_lesson("u42", "study mode", "start work time", 0)]
    >>> make_lesson("u42", "work time", "study mode, please", 1, known)
    Traceback (most recent call last):
    sayagain.errors.LessonError: “study mode, please” leads back to “work time”: “study mode” was taught to mean \
“start work time”; expected a meaning that stands by itself
    """
    for name, text, most in (
        ("the user", user_id, None),
        ("the phrase", phrase, MOST_PHRASE),
        ("the meaning", means, MOST_MEANING),
    ):
        _check_text(name, text, most)
    made = Taught(user_id=user_id, phrase=phrase.strip(), means=means.strip(), at=at, language=language_of(language))
    for name, text in (("the phrase", made.phrase), ("the meaning", made.means)):
        if not taught_key(text):
            raise LessonError(f"{name} is “{text}”, which holds no word; expected words that can be said")
    if taught_key(made.means) == made.key:
        raise LessonError(
            f"“{made.phrase}” and “{made.means}” are the same request; expected what it means in other words"
        )
    if _holds(made.means, made.key):
        raise LessonError(
            f"“{made.means}” holds “{made.phrase}” itself, so it would refer to itself; expected other words"
        )
    others = [each for each in known if each.user_id == user_id and each.key != made.key]
    # A request is in one language, so lessons of two never lead to each other.
    way = _back(made, [each for each in others if len({each.language, made.language} - {None}) < 2])
    if way:
        steps = ", and ".join(f"“{each.phrase}” was taught to mean “{each.means}”" for each in way)
        raise LessonError(
            f"“{made.means}” leads back to “{made.phrase}”: {steps}; expected a meaning that stands by itself"
        )
    return made


def _check_text(name: str, text: str, most: int | None) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise LessonError(f"{name} holds half a surrogate pair; expected valid Unicode") from None
    if not text.strip():
        raise LessonError(f"{name} is empty; expected words")
    if most is not None and len(text) > most:
        raise LessonError(f"{name} is {len(text):,} characters long; expected {most:,} at most")


def _holds(text: str, key: str) -> bool:
    return f" {key} " in f" {taught_key(text)} "


def _back(made: Taught, known: list[Taught]) -> list[Taught]:
    """Return the lessons by which the meaning leads back to its phrase; none where it does not."""
    seen: set[str] = set()
    ways: list[list[Taught]] = [[each] for each in known if _holds(made.means, each.key)]
    while ways:
        way = ways.pop()
        last = way[-1]
        if _holds(last.means, made.key):
            return way
        if last.key not in seen:
            seen.add(last.key)
            ways += [[*way, each] for each in known if _holds(last.means, each.key)]
    return []
