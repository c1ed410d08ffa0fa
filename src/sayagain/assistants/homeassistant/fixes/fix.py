"""The fix: one change of Home Assistant's settings, named by an id that says how to undo it."""

import hashlib
from typing import Literal, Self, get_args
from urllib.parse import quote, unquote

import msgspec

from sayagain.errors import InputError
from sayagain.failures import FailurePoint

__all__ = ["Fix", "FixKind", "FixPlan"]

FixKind = Literal["alias", "expose", "area", "sentence"]
"""What is changed. `alias`: an entity gets another name; `expose`: the conversation sees an entity; `area`: an entity
without a room gets one; `sentence`: an automation that a sentence triggers passes on the words that it means."""


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """One change.

    >>> fix = Fix(kind="alias", subject="light.bed_light", value="reading lamp")
    >>> fix.id, Fix.from_id(fix.id) == fix
    ('alias/light.bed_light/reading%20lamp', True)
    """

    kind: FixKind
    """What is changed."""
    subject: str
    """The entity id; of a sentence the id of its automation."""
    value: str
    """The alias, the area id, or the words that the sentence means."""
    words: str = ""
    """The sentence."""
    language: str | None = None
    """Its language, where known."""

    @classmethod
    def sentence(cls, words: str, means: str, language: str | None) -> Self:
        """Return the fix that makes a sentence mean other words."""
        digest = hashlib.blake2b(words.casefold().encode(), digest_size=6).hexdigest()
        return cls(kind="sentence", subject=f"sayagain_{digest}", value=means, words=words, language=language)

    @property
    def id(self) -> str:
        """What `--undo` takes."""
        return f"{self.kind}/{self.subject}/{quote(self.value, safe='')}"

    @classmethod
    def from_id(cls, fix_id: str) -> Self:
        """Return the fix with an id, as far as undoing needs it.

        Raises:
            InputError: it is no id of a fix.
        """
        kind, _, rest = fix_id.partition("/")
        subject, _, value = rest.partition("/")
        if not subject or not value or kind not in get_args(FixKind):
            raise InputError(f"{fix_id!r} is no id of a fix; expected one as `sayagain fix TURN --apply` prints it")
        return cls(kind=msgspec.convert(kind, FixKind), subject=subject, value=unquote(value))


class FixPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What to do about one request."""

    request: str
    """The request."""
    language: str | None = None
    """Its language, where known."""
    device_id: str | None = None
    """The device spoken to, where known."""
    fixes: tuple[Fix, ...] = ()
    """Changes that may help, the likeliest first; the first that does is kept."""
    target: str | None = None
    """The entity that is meant, where known."""
    stage: FailurePoint
    """Where the request failed, by replay (`replay_stage`)."""
    sentence: str
    """What is the matter and what to do, in plain words."""
