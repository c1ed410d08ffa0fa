"""A turn of Rasa under way: from the user's words to the moment when Rasa listens again."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

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
"""Intents that say: not understood."""

_ACT_ROLES: dict[str, ActRole] = {
    **dict.fromkeys(("bot_challenge", "chitchat", "goodbye", "greet", "mood_great", "mood_unhappy"), "social"),
    **dict.fromkeys(("thank", "thank_you", "thankyou", "thanks"), "social"),
    "affirm": "agreement",
    "deny": "refusal",
}
"""Intents of Rasa's starter project, and of its documentation, that ask for nothing."""

_COULD_NOT = frozenset(
    {
        "action_default_ask_affirmation",
        "action_default_ask_rephrase",
        "action_default_fallback",
        "action_two_stage_fallback",
    }
)
"""Actions that say: not understood, or nothing known to do about it."""

_OWN = _COULD_NOT | {
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
"""Rasa's own actions, which do nothing in the world."""


class RasaTurnBuilder:
    """Gathers one turn.

    Args:
        user: the event that begins it.
        session_id: of the session that it belongs to, where one is known.
    """

    def __init__(self, user: TrackerEvent, session_id: str | None) -> None:
        self._user = user
        self._session_id = session_id
        self._said: list[str] = []
        self._actions: list[Action] = []
        self._set: dict[str, object] = {}
        self._could_not: str | None = None

    def take(self, event: TrackerEvent) -> None:
        """Take in an event of the turn's conversation that came after its beginning."""
        name = event.body.get("name")
        if event.kind == "bot":
            self._said += [text for text in (event.body.get("text"),) if isinstance(text, str) and text.strip()]
        elif event.kind == "slot" and isinstance(name, str):
            # Only those set within the turn: others were carried over from earlier ones.
            self._set[name] = _decoded(event.body)
        elif event.kind == "action" and isinstance(name, str):
            self._acted(name)
        elif event.kind == "action_execution_rejected" and isinstance(name, str):
            self._actions.append(Action(target=name, ok=False))
        elif event.kind == "tool_executed":
            self._actions += _tool(event.body)

    def _acted(self, name: str) -> None:
        if name in _COULD_NOT and self._could_not is None:
            self._could_not = name
        elif name not in _OWN and not name.startswith(("utter_", "validate_")):
            self._actions.append(Action(target=name))

    @property
    def turn(self) -> Turn:
        """The turn as it is known by now."""
        user, left = self._user, _sayagain(self._user)
        parsed = user.body.get("parse_data")
        ranking = _ranking(parsed) if isinstance(parsed, Mapping) else ()
        trouble = self._could_not
        if ranking and ranking[0].empty and isinstance(parsed, Mapping):
            trouble = _name(parsed.get("intent")) or trouble
        done = bool(self._actions) and all(action.ok for action in self._actions)
        kind = "error" if trouble is not None else "action_done" if done else None
        answered = bool(self._said) or kind is not None
        turn_id = left.get("turn_id")
        return Turn(
            turn_id=turn_id if isinstance(turn_id, str) and turn_id.strip() else f"rasa-{user.name}",
            started=user.at,
            request=str(user.body["text"]),
            assistant="rasa",
            user_id=user.user_id,
            conversation_id=user.conversation,
            session_id=user.session_id or self._session_id,
            applied_rewrite=_applied(left),
            nlu=_nlu(ranking) if ranking else None,
            resolution=tuple(self._resolved(parsed)) if isinstance(parsed, Mapping) else (),
            response=Response(text="\n".join(self._said), type=kind, error_code=trouble) if answered else None,
            actions=tuple(self._actions),
        )

    def _resolved(self, parsed: Mapping[str, Any]) -> Iterator[Resolution]:
        """Each entity that set the slot of its name: from the words to the value."""
        text = str(self._user.body["text"])
        for entity in _entities(parsed):
            name, value = entity.get("entity"), self._set.get(str(entity.get("entity")))
            start, end = entity.get("start"), entity.get("end")
            if isinstance(name, str) and value is not None and not isinstance(value, Mapping | list):
                words = text[start:end] if type(start) is int and type(end) is int else None
                yield Resolution(slot=name, raw=words or _plain(entity.get("value")), id=str(value), status="ok")


def _nlu(ranking: tuple[Hypothesis, ...]) -> Nlu:
    acts = sorted({act for hypothesis in ranking for act in hypothesis.intents} & _ACT_ROLES.keys())
    return Nlu(engine="rasa", ranking=ranking, act_roles={act: _ACT_ROLES[act] for act in acts})


def _sayagain(user: TrackerEvent) -> Mapping[str, Any]:
    """What the channel left with the message."""
    left = user.metadata.get(METADATA_KEY)
    return left if isinstance(left, Mapping) else {}


def _applied(left: Mapping[str, Any]) -> AppliedRewrite | None:
    try:
        applied = msgspec.convert(left.get("applied_rewrite"), AppliedRewrite)
    except msgspec.ValidationError:
        return None
    # Where nothing was at hand there is nothing to be learnt from it.
    return None if applied.id == "none" else applied


def _ranking(parsed: Mapping[str, Any]) -> tuple[Hypothesis, ...]:
    slots = tuple(_slots(parsed))
    best = _reading(parsed.get("intent"), slots)
    ranked = parsed.get("intent_ranking")
    others = [_reading(each, slots) for each in ranked] if isinstance(ranked, list) else []
    if best is None:
        return ()
    return (best, *(each for each in others if each is not None and each.key != best.key))


def _reading(intent: object, slots: tuple[Slot, ...]) -> Hypothesis | None:
    if not isinstance(intent, Mapping):
        return None
    name, confidence = _name(intent), _number(intent.get("confidence"))
    if name is None or name in FALLBACKS:
        return Hypothesis(intent="", confidence=confidence)
    return Hypothesis(intent=name, slots=slots, confidence=confidence)


def _slots(parsed: Mapping[str, Any]) -> Iterator[Slot]:
    for entity in _entities(parsed):
        name, role = entity.get("entity"), entity.get("role")
        if isinstance(name, str) and name:
            yield Slot(f"{name}:{role}" if isinstance(role, str) and role else name, _plain(entity.get("value")))


def _entities(parsed: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    entities = parsed.get("entities")
    yield from (each for each in entities if isinstance(each, Mapping)) if isinstance(entities, list) else ()


def _tool(body: Mapping[str, Any]) -> Iterator[Action]:
    name = body.get("tool_name") or body.get("name") or body.get("tool")
    if isinstance(name, str):
        yield Action(target=name, ok=not body.get("error") and body.get("success", True) is not False)


def _decoded(body: Mapping[str, Any]) -> object:
    """The value of a slot; newer events write it as JSON within a text."""
    if not isinstance(body.get("value_json"), str):
        return body.get("value")
    try:
        value: object = msgspec.json.decode(body["value_json"])
    except msgspec.DecodeError:
        return body["value_json"]
    return value


def _plain(value: object) -> SlotValue:
    """A value as a slot holds it; Duckling's and others' objects as JSON."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return msgspec.json.encode(value, order="deterministic").decode()


def _name(intent: object) -> str | None:
    name = intent.get("name") if isinstance(intent, Mapping) else None
    return name if isinstance(name, str) and name else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
