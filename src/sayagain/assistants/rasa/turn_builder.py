"""Builder of one turn of Rasa: from the user's words until Rasa listens again."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from sayagain.assistants.json_values import as_list, as_mapping
from sayagain.assistants.rasa.channel import METADATA_KEY
from sayagain.assistants.rasa.event import TrackerEvent
from sayagain.turns import (
    Action,
    ActRole,
    AppliedRewrite,
    Hypothesis,
    Nlu,
    Resolution,
    Response,
    Slot,
    SlotValue,
    Turn,
)

__all__ = ["FALLBACKS", "LISTEN", "RasaTurnBuilder"]

LISTEN = "action_listen"
"""The action with which Rasa waits for the user."""

FALLBACKS = frozenset({"nlu_fallback", "out_of_scope"})
"""Intents that mean: not understood."""

_ACT_ROLES: dict[str, ActRole] = {
    **dict.fromkeys(("bot_challenge", "chitchat", "goodbye", "greet", "mood_great", "mood_unhappy"), "social"),
    **dict.fromkeys(("thank", "thank_you", "thankyou", "thanks"), "social"),
    "affirm": "agreement",
    "deny": "refusal",
}
"""Intents of Rasa's starter project, and of its documentation, that ask for nothing."""

_FALLBACK_ACTIONS = frozenset(
    {
        "action_default_ask_affirmation",
        "action_default_ask_rephrase",
        "action_default_fallback",
        "action_two_stage_fallback",
    }
)
"""Actions that mean: not understood, or nothing to do about it."""

_INTERNAL_ACTIONS = _FALLBACK_ACTIONS | {
    LISTEN,
    "action_back",
    "action_deactivate_loop",
    "action_extract_slots",
    "action_restart",
    "action_revert_fallback_events",
    "action_session_start",
    "action_unlikely_intent",
    "action_validate_slot_mappings",
}
"""Rasa's internal actions, which have no effect outside."""


class RasaTurnBuilder:
    """Builder of one turn.

    Args:
        user: the event of the user's message.
        session_id: the session, if one is known.
    """

    def __init__(self, user: TrackerEvent, session_id: str | None) -> None:
        self._user = user
        self._session_id = session_id
        self._utterances: list[str] = []
        self._actions: list[Action] = []
        self._slot_values: dict[str, object] = {}
        self._fallback_action: str | None = None

    def take(self, event: TrackerEvent) -> None:
        """Take in a later event of the conversation."""
        name = event.body.get("name")
        if event.kind == "bot":
            self._utterances += [text for text in (event.body.get("text"),) if isinstance(text, str) and text.strip()]
        elif event.kind == "slot" and isinstance(name, str):
            # Only slots set within the turn: others are from earlier turns.
            self._slot_values[name] = _slot_value(event.body)
        elif event.kind == "action" and isinstance(name, str):
            self._take_action(name)
        elif event.kind == "action_execution_rejected" and isinstance(name, str):
            self._actions.append(Action(target=name, ok=False))
        elif event.kind == "tool_executed":
            self._actions += _tool_actions(event.body)

    def _take_action(self, name: str) -> None:
        if name in _FALLBACK_ACTIONS and self._fallback_action is None:
            self._fallback_action = name
        elif name not in _INTERNAL_ACTIONS and not name.startswith(("utter_", "validate_")):
            self._actions.append(Action(target=name))

    @property
    def turn(self) -> Turn:
        """The turn, as far as it is known."""
        user, channel_metadata = self._user, _channel_metadata(self._user)
        parse_data = user.body.get("parse_data")
        ranking = _ranking(parse_data) if isinstance(parse_data, Mapping) else ()
        error_code = self._fallback_action
        if ranking and ranking[0].empty and isinstance(parse_data, Mapping):
            error_code = _name(parse_data.get("intent")) or error_code
        succeeded = bool(self._actions) and all(action.ok for action in self._actions)
        response_type = "error" if error_code is not None else "action_done" if succeeded else None
        has_response = bool(self._utterances) or response_type is not None
        response = Response(text="\n".join(self._utterances), type=response_type, error_code=error_code)
        turn_id = channel_metadata.get("turn_id")
        return Turn(
            turn_id=turn_id if isinstance(turn_id, str) and turn_id.strip() else f"rasa-{user.name}",
            started=user.at,
            request=str(user.body["text"]),
            assistant="rasa",
            user_id=user.user_id,
            conversation_id=user.conversation,
            session_id=user.session_id or self._session_id,
            applied_rewrite=_applied_rewrite(channel_metadata),
            nlu=_nlu(ranking) if ranking else None,
            resolution=tuple(self._resolutions(parse_data)) if isinstance(parse_data, Mapping) else (),
            response=response if has_response else None,
            actions=tuple(self._actions),
        )

    def _resolutions(self, parse_data: Mapping[str, Any]) -> Iterator[Resolution]:
        """Yield the resolution of each entity that set the slot of its name."""
        text = str(self._user.body["text"])
        for entity in _entities(parse_data):
            name, value = entity.get("entity"), self._slot_values.get(str(entity.get("entity")))
            start, end = entity.get("start"), entity.get("end")
            if isinstance(name, str) and value is not None and not isinstance(value, Mapping | list):
                words = text[start:end] if type(start) is int and type(end) is int else None
                yield Resolution(
                    slot=name, raw=words or _as_slot_value(entity.get("value")), id=str(value), status="ok"
                )


