"""Home Assistant's answer to a request, as an outcome for the Wyoming protocol and as the response of a turn."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from sayagain.assistants.json_values import as_list, as_mapping
from sayagain.turns import Action, Response

__all__ = ["AgentOutcome", "agent_outcome", "executed_actions", "turn_response"]


class AgentOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a request for the Wyoming protocol.

    Home Assistant counts every `handled` as a success, so an error must be of another kind.
    """

    kind: Literal["handled", "not-handled", "not-recognized"]
    """The type of the Wyoming event."""
    text: str
    """The words to say."""


def agent_outcome(answer: Mapping[str, Any]) -> AgentOutcome:
    """Return the outcome of an answer of `/api/conversation/process`.

    >>> error = {"response_type": "error", "data": {"code": "no_intent_match"}}
    >>> agent_outcome({"response": error}).kind
    'not-recognized'
    """
    response = turn_response(answer)
    kind: Literal["handled", "not-handled", "not-recognized"] = "handled"
    if response.type == "error":
        kind = "not-recognized" if response.error_code == "no_intent_match" else "not-handled"
    return AgentOutcome(kind=kind, text=response.text)


def turn_response(answer: Mapping[str, Any]) -> Response:
    """Return the response of a turn; a field that is missing or of another type stays empty."""
    response = as_mapping(answer.get("response"))
    code = as_mapping(response.get("data")).get("code")
    kind = response.get("response_type")
    text = as_mapping(as_mapping(response.get("speech")).get("plain")).get("speech")
    return Response(
        text=text if isinstance(text, str) else "",
        type=kind if isinstance(kind, str) else None,
        error_code=code if isinstance(code, str) and kind == "error" else None,
    )


def executed_actions(answer: Mapping[str, Any]) -> tuple[Action, ...]:
    """Return an action for each entity, whether it succeeded or failed."""
    data = as_mapping(as_mapping(answer.get("response")).get("data"))
    return tuple(
        Action(target=str(target["id"]), ok=ok)
        for key, ok in (("success", True), ("failed", False))
        for target in as_list(data.get(key))
        # Areas are listed beside the entities in them.
        if isinstance(target, dict) and target.get("type", "entity") == "entity" and target.get("id")
    )
