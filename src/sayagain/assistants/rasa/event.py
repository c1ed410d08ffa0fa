"""One event of Rasa's tracker, in whichever form it was written: flat, as Rasa 3 does, or nested, as newer ones do."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec

from sayagain.errors import InputError, TurnError
from sayagain.formats.times import as_milliseconds

__all__ = ["TrackerEvent", "open_tracker"]

_ENVELOPE = frozenset(
    {
        "conversation_id",
        "deployment_environment",
        "event_id",
        "metadata",
        "sequence",
        "session_id",
        "timestamp",
        "user_id",
    }
)
"""What stands around the payload of a nested event."""

_NAMES = {"action_executed": "action", "memory_set": "slot", "restarted": "restart", "slot_set": "slot"}
"""Newer names of what Rasa 3 has too."""

_NOBODY = "default"
"""Rasa's own name for a sender that was not told."""


class TrackerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a tracker.

    >>> flat = {"sender_id": "ann", "event": "user", "timestamp": 1795516626.25, "text": "hello"}
    >>> nested = {"conversation_id": "ann", "timestamp": 1795516626.25, "event_id": "e", "user": {"text": "hello"}}
    >>> [(each.conversation, each.kind, each.at, each.body["text"]) for each in map(TrackerEvent.of, (flat, nested))]
    [('ann', 'user', 1795516626250, 'hello'), ('ann', 'user', 1795516626250, 'hello')]
    """

    conversation: str
    """Whose tracker it stands in."""
    kind: str
    """What happened, in the names of Rasa 3: `user`, `bot`, `action`, `slot`, `session_started`, …"""
    at: int
    """When, in milliseconds since 1970."""
    body: Mapping[str, Any]
    """All that it tells of what happened."""
    metadata: Mapping[str, Any]
    """What the channel and the model left with it."""
    user_id: str | None
    """Who; Rasa 3 names the person by the conversation."""
    session_id: str | None
    """Of a nested event."""
    name: str
    """The same for the same event, however often it is read, and for no other."""

    @classmethod
    def of(cls, event: object) -> Self:
        """Read an event of either form.

        Raises:
            TurnError: what was seen and what was expected.
        """
        if not isinstance(event, Mapping):
            raise TurnError("it is no object; expected an event of a tracker")
        flat = isinstance(event.get("event"), str)
        payloads = [key for key in event if key not in _ENVELOPE and isinstance(event[key], Mapping)]
        if not flat and ("conversation_id" not in event or len(payloads) != 1):
            raise TurnError('it has no "event", nor a "conversation_id" and one payload, as an event of a tracker has')
        kind = str(event["event"]) if flat else payloads[0]
        body: Mapping[str, Any] = event if flat else event[payloads[0]]
        field = "sender_id" if flat else "conversation_id"
        conversation = event.get(field)
        if not isinstance(conversation, str) or not conversation.strip():
            raise TurnError(f'"{field}" is missing; each event of a tracker names its conversation')
        told = event.get("metadata")
        inner = body.get("metadata")
        given = _text(event.get("event_id")) or _text(body.get("message_id")) or ""
        known = [conversation, kind, repr(event.get("timestamp")), given]
        return cls(
            conversation=conversation,
            kind=_NAMES.get(kind, kind),
            at=_when(event.get("timestamp")),
            body=body,
            metadata={**(told if isinstance(told, Mapping) else {}), **(inner if isinstance(inner, Mapping) else {})},
            user_id=_text(event.get("user_id")) if not flat else None if conversation == _NOBODY else conversation,
            session_id=_text(event.get("session_id")) if not flat else None,
            name=hashlib.blake2b("\n".join(known).encode(errors="replace"), digest_size=12).hexdigest(),
        )


def open_tracker(event: object) -> Iterator[object]:
    """Open the dump of a whole tracker, `GET /conversations/<id>/tracker`, into its events; anything else is one."""
    events = event.get("events") if isinstance(event, Mapping) and "event" not in event else None
    if not isinstance(event, Mapping) or not isinstance(events, list):
        yield event
        return
    for each in events:
        yield {"sender_id": event.get("sender_id"), **each} if isinstance(each, Mapping) else each


def _when(value: object) -> int:
    """Seconds since 1970 as Rasa writes them, or a time as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return as_milliseconds(round(value * 1000), "timestamp")
        except (InputError, OverflowError, ValueError):
            raise TurnError(f'"timestamp" is {value}; expected seconds since 1970') from None
    try:
        return as_milliseconds(value, "timestamp")
    except InputError as error:
        raise TurnError(str(error)) from None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
