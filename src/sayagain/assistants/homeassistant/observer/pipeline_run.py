"""One pipeline run of Home Assistant's, stage by stage, as the beginnings of a turn."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.answers import acted_on, response_of
from sayagain.assistants.homeassistant.observer.events import RunEvent, millis
from sayagain.turns import Action, Asr, Response, Wake

__all__ = ["Stages", "stages"]


class Stages(msgspec.Struct, frozen=True, kw_only=True):
    """What each stage of a run did."""

    run_id: str
    """Home Assistant's id of the run."""
    started: int
    """When the user began: the wake word, or the start of the run; in milliseconds since 1970-01-01 UTC."""
    ended: int | None
    """When the user had finished speaking."""
    over: int
    """When the run ended."""
    request: str
    """The words acted on; empty where there were none."""
    engine: str | None
    """The agent that was asked; None where none was."""
    local: bool
    """Whether Home Assistant answered by itself, without the agent."""
    conversation_id: str | None
    """The conversation."""
    device_id: str | None
    """The device spoken to."""
    satellite_id: str | None
    """The satellite spoken to."""
    language: str | None
    """Of the request."""
    wake: Wake | None
    """The wake word."""
    asr: Asr | None
    """What was recognised."""
    response: Response | None
    """What was answered."""
    actions: tuple[Action, ...]
    """What was done."""
    spoken: bool
    """Whether the answer was spoken."""
    asks: bool
    """Whether the answer asked something, so that Home Assistant listens again by itself."""


def stages(run: RunEvent) -> Stages | None:
    """Read a run; None where nobody asked for anything: it ended before any speech."""
    found = {event["type"]: event for event in _events(run)}
    data = {kind: _mapping(event.get("data")) for kind, event in found.items()}
    intent, output = data.get("intent-start", {}), _mapping(data.get("intent-end", {}).get("intent_output"))
    start, heard = data.get("run-start", {}), _mapping(data.get("stt-end", {}).get("stt_output")).get("text")
    request = intent.get("intent_input")
    if not isinstance(request, str):
        request = heard if isinstance(heard, str) else ""
    if not request and not {"stt-start", "intent-start"} & found.keys():
        return None
    response = response_of(output) if output else None
    error = data.get("error", {})
    if response is None and error:
        response = Response(text="", type="error", error_code=_text(error.get("code")) or "unknown")
    first = millis(found.get("wake_word-end")) or millis(found.get("stt-vad-start")) or millis(found.get("run-start"))
    over = millis(found.get("run-end")) or run.at
    return Stages(
        run_id=run.run_id,
        started=over if first is None else first,
        ended=millis(found.get("stt-vad-end")) or millis(found.get("stt-end")),
        over=over,
        request=request,
        engine=_text(intent.get("engine")),
        local=data.get("intent-end", {}).get("processed_locally") is True,
        conversation_id=_text(intent.get("conversation_id")) or _text(start.get("conversation_id")),
        device_id=_text(intent.get("device_id")) or _text(start.get("device_id")),
        satellite_id=_text(intent.get("satellite_id")) or _text(start.get("satellite_id")),
        language=_text(intent.get("language")) or _text(start.get("language")),
        wake=_wake(data),
        asr=Asr(text=heard) if isinstance(heard, str) else None,
        response=response,
        actions=acted_on(output),
        spoken="tts-start" in found,
        asks=output.get("continue_conversation") is True,
    )


def _wake(data: Mapping[str, Mapping[str, Any]]) -> Wake | None:
    found = _mapping(data.get("wake_word-end", {}).get("wake_word_output"))
    name = _text(found.get("wake_word_phrase")) or _text(found.get("wake_word_id"))
    return Wake(name=name) if name is not None else None


def _events(run: RunEvent) -> Iterator[Mapping[str, Any]]:
    for event in run.events:
        if isinstance(event.get("type"), str):
            yield event


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
