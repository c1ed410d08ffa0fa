"""The record of one lesson: a user's phrase and the words it stands for."""

import hashlib
import json
import re

import msgspec

from sayagain.languages import request_key
from sayagain.text import normalise

__all__ = ["Taught", "taught_key"]

_POLITE = r"please|kindly|thanks|thank you"
_POLITE_BEFORE = re.compile(rf"^(?:(?:can|could|would|will) you|{_POLITE})(?: |$)")
_POLITE_AFTER = re.compile(rf"(?:^| )(?:{_POLITE})$")
"""English polite words; polite words of another language are part of the phrase."""


class Taught(msgspec.Struct, frozen=True, kw_only=True):
    """A lesson of one user; create it with `make_lesson`, which validates it.

    >>> study = Taught(user_id="u42", phrase="Study mode!", means="set the desk lamp to 40 percent", at=0)
    >>> study.key, study.id == Taught(user_id="u42", phrase="study mode, please", means="lamp on", at=1).id
    ('study mode', True)
    """

    user_id: str
    """The user who taught it, and the only one to whom it applies."""
    phrase: str
    """The words that the user will say, as the user wrote them."""
    means: str
    """The words to pass on instead, verbatim."""
    at: int
    """Time in milliseconds since 1970; of two lessons about one phrase the later one applies."""
    language: str | None = None
    """The only language (ISO 639) in which it applies; None for every language."""

    @property
    def key(self) -> str:
        """The phrase as lookup key."""
        return taught_key(self.phrase)

    @property
    def stored_key(self) -> str:
        """The phrase with its language, as storage key: each user has one lesson per key."""
        return request_key(self.key, self.language)

    @property
    def id(self) -> str:
        """12 hexadecimal digits of user, phrase and language, the same for every lesson about them."""
        text = json.dumps([self.user_id, self.stored_key])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


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
