"""Turns as the service stores them, made of what Home Assistant knows of a request."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

__all__ = ["TAUGHT", "add_answer", "add_decision", "add_response", "join_answers", "new_turn", "understood"]


TAUGHT = frozenset({"taught", "taught steps", "teaching"})
"""Layers that come before the user's own sentences in Home Assistant: the user taught them, or is teaching."""


def new_turn(turn_id: str, started: int, text: str, **known: str | None) -> dict[str, Any]:
    """Return a turn before its answer; what is not known is left out.

    Args:
        turn_id: a new id.
        started: milliseconds since 1970.
        text: the words.
        known: further fields of a turn.

    >>> new_turn("t", 0, "lamp on", user_id=None, area="Den")
    {'turn_id': 't', 'started': 0, 'request': 'lamp on', 'assistant': 'homeassistant', 'area': 'Den'}
    """
    turn = {"turn_id": turn_id, "started": started, "request": text, "assistant": "homeassistant"}
    return turn | {name: value for name, value in known.items() if value}


def add_decision(turn: Mapping[str, Any], decision: Mapping[str, Any]) -> dict[str, Any]:
    """Return a turn with what was passed on for it, and why; unchanged where the service decided nothing.

    >>> decision = {"heard": "lamb on", "text": "lamp on", "layer": "chain", "rewrite_id": "r", "propensity": 0.9}
    >>> turn = add_decision({"request": "lamb on"}, decision)
    >>> turn["request"], turn["applied_rewrite"]["from"], turn["applied_rewrite"]["id"]
    ('lamp on', 'lamb on', 'r')
    """
    if decision.get("layer", "leave") == "leave" and decision.get("rewrite_id") is None:
        return dict(turn)
    layer = decision["layer"]
    if decision.get("ask") is not None and decision.get("ask_layer", "asked") != "asked":
        # What was taught is no evidence, also where the user says no to it this time.
        layer = decision["ask_layer"]
    return {**turn, "request": decision["text"], "applied_rewrite": _applied(decision, decision["text"], layer)}


def add_answer(turn: Mapping[str, Any], decision: Mapping[str, Any], *, yes: bool, at: int) -> dict[str, Any]:
    """Return the turn of a question with what the user said to it.

    Args:
        turn: as it was stored with the question as its response.
        decision: the decision that asked.
        yes: whether the user said yes.
        at: milliseconds since 1970.
    """
    feedback = [{"kind": "helped", "value": 1.0 if yes else 0.0, "at": at}]
    if not yes:
        return {**turn, "feedback": feedback}
    confirmed = {name: value for name, value in turn.items() if name != "response"}
    applied = _applied(decision, decision["ask"], decision.get("ask_layer", "asked"))
    if applied["id"] == "none":
        applied["id"] = "asked"
    return {**confirmed, "request": decision["ask"], "applied_rewrite": applied, "feedback": feedback}


def add_response(turn: Mapping[str, Any], response: Mapping[str, Any], nlu: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a turn with the answer of Home Assistant.

    Args:
        turn: before its answer.
        response: as `/api/conversation/process` gives it.
        nlu: what was understood, if it is known.
    """
    kind, data = response.get("response_type"), response.get("data") or {}
    said: dict[str, Any] = {"text": (response.get("speech") or {}).get("plain", {}).get("speech") or "", "type": kind}
    if kind == "error" and data.get("code"):
        said["error_code"] = data["code"]
    answered = {**turn, "response": said}
    if nlu is not None:
        answered["nlu"] = dict(nlu)
    actions = [
        {"target": target["id"], "ok": succeeded}
        for name, succeeded in (("success", True), ("failed", False))
        for target in data.get(name) or ()
        # Areas are listed beside the entities in them.
        if target.get("type") == "entity" and target.get("id")
    ]
    return {**answered, "actions": actions} if actions else answered


def join_answers(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answers to requests that were passed on one after the other as one answer, of the kind of the last.

    >>> answers = [{"speech": {"plain": {"speech": text}}, "data": {}} for text in ("Light off.", "Door locked.")]
    >>> join_answers(answers)["speech"]["plain"]["speech"]
    'Light off. Door locked.'
    """
    last = answers[-1]
    if len(answers) == 1:
        return dict(last)
    texts = [(answer.get("speech") or {}).get("plain", {}).get("speech") or "" for answer in answers]
    data = {**(last.get("data") or {})}
    for name in ("success", "failed"):
        data[name] = [target for answer in answers for target in (answer.get("data") or {}).get(name) or ()]
    return {**last, "speech": {"plain": {"speech": " ".join(filter(None, texts))}}, "data": data}


def understood(
    calls: Iterable[tuple[str, Mapping[str, Any]]], response: Mapping[str, Any], words: str, area: str | None
) -> dict[str, Any] | None:
    """Return what the assistant took a request to mean; None where it does not tell.

    Slots that Home Assistant fills from the place of the device are left out, so that one request has the same meaning
    in every room.

    Args:
        calls: intents, or tools of an agent, with their arguments.
        response: as `/api/conversation/process` gives it.
        words: that were passed on.
        area: of the device.

    >>> understood([("HassTurnOn", {"name": {"value": "Lamp"}, "preferred_area_id": "den"})], {}, "lamp on", "Den")
    {'engine': 'homeassistant', 'intent': 'HassTurnOn', 'slots': [{'name': 'name', 'value': 'Lamp'}]}
    """
    data = response.get("data") or {}
    intents: dict[str, None] = {}
    slots: dict[tuple[str, Any], None] = {}
    # One of Home Assistant's agents gives names of entities, another ids.
    names = {target.get("id"): target.get("name") for target in data.get("success") or ()}
    for intent, arguments in calls:
        intents[intent] = None
        for name, argument in arguments.items():
            value = _slot_value(argument)
            if not _is_implicit(name, value, words, area):
                slots[name, names.get(value) or value] = None
    if not intents:
        return {"engine": "homeassistant", "intent": ""} if response.get("response_type") == "error" else None
    listed = [{"name": name, "value": value} for name, value in slots]
    return {"engine": "homeassistant", "intent": "+".join(intents), "slots": listed}


def _slot_value(argument: Any) -> str | int | float | bool | None:
    value = argument.get("value") if isinstance(argument, Mapping) else argument
    if isinstance(value, list | tuple):
        value = ",".join(map(str, value))
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _is_implicit(name: str, value: Any, words: str, area: str | None) -> bool:
    if name.startswith("preferred_"):
        return True
    return name == "area" and area is not None and value == area and area.casefold() not in words.casefold()


def _applied(decision: Mapping[str, Any], target: str, layer: str) -> dict[str, Any]:
    optional = {name: decision.get(name) for name in ("release", "arm", "propensity", "proof")}
    return {
        "id": decision.get("rewrite_id") or "none",
        "from": decision["heard"],
        "to": target,
        "layer": layer,
        **{name: value for name, value in optional.items() if value is not None},
    }
