"""The events of the observer, one record for each kind, as Home Assistant reports them."""

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
    """One event."""

    at: int
    """Time in milliseconds since 1970-01-01 UTC, by Home Assistant's clock if it reports one."""


class AgentsEvent(Event, tag="agents", frozen=True, kw_only=True):
    """Which agents of Home Assistant are ours."""

    ids: tuple[str, ...]
    """Their entity ids."""


class DevicesEvent(Event, tag="devices", frozen=True, kw_only=True):
    """The areas of devices."""

    areas: dict[str, str]
    """Names of areas by device id."""
    satellites: dict[str, str] = {}
    """Device ids by entity id of a satellite."""
    satellite_areas: dict[str, str] = {}
    """Names of areas by entity id of a satellite that has one of its own."""


class RunEvent(Event, tag="run", frozen=True, kw_only=True):
    """A pipeline run that has ended."""

    run_id: str
    """Home Assistant's id of the run."""
    events: list[dict[str, Any]]
    """Its events, as `assist_pipeline/pipeline_debug/get` gives them."""


class ChatEvent(Event, tag="chat", frozen=True, kw_only=True):
    """One content of a chat log: a request, a tool call, its result, or an answer."""

    conversation_id: str
    """The conversation's id."""
    content: dict[str, Any]
    """The content, as `conversation/chat_log/subscribe` gives it."""


class ChatEndEvent(Event, tag="chatended", frozen=True, kw_only=True):
    """The end of a turn in a chat log."""

    conversation_id: str
    """The conversation's id."""


class StateEvent(Event, tag="state", frozen=True, kw_only=True):
    """A change of a satellite's state."""

    entity_id: str
    """The satellite."""
    old: str | None
    """The state before."""
    new: str | None
    """The state now: `idle`, `listening`, `processing`, `responding`."""


class AnswerEvent(Event, tag="answered", frozen=True, kw_only=True):
    """An answer of our own agent."""

    turn: Turn
    """The turn, as the agent knows it."""


class ListenEvent(Event, tag="listened", frozen=True, kw_only=True):
    """A transcript that passed our own proxy."""

    text: str
    """The transcript."""
    audio: int
    """Length of the speech, in milliseconds."""
    nbest: tuple[tuple[str, float | None], ...] = ()
    """The n-best transcripts with their confidence, if the recogniser reports them."""
    confidence: float | None = None
    """Confidence of the best transcript."""
    misheard: float | None = None
    """Probability that the transcript is wrong, by the sound, in [0, 1]; None if the sound was not judged."""


def millis(event: Mapping[str, Any] | str | None) -> int | None:
    """Return a time of Home Assistant, or the time of a record, in milliseconds; None if there is none.

    >>> millis({"timestamp": "2026-11-24T08:30:21.569262+00:00"})
    1795509021569
    """
    text = event.get("timestamp") or event.get("created") if isinstance(event, Mapping) else event
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if time.tzinfo is None else round(time.timestamp() * 1000)
