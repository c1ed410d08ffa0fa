"""The record of one lesson: when this user says this phrase, these words are meant."""

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
"""English manners; words of another language are part of the phrase until someone adds them here."""


class Taught(msgspec.Struct, frozen=True, kw_only=True):
    """What one user taught; make it with `lesson`, which checks it.

    >>> study = Taught(user_id="u42", phrase="Study mode!", means="set the desk lamp to 40 percent", at=0)
    >>> study.key, study.id == Taught(user_id="u42", phrase="study mode, please", means="lamp on", at=1).id
    ('study mode', True)
    """

    user_id: str
    """Who taught it, and the only one for whom it counts."""
    phrase: str
    """What the user will say, as the user put it."""
    means: str
    """The words to pass on instead, to the letter."""
    at: int
    """When, in milliseconds since 1970; of two lessons about one phrase the later counts."""
    language: str | None = None
    """The only language (ISO 639) in which it counts; None where it counts in every language."""

    @property
    def key(self) -> str:
        """The phrase as it is looked up."""
        return taught_key(self.phrase)

    @property
    def stored_key(self) -> str:
        """The phrase in its language, as lessons are stored: of each user there is one lesson with this key."""
        return request_key(self.key, self.language)

    @property
    def id(self) -> str:
        """12 hexadecimal digits of user and phrase, the same for every lesson about this phrase in its language."""
        text = json.dumps([self.user_id, self.stored_key])
        return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def taught_key(phrase: str) -> str:
    """Return a phrase or request as lessons are looked up: normalised, without manners at either end.

    Manners alone are left as they are, so that "thank you" is not taken for nothing.

    >>> taught_key("Could you please: Study-Mode, thanks!"), taught_key("Thank you")
    ('study mode', 'thank you')
    """
    text = normalise(phrase)
    before = ""
    while text and text != before:
        before = text
        text = _POLITE_AFTER.sub("", _POLITE_BEFORE.sub("", text))
    return text or normalise(phrase)