def _nlu(ranking: tuple[Hypothesis, ...]) -> Nlu:
    acts = sorted({act for hypothesis in ranking for act in hypothesis.intents} & _ACT_ROLES.keys())
    return Nlu(engine="rasa", ranking=ranking, act_roles={act: _ACT_ROLES[act] for act in acts})


def _channel_metadata(user: TrackerEvent) -> Mapping[str, Any]:
    """Return the metadata that `SayagainChannel` left with the message."""
    return as_mapping(user.metadata.get(METADATA_KEY))


def _applied_rewrite(channel_metadata: Mapping[str, Any]) -> AppliedRewrite | None:
    try:
        applied_rewrite = msgspec.convert(channel_metadata.get("applied_rewrite"), AppliedRewrite)
    except msgspec.ValidationError:
        return None
    # Without a candidate there is nothing to learn from it.
    return None if applied_rewrite.id == "none" else applied_rewrite


def _ranking(parse_data: Mapping[str, Any]) -> tuple[Hypothesis, ...]:
    slots = tuple(_slots(parse_data))
    best = _hypothesis(parse_data.get("intent"), slots)
    others = [_hypothesis(intent, slots) for intent in as_list(parse_data.get("intent_ranking"))]
    if best is None:
        return ()
    return (best, *(hypothesis for hypothesis in others if hypothesis is not None and hypothesis.key != best.key))


def _hypothesis(intent: object, slots: tuple[Slot, ...]) -> Hypothesis | None:
    if not isinstance(intent, Mapping):
        return None
    name, confidence = _name(intent), _number(intent.get("confidence"))
    if name is None or name in FALLBACKS:
        return Hypothesis(intent="", confidence=confidence)
    return Hypothesis(intent=name, slots=slots, confidence=confidence)


def _slots(parse_data: Mapping[str, Any]) -> Iterator[Slot]:
    for entity in _entities(parse_data):
        name, role = entity.get("entity"), entity.get("role")
        if isinstance(name, str) and name:
            yield Slot(
                f"{name}:{role}" if isinstance(role, str) and role else name, _as_slot_value(entity.get("value"))
            )


def _entities(parse_data: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from (entity for entity in as_list(parse_data.get("entities")) if isinstance(entity, Mapping))


def _tool_actions(body: Mapping[str, Any]) -> Iterator[Action]:
    name = body.get("tool_name") or body.get("name") or body.get("tool")
    if isinstance(name, str):
        yield Action(target=name, ok=not body.get("error") and body.get("success", True) is not False)


def _slot_value(body: Mapping[str, Any]) -> object:
    """Return the value of a slot; newer versions write it as JSON in a string."""
    if not isinstance(body.get("value_json"), str):
        return body.get("value")
    try:
        value: object = msgspec.json.decode(body["value_json"])
    except msgspec.DecodeError:
        return body["value_json"]
    return value


def _as_slot_value(value: object) -> SlotValue:
    """Return a value that a slot can hold; objects, such as Duckling's, as JSON."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return msgspec.json.encode(value, order="deterministic").decode()


def _name(intent: object) -> str | None:
    name = intent.get("name") if isinstance(intent, Mapping) else None
    return name if isinstance(name, str) and name else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
