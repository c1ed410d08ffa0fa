"""One pipeline run of Home Assistant, stage by stage, as the beginning of a turn."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sayagain.assistants.homeassistant.answers import executed_actions, turn_response
from sayagain.assistants.homeassistant.observer.events import RunEvent, millis
from sayagain.assistants.json_values import as_mapping, as_text
from sayagain.languages import language_of
from sayagain.turns import Action, Asr, Response, Wake

__all__ = ["Stages", "parse_stages"]


class Stages(msgspec.Struct, frozen=True, kw_only=True):
    """The stages of a run."""

    run_id: str
    """Home Assistant's id of the run."""
    started: int
    """Time of the wake word, or of the start of the run, in milliseconds since 1970-01-01 UTC."""
    ended: int | None
    """Time at which the user had finished speaking."""
    run_ended: int
    """Time at which the run ended."""
    request: str
    """The words acted on; empty if there are none."""
    engine: str | None
    """Id of the agent; None if none was asked."""
    is_local: bool
    """Whether Home Assistant answered without the agent."""
    conversation_id: str | None
    """Id of the conversation."""
    device_id: str | None
    """The device spoken to."""
    satellite_id: str | None
    """The satellite spoken to."""
    language: str | None
    """Language of the request."""
    wake: Wake | None
    """The wake word."""
    asr: Asr | None
    """The transcript."""
    response: Response | None
    """The response."""
    actions: tuple[Action, ...]
    """The executed actions."""
    is_spoken: bool
    """Whether the answer was spoken."""
    asks_back: bool
    """Whether the answer is a question, so that Home Assistant listens again by itself."""


def parse_stages(run: RunEvent) -> Stages | None:
    """Read a run; None if it ended before any speech."""
    events = {event["type"]: event for event in _events(run)}
    data = {kind: as_mapping(event.get("data")) for kind, event in events.items()}
    intent, output = data.get("intent-start", {}), as_mapping(data.get("intent-end", {}).get("intent_output"))
    start, transcript = data.get("run-start", {}), as_mapping(data.get("stt-end", {}).get("stt_output")).get("text")
    request = intent.get("intent_input")
    if not isinstance(request, str):
        request = transcript if isinstance(transcript, str) else ""
    if not request and not {"stt-start", "intent-start"} & events.keys():
        return None
    response = turn_response(output) if output else None
    error = data.get("error", {})
    if response is None and error:
        response = Response(text="", type="error", error_code=as_text(error.get("code")) or "unknown")
    start_time = (
        millis(events.get("wake_word-end")) or millis(events.get("stt-vad-start")) or millis(events.get("run-start"))
    )
    run_ended = millis(events.get("run-end")) or run.at
    return Stages(
        run_id=run.run_id,
        started=run_ended if start_time is None else start_time,
        ended=millis(events.get("stt-vad-end")) or millis(events.get("stt-end")),
        run_ended=run_ended,
        request=request,
        engine=as_text(intent.get("engine")),
        is_local=data.get("intent-end", {}).get("processed_locally") is True,
        conversation_id=as_text(intent.get("conversation_id")) or as_text(start.get("conversation_id")),
        device_id=as_text(intent.get("device_id")) or as_text(start.get("device_id")),
        satellite_id=as_text(intent.get("satellite_id")) or as_text(start.get("satellite_id")),
        language=_language(intent, start),
        wake=_wake(data),
        asr=Asr(text=transcript) if isinstance(transcript, str) else None,
        response=response,
        actions=executed_actions(output),
        is_spoken="tts-start" in events,
        asks_back=output.get("continue_conversation") is True,
    )


def _language(intent: Mapping[str, Any], start: Mapping[str, Any]) -> str | None:
    """Return the language of a request: agents of language models state `*`, and the pipeline knows better."""
    stated = [tag for tag in (as_text(intent.get("language")), as_text(start.get("language"))) if tag is not None]
    return next((tag for tag in stated if language_of(tag) is not None), next(iter(stated), None))


def _wake(data: Mapping[str, Mapping[str, Any]]) -> Wake | None:
    wake_word = as_mapping(data.get("wake_word-end", {}).get("wake_word_output"))
    name = as_text(wake_word.get("wake_word_phrase")) or as_text(wake_word.get("wake_word_id"))
    return Wake(name=name) if name is not None else None


def _events(run: RunEvent) -> Iterator[Mapping[str, Any]]:
    for event in run.events:
        if isinstance(event.get("type"), str):
            yield event
