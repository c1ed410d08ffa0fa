"""One event of Rasa's tracker, in either format: flat, as Rasa 3 writes it, or nested, as newer versions do."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec

from sayagain.assistants.json_values import as_mapping, as_text
from sayagain.errors import InputError, TurnError
from sayagain.formats.times import as_milliseconds

__all__ = ["TrackerEvent", "tracker_events"]

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
"""Keys beside the payload of a nested event."""

_NAMES = {"action_executed": "action", "memory_set": "slot", "restarted": "restart", "slot_set": "slot"}
"""Names of Rasa 3 by the newer names of the same kinds."""

_NOBODY = "default"
"""Rasa's name for an unknown sender."""


class TrackerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One event of a tracker.

    >>> flat = {"sender_id": "ann", "event": "user", "timestamp": 1795516626.25, "text": "hello"}
    >>> nested = {"conversation_id": "ann", "timestamp": 1795516626.25, "event_id": "e", "user": {"text": "hello"}}
    >>> [(each.conversation, each.kind, each.at, each.body["text"]) for each in map(TrackerEvent.of, (flat, nested))]
    [('ann', 'user', 1795516626250, 'hello'), ('ann', 'user', 1795516626250, 'hello')]
    """

    conversation: str
    """Id of the conversation."""
    kind: str
    """The kind of event, in the names of Rasa 3: `user`, `bot`, `action`, `slot`, `session_started`, …"""
    at: int
    """Time of the event, in milliseconds since 1970."""
    body: Mapping[str, Any]
    """The payload."""
    metadata: Mapping[str, Any]
    """Metadata from the channel and the model."""
    user_id: str | None
    """The user; in Rasa 3, the conversation id names the user."""
    session_id: str | None
    """The session, in a nested event."""
    name: str
    """Identifier of the event, the same each time the log is read."""

    @classmethod
    def of(cls, event: object) -> Self:
        """Read an event of either format.

        Raises:
            TurnError: what was seen and what was expected.
        """
        if not isinstance(event, Mapping):
            raise TurnError("the event is not an object; expected an event of a tracker")
        flat = isinstance(event.get("event"), str)
        payloads = [key for key in event if key not in _ENVELOPE and isinstance(event[key], Mapping)]
        if not flat and ("conversation_id" not in event or len(payloads) != 1):
            raise TurnError('"event" is missing; expected "event", or "conversation_id" and one payload')
        kind = str(event["event"]) if flat else payloads[0]
        body: Mapping[str, Any] = event if flat else event[payloads[0]]
        field = "sender_id" if flat else "conversation_id"
        conversation = event.get(field)
        if not isinstance(conversation, str) or not conversation.strip():
            raise TurnError(f'"{field}" is missing; each event of a tracker names its conversation')
        event_id = as_text(event.get("event_id")) or as_text(body.get("message_id")) or ""
        identity = [conversation, kind, repr(event.get("timestamp")), event_id]
        return cls(
            conversation=conversation,
            kind=_NAMES.get(kind, kind),
            at=_milliseconds(event.get("timestamp")),
            body=body,
            metadata={**as_mapping(event.get("metadata")), **as_mapping(body.get("metadata"))},
            user_id=as_text(event.get("user_id")) if not flat else None if conversation == _NOBODY else conversation,
            session_id=as_text(event.get("session_id")) if not flat else None,
            name=hashlib.blake2b("\n".join(identity).encode(errors="replace"), digest_size=12).hexdigest(),
        )


def tracker_events(event: object) -> Iterator[object]:
    """Yield the events of a tracker dump (`GET /conversations/<id>/tracker`); anything else is one event.

    A row of the table `events` of Rasa's SQL tracker store holds its event as JSON.

    >>> row = {"sender_id": "ann", "type_name": "user", "timestamp": 1.5, "data": '{"event": "user", "text": "hi"}'}
    >>> list(tracker_events(row))
    [{'sender_id': 'ann', 'timestamp': 1.5, 'event': 'user', 'text': 'hi'}]
    """
    if isinstance(event, Mapping) and "type_name" in event and "data" in event:
        yield _row_event(event)
        return
    events = event.get("events") if isinstance(event, Mapping) and "event" not in event else None
    if not isinstance(event, Mapping) or not isinstance(events, list):
        yield event
        return
    sender_id = event.get("sender_id")
    for tracker_event in events:
        yield {"sender_id": sender_id, **tracker_event} if isinstance(tracker_event, Mapping) else tracker_event


def _row_event(row: Mapping[str, Any]) -> object:
    data = row["data"]
    if isinstance(data, str):
        try:
            data = msgspec.json.decode(data)
        except (msgspec.DecodeError, RecursionError):
            return row
    return {"sender_id": row.get("sender_id"), "timestamp": row.get("timestamp"), **as_mapping(data)}


def _milliseconds(value: object) -> int:
    """Convert seconds since 1970, as Rasa writes them, or a time as text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return as_milliseconds(round(value * 1000), "timestamp")
        except (InputError, OverflowError, ValueError):
            raise TurnError(f'"timestamp" is {value}; expected seconds since 1970') from None
    try:
        return as_milliseconds(value, "timestamp")
    except InputError as error:
        raise TurnError(str(error)) from None
