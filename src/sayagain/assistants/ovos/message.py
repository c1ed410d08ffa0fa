"""One message of the OVOS bus, with when it was seen and what its context tells, whatever may stand there."""

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from sayagain.errors import InputError, TurnError
from sayagain.formats import as_milliseconds
from sayagain.turns import AppliedRewrite

__all__ = ["CONTEXT_KEY", "Message", "OvosSession", "utterance_words"]

CONTEXT_KEY = "sayagain"
"""Where the transformer leaves the turn's id and rewrite in the context of every later message."""


class OvosSession(msgspec.Struct, frozen=True, kw_only=True):
    """Where an utterance came from, as far as the context tells.

    >>> OvosSession.of({"session": {"session_id": "s1", "site_id": "kitchen", "lang": "en-US"}}).area
    'kitchen'
    >>> OvosSession.of({"session": 5}).session_id
    'default'
    """

    session_id: str = "default"
    """The session; `default` is the device that OVOS runs on."""
    area: str | None = None
    """The room, where the satellite's site is configured."""
    language: str | None = None
    """BCP 47."""
    user_id: str | None = None
    """Who speaks, where a plugin of the listener recognises speakers."""

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Self:
        """Read it off the context of a message."""
        session = context.get("session")
        within: Mapping[str, Any] = session if isinstance(session, Mapping) else {}
        site = utterance_words(within.get("site_id"))
        return cls(
            session_id=utterance_words(within.get("session_id")) or "default",
            area=None if site == "unknown" else site,
            language=utterance_words(context.get("lang")) or utterance_words(within.get("lang")),
            user_id=utterance_words(context.get("user_id")),
        )


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it went over the bus.

    >>> Message.of({"at": 1_790_000_000_000, "type": "speak", "data": {"utterance": "Hello!"}}).data["utterance"]
    'Hello!'
    >>> Message.of({"type": "speak"})
    Traceback (most recent call last):
    sayagain.errors.TurnError: "at" is null; expected a time such as 2026-01-31T08:00:00Z or milliseconds since 1970
    """

    at: int
    """When it was seen, ms since 1970 UTC; the bus itself keeps no time."""
    type: str
    """What it is."""
    data: Mapping[str, Any]
    """What it says."""
    session: OvosSession
    """Where the utterance came from that it belongs to."""
    skill: str | None = None
    """The skill that sent it or is meant."""
    turn_id: str | None = None
    """The turn, where the transformer has seen its utterance."""
    applied: AppliedRewrite | None = None
    """What the transformer did to the utterance."""

    @classmethod
    def of(cls, event: object) -> Self:
        """Read it off an event: `at`, `type`, `data` and `context`.

        Raises:
            TurnError: what was seen and what was expected; the caller adds where.
        """
        if not isinstance(event, Mapping):
            raise TurnError("not a message of the bus; expected an object with at, type, data and context")
        kind, data, context = event.get("type"), event.get("data") or {}, event.get("context") or {}
        if not isinstance(kind, str):
            raise TurnError('"type" is no text; expected the type of a message of the bus')
        if not isinstance(data, Mapping) or not isinstance(context, Mapping):
            raise TurnError('"data" or "context" is no object; expected those of a message of the bus')
        left = context.get(CONTEXT_KEY)
        if left is not None and not isinstance(left, Mapping):
            raise TurnError(f'"context.{CONTEXT_KEY}" is no object; expected what the transformer leaves there')
        try:
            at = as_milliseconds(event.get("at"), "at")
            applied = None if left is None else msgspec.convert(left.get("applied_rewrite"), AppliedRewrite | None)
        except InputError as error:
            raise TurnError(str(error)) from None
        except msgspec.ValidationError:
            wanted = "expected the record that the transformer leaves there"
            raise TurnError(f'"context.{CONTEXT_KEY}.applied_rewrite" is no rewrite; {wanted}') from None
        return cls(
            at=at,
            type=kind,
            data=data,
            session=OvosSession.of(context),
            skill=utterance_words(context.get("skill_id")),
            turn_id=None if left is None else utterance_words(left.get("turn_id")),
            applied=applied,
        )

    @property
    def utterances(self) -> tuple[str, ...]:
        """The transcripts of an utterance, best first."""
        found = self.data.get("utterances")
        return tuple(each for each in found if utterance_words(each)) if isinstance(found, list | tuple) else ()

    def says(self, key: str) -> str | None:
        """Return the text that stands in the data under `key`, if one does."""
        return utterance_words(self.data.get(key))


def utterance_words(value: object) -> str | None:
    """Return a text that is not blank; None of anything else."""
    return value if isinstance(value, str) and value.strip() else None
