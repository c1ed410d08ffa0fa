"""One message of the OVOS bus, with its time and the session in its context."""

from collections.abc import Mapping
from typing import Any, Self

import msgspec

from sayagain.assistants.json_values import as_mapping, as_text
from sayagain.errors import InputError, TurnError
from sayagain.formats import as_milliseconds
from sayagain.turns import AppliedRewrite

__all__ = ["CONTEXT_KEY", "Message", "OvosSession"]

CONTEXT_KEY = "sayagain"
"""Key of the turn's id and rewrite in the context, set by the transformer for every later message."""


class OvosSession(msgspec.Struct, frozen=True, kw_only=True):
    """Origin of an utterance, as far as the context names it.

    >>> OvosSession.of({"session": {"session_id": "s1", "site_id": "kitchen", "lang": "en-US"}}).area
    'kitchen'
    >>> OvosSession.of({"session": 5}).session_id
    'default'
    """

    session_id: str = "default"
    """The session; `default` is the device that OVOS runs on."""
    area: str | None = None
    """The room, if the satellite's site is configured."""
    language: str | None = None
    """BCP 47."""
    user_id: str | None = None
    """The user, if a plugin of the listener recognises speakers."""

    @classmethod
    def of(cls, context: Mapping[str, Any]) -> Self:
        """Read the origin from the context of a message."""
        session_data = as_mapping(context.get("session"))
        site_id = as_text(session_data.get("site_id"))
        return cls(
            session_id=as_text(session_data.get("session_id")) or "default",
            area=None if site_id == "unknown" else site_id,
            language=as_text(context.get("lang")) or as_text(session_data.get("lang")),
            user_id=as_text(context.get("user_id")),
        )


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message of the bus.

    >>> Message.of({"at": 1_790_000_000_000, "type": "speak", "data": {"utterance": "Hello!"}}).data["utterance"]
    'Hello!'
    >>> Message.of({"type": "speak"})
    Traceback (most recent call last):
    sayagain.errors.TurnError: "at" is null; expected a time such as 2026-01-31T08:00:00Z or milliseconds since 1970
    """

    at: int
    """Time of arrival, in milliseconds since 1970 UTC; the bus itself keeps no time."""
    type: str
    """Type of the message."""
    data: Mapping[str, Any]
    """Payload of the message."""
    session: OvosSession
    """Origin of the utterance."""
    skill: str | None = None
    """The skill that sent the message or is its target."""
    turn_id: str | None = None
    """Id of the turn, if the transformer has seen the utterance."""
    applied_rewrite: AppliedRewrite | None = None
    """The rewrite that the transformer applied."""

    @classmethod
    def of(cls, event: object) -> Self:
        """Read a message from an event with `at`, `type`, `data` and `context`.

        Raises:
            TurnError: what was seen and what was expected; the caller adds where.
        """
        if not isinstance(event, Mapping):
            raise TurnError("the event is not an object; expected a message with at, type, data and context")
        kind, data, context = event.get("type"), event.get("data") or {}, event.get("context") or {}
        if not isinstance(kind, str):
            raise TurnError('"type" is not a string; expected the type of a message of the bus')
        if not isinstance(data, Mapping) or not isinstance(context, Mapping):
            raise TurnError('"data" or "context" is not an object; expected those of a message of the bus')
        transformer_data = context.get(CONTEXT_KEY)
        if transformer_data is not None and not isinstance(transformer_data, Mapping):
            raise TurnError(f'"context.{CONTEXT_KEY}" is not an object; expected the record of the transformer')
        try:
            at = as_milliseconds(event.get("at"), "at")
            applied_rewrite = (
                None
                if transformer_data is None
                else msgspec.convert(transformer_data.get("applied_rewrite"), AppliedRewrite | None)
            )
        except InputError as error:
            raise TurnError(str(error)) from None
        except msgspec.ValidationError:
            expected = "expected the rewrite that the transformer writes there"
            raise TurnError(f'"context.{CONTEXT_KEY}.applied_rewrite" is not a rewrite; {expected}') from None
        return cls(
            at=at,
            type=kind,
            data=data,
            session=OvosSession.of(context),
            skill=as_text(context.get("skill_id")),
            turn_id=None if transformer_data is None else as_text(transformer_data.get("turn_id")),
            applied_rewrite=applied_rewrite,
        )

    @property
    def utterances(self) -> tuple[str, ...]:
        """The transcripts of an utterance, best first."""
        utterances = self.data.get("utterances")
        return (
            tuple(utterance for utterance in utterances if as_text(utterance))
            if isinstance(utterances, list | tuple)
            else ()
        )

    def text(self, key: str) -> str | None:
        """Return the text under a key of the data; None if there is none."""
        return as_text(self.data.get(key))
