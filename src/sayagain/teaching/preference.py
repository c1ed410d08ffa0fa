"""The preference: what somebody likes or dislikes in a domain; it is a lesson that fills what a request leaves open."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec

from sayagain.errors import LessonError
from sayagain.text import normalise

if TYPE_CHECKING:
    from sayagain.teaching.taught import Taught

__all__ = ["BEST", "LIKED", "SLOTS", "Preference", "preferred", "replaced_preferences", "validate_preference"]

SLOTS = {"music": "genre", "food": "cuisine", "news": "source", "sport": "team"}
"""The slot that is preferred in each domain that requests are filled in."""

LIKED, BEST = 0.7, 1.0
"""Strength of what is liked, and of what is liked best."""

_ONE_VALUE = frozenset({"news", "sport"})
"""Domains in which the newest value takes the place of the one before."""

_MOST_NAME, _MOST_VALUE = 50, 200
"""Most characters of a domain or slot, and of a value."""


class Preference(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody likes or dislikes.

    >>> Preference(domain="music", slot="genre", value="jazz").key
    'music: genre: jazz'
    """

    domain: str
    """What it is about, such as `music`; of others than those of `SLOTS` nothing is filled in."""
    slot: str
    """The slot of the domain, such as `genre`."""
    value: str
    """The value, as it is filled in."""
    liked: bool = True
    """The polarity: whether it is liked, or disliked."""
    strength: Annotated[float, msgspec.Meta(ge=0, le=1)] = LIKED
    """How much; of several values that are liked the strongest is filled in, of these the newest."""

    @property
    def key(self) -> str:
        """Storage key; its colons stand in no key of a phrase, so no request finds it."""
        return f"{normalise(self.domain)}: {normalise(self.slot)}: {normalise(self.value)}"


def validate_preference(preference: Preference) -> Preference:
    """Return a preference whose parts are fit to be kept.

    Raises:
        LessonError: a part is empty, too long or invalid text; the strength is not in [0, 1].
    """
    for name, limit in (("domain", _MOST_NAME), ("slot", _MOST_NAME), ("value", _MOST_VALUE)):
        text = getattr(preference, name)
        if not normalise(text):
            raise LessonError(f"the {name} of a preference is {text!r}; expected words")
        if len(text) > limit:
            raise LessonError(f"the {name} of a preference has {len(text):,} characters; at most {limit} are kept")
        if not text.isprintable():
            raise LessonError(f"the {name} of a preference is {text!r}; expected text without control characters")
    if not 0 <= preference.strength <= 1:
        raise LessonError(f"the strength of a preference is {preference.strength}; expected a number from 0 to 1")
    return preference


def preferred(lessons: Iterable["Taught"], domain: str, language: str | None) -> "Taught | None":
    """Return the preference to fill in for a domain: the strongest, of these the newest; None if nothing is liked.

    Args:
        lessons: of one owner; those that are no preferences are ignored.
        domain: the domain.
        language: of the request (ISO 639).
    """
    liked = [
        lesson
        for lesson in lessons
        if lesson.preference is not None
        and (lesson.preference.domain, lesson.preference.liked) == (domain, True)
        and lesson.preference.slot == SLOTS.get(domain)
        and lesson.language in {None, language}
    ]
    return max(liked, key=lambda lesson: (_strength(lesson), lesson.at, lesson.means), default=None)


def _strength(lesson: "Taught") -> float:
    return 0.0 if lesson.preference is None else lesson.preference.strength


def replaced_preferences(new: "Taught", known: Sequence["Taught"]) -> list["Taught"]:
    """Return the preferences of the same owner whose place a new one takes.

    Args:
        new: the new preference.
        known: lessons of its owner.
    """
    wanted = new.preference
    if wanted is None:
        return []
    replaced = []
    for lesson in known:
        own = lesson.preference
        if own is None or (own.domain, own.slot) != (wanted.domain, wanted.slot) or lesson.language != new.language:
            continue
        is_other_choice = wanted.domain in _ONE_VALUE and own.liked and wanted.liked
        if own.key == wanted.key or is_other_choice:
            replaced.append(lesson)
    return replaced


def matching_preferences(lessons: Iterable["Taught"], wanted: str) -> list["Taught"]:
    """Return the preferences whose value or domain has a name.

    Args:
        lessons: those that are no preferences are ignored.
        wanted: the value or domain, however it is spelt.
    """
    name = normalise(wanted)
    return [
        lesson
        for lesson in lessons
        if lesson.preference is not None
        and name in {normalise(lesson.preference.value), normalise(lesson.preference.domain)}
    ]
