"""The record of one lesson: a phrase, the words it stands for, and for whom."""

import hashlib
import json
import re

import msgspec

from sayagain.languages import request_key
from sayagain.teaching.preference import Preference
from sayagain.teaching.scope import LessonOwner, LessonScope
from sayagain.text import normalise

__all__ = ["Taught", "lesson_of_owner", "taught_key"]

_POLITE = r"please|kindly|thanks|thank you"
_POLITE_BEFORE = re.compile(rf"^(?:(?:can|could|would|will) you|{_POLITE})(?: |$)")
_POLITE_AFTER = re.compile(rf"(?:^| )(?:{_POLITE})$")
"""English polite words; polite words of another language are part of the phrase."""


class Taught(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson of a person, a household or a device; create it with `make_lesson`, which validates it.

    >>> study = Taught(user_id="u42", phrase="Study mode!", means="set the desk lamp to 40 percent", at=0)
    >>> study.key, study.id == Taught(user_id="u42", phrase="study mode, please", means="lamp on", at=1).id
    ('study mode', True)
    """

    user_id: str | None = None
    """The user who taught it, and of a lesson for a person the only one to whom it applies; None for an unknown one."""
    scope: LessonScope = "person"
    """For whom it is."""
    home: str | None = None
    """The home of a lesson for a household or a device; None where homes have no names."""
    device_id: str | None = None
    """The device of a lesson for a device."""
    phrase: str
    """The words that the user will say, as the user wrote them."""
    means: str
    """The words to pass on instead, verbatim."""
    steps: tuple[str, ...] = ()
    """The requests that the meaning consists of, to be passed on one after the other; empty for a single one."""
    is_name: bool = False
    """Whether the phrase is another name of a thing, which counts within requests, rather than a whole request."""
    source: tuple[str, ...] = ()
    """What the user said to teach it, in conversation; empty for a lesson of a program."""
    at: int
    """Time in milliseconds since 1970; of two lessons about one phrase the later one applies."""
    language: str | None = None
    """The only language (ISO 639) in which it applies; None for every language."""
    preference: Preference | None = None
    """What is preferred: the phrase is the domain then, and the meaning the value."""

    @property
    def key(self) -> str:
        """The phrase as lookup key; of a preference its own, which no request finds."""
        return taught_key(self.phrase) if self.preference is None else self.preference.key

    @property
    def stored_key(self) -> str:
        """The phrase with its language, as storage key: each owner has one lesson per key."""
        return request_key(self.key, self.language)

    @property
    def owner(self) -> LessonOwner:
        """For whom it is, as storage key."""
        if self.scope == "household":
            return LessonOwner.household(self.home)
        if self.scope == "device":
            return LessonOwner.device(self.home, self.device_id or "")
        return LessonOwner.person(self.user_id or "")

    @property
    def id(self) -> str:
        """12 hexadecimal digits of owner, phrase and language, the same for every lesson about them."""
        owner = [self.user_id] if self.scope == "person" else list(self.owner)
        text = json.dumps([*owner, self.stored_key])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def lesson_of_owner(
    owner: LessonOwner,
    *,
    user_id: str | None,
    phrase: str,
    means: str,
    at: int,
    language: str | None = None,
    steps: tuple[str, ...] = (),
    is_name: bool = False,
    source: tuple[str, ...] = (),
    preference: Preference | None = None,
) -> Taught:
    """Return a lesson for an owner; the other arguments are fields of `Taught`.

    >>> lesson_of_owner(LessonOwner.household("flat"), user_id=None, phrase="a", means="b", at=0).home
    'flat'
    """
    home = device_id = None
    if owner.scope == "household":
        home = owner.name or None
    elif owner.scope == "device":
        home, device_id = json.loads(owner.name)
    return Taught(
        user_id=owner.name if owner.scope == "person" else user_id,
        scope=owner.scope,
        home=home or None,
        device_id=device_id,
        phrase=phrase,
        means=means,
        at=at,
        language=language,
        steps=steps,
        is_name=is_name,
        source=source,
        preference=preference,
    )


def taught_key(phrase: str) -> str:
    """Return the lookup key of a phrase or request: normalised, without polite words at either end.

    Text of polite words alone stays as it is, so that the key of "thank you" is not empty.

    >>> taught_key("Could you please: Study-Mode, thanks!"), taught_key("Thank you")
    ('study mode', 'thank you')
    """
    text = normalise(phrase)
    previous = ""
    while text and text != previous:
        previous = text
        text = _POLITE_AFTER.sub("", _POLITE_BEFORE.sub("", text))
    return text or normalise(phrase)
