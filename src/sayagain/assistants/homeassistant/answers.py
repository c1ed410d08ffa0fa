"""Home Assistant's answer to a request: as an outcome for the Wyoming protocol, and as the response of a turn."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from sayagain.turns import Action, Response

__all__ = ["AgentOutcome", "acted_on", "outcome_of", "response_of"]


class AgentOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What is said back, and how it went.

    Home Assistant takes every `handled` for success, so an error must not be one.
    """

    kind: Literal["handled", "not-handled", "not-recognized"]
    """The type of the Wyoming event."""
    text: str
    """The words to say."""


def outcome_of(answer: Mapping[str, Any]) -> AgentOutcome:
    """Return the outcome of an answer of `/api/conversation/process`.

    >>> error = {"response_type": "error", "data": {"code": "no_intent_match"}}
    >>> outcome_of({"response": error}).kind
    'not-recognized'
    """
    response = response_of(answer)
    kind: Literal["handled", "not-handled", "not-recognized"] = "handled"
    if response.type == "error":
        kind = "not-recognized" if response.error_code == "no_intent_match" else "not-handled"
    return AgentOutcome(kind=kind, text=response.text)


def response_of(answer: Mapping[str, Any]) -> Response:
    """Return the response of a turn; a field that is missing or of another type is left out."""
    response = _mapping(answer.get("response"))
    code = _mapping(response.get("data")).get("code")
    kind = response.get("response_type")
    text = _mapping(_mapping(response.get("speech")).get("plain")).get("speech")
    return Response(
        text=text if isinstance(text, str) else "",
        type=kind if isinstance(kind, str) else None,
        error_code=code if isinstance(code, str) and kind == "error" else None,
    )


def acted_on(answer: Mapping[str, Any]) -> tuple[Action, ...]:
    """Return what was done: the things that obeyed, and those that did not."""
    data = _mapping(_mapping(answer.get("response")).get("data"))
    return tuple(
        Action(target=str(target["id"]), ok=ok)
        for key, ok in (("success", True), ("failed", False))
        for target in _listed(data.get(key))
        # Areas are named beside the things in them.
        if isinstance(target, dict) and target.get("type", "entity") == "entity" and target.get("id")
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
