"""What the observer hears, a record for each kind: what Home Assistant tells, and when, with nothing made of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from sayagain.turns import Turn

__all__ = [
    "AgentsEvent",
    "AnswerEvent",
    "ChatEndEvent",
    "ChatEvent",
    "DevicesEvent",
    "Event",
    "ListenEvent",
    "RunEvent",
    "StateEvent",
    "millis",
]


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """One thing that was heard."""

    at: int
    """When, in milliseconds since 1970-01-01 UTC, by Home Assistant's clock where it tells."""


class AgentsEvent(Event, tag="agents", frozen=True, kw_only=True):
    """Which agents of Home Assistant are ours."""

    ids: tuple[str, ...]
    """Their entity ids."""


class DevicesEvent(Event, tag="devices", frozen=True, kw_only=True):
    """Where devices stand."""

    areas: dict[str, str]
    """Names of areas by device id."""
    satellites: dict[str, str] = {}
    """Device ids by entity id of a satellite."""
    satellite_areas: dict[str, str] = {}
    """Names of areas by entity id of a satellite that has one of its own."""


class RunEvent(Event, tag="run", frozen=True, kw_only=True):
    """A pipeline run that has ended."""

    run_id: str
    """Home Assistant's id of it."""
    events: list[dict[str, Any]]
    """Its events, as `assist_pipeline/pipeline_debug/get` gives them."""


class ChatEvent(Event, tag="chat", frozen=True, kw_only=True):
    """One content of a chat log: what the user said, a tool call, its result, or an answer."""

    conversation_id: str
    """The conversation's id."""
    content: dict[str, Any]
    """As `conversation/chat_log/subscribe` gives it."""


class ChatEndEvent(Event, tag="chatended", frozen=True, kw_only=True):
    """The turn of a chat log is over."""

    conversation_id: str
    """The conversation's id."""


class StateEvent(Event, tag="state", frozen=True, kw_only=True):
    """A satellite changed its state."""

    entity_id: str
    """The satellite."""
    old: str | None
    """The state before."""
    new: str | None
    """The state now: `idle`, `listening`, `processing`, `responding`."""


class AnswerEvent(Event, tag="answered", frozen=True, kw_only=True):
    """Our own agent answered a request."""

    turn: Turn
    """The turn, as the agent knows it."""


class ListenEvent(Event, tag="listened", frozen=True, kw_only=True):
    """Our own proxy heard speech become words."""

    text: str
    """The transcript."""
    audio: int
    """How long the speech was, in milliseconds."""
    nbest: tuple[tuple[str, float | None], ...] = ()
    """All transcripts considered with their confidence, where the recogniser tells."""
    confidence: float | None = None
    """Of the best."""
    misheard: float | None = None
    """P(these are not the words that were said) by how it sounded, in [0, 1]; None where nobody judged the sound."""


def millis(event: Mapping[str, Any] | str | None) -> int | None:
    """Return a time of Home Assistant's, or that of a record with one, in milliseconds; None where there is none.

    >>> millis({"timestamp": "2026-11-24T08:30:21.569262+00:00"})
    1795509021569
    """
    text = event.get("timestamp") or event.get("created") if isinstance(event, Mapping) else event
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo is None else round(found.timestamp() * 1000)
