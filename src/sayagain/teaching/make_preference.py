"""Creation of a preference: the lesson that holds it, validated."""

from sayagain.languages import language_of
from sayagain.teaching.preference import Preference, validate_preference
from sayagain.teaching.scope import LessonOwner
from sayagain.teaching.taught import Taught, lesson_of_owner

__all__ = ["make_preference"]


def make_preference(
    preference: Preference,
    at: int,
    *,
    owner: LessonOwner,
    user_id: str | None = None,
    language: str | None = None,
    source: tuple[str, ...] = (),
) -> Taught:
    """Create the lesson that holds a preference.

    Args:
        preference: what is liked or disliked.
        at: time, in milliseconds since 1970.
        owner: for whom it is.
        user_id: who says so, where known.
        language: the only language in which it is filled in (BCP 47); None for every language.
        source: what the user said, in conversation.

    Raises:
        LessonError: a part is empty, too long or invalid text; the strength is not in [0, 1].

    >>> jazz = Preference(domain="music", slot="genre", value="jazz")
    >>> make_preference(jazz, 0, owner=LessonOwner.household(None)).means
    'jazz'
    """
    stated = validate_preference(preference)
    return lesson_of_owner(
        owner,
        user_id=user_id,
        phrase=stated.domain,
        means=stated.value,
        at=at,
        language=language_of(language),
        source=source,
        preference=stated,
    )
