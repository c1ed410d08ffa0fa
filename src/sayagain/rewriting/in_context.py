"""The request in its context: what it means here and to this user, where it is known to be ambiguous."""

from collections.abc import Sequence

import msgspec

from sayagain.context import Interpretation, interpret, listed_hypotheses, request_key
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.own import PersonalRequests
from sayagain.text import identifier_words, normalise
from sayagain.turns import Hypothesis, Turn

__all__ = ["interpret_request", "is_already_so", "stated_hypothesis", "usual_shares"]

_ROOM_SLOTS = frozenset({"area", "floor", "room"})


def interpret_request(
    turn: Turn, history: Sequence[Turn], knowledge: Knowledge, done: Hypothesis, parsed: bool
) -> Interpretation | None:
    """Interpret a request; None where it has no context or is not known to be ambiguous.

    Args:
        turn: under way.
        history: the turns before it in its session, oldest first.
        knowledge: what was learnt.
        done: what the assistant would do.
        parsed: whether the assistant's hypotheses are known before its answer.
    """
    if not parsed:
        turn = msgspec.structs.replace(turn, nlu=None)
    if turn.context is None or done.empty:
        return None
    listed = listed_hypotheses(turn)
    request = knowledge.ambiguous(request_key(turn, listed))
    if request is None:
        return None
    options = (*listed, *request.hypotheses.values())
    usual = usual_shares(knowledge.own, options)
    return interpret(turn, history, request, done, habits=knowledge.own.habits, usual=usual)


def usual_shares(own: PersonalRequests, options: Sequence[Hypothesis]) -> dict[str, float]:
    """Return by key how often a user asks for each option in other words, among all with its intent, in any room."""
    if not own.uses:
        return {}
    times: dict[str, dict[object, float]] = {}
    for use in own.uses.values():
        values = times.setdefault(use.hypothesis.intent, {})
        what = _without_room(use.hypothesis)
        values[what] = values.get(what, 0.0) + use.times
    shares = {}
    for option in options:
        values = times.get(option.intent, {})
        share = values.get(_without_room(option), 0.0) / max(sum(values.values()), 1e-9)
        if share:
            shares[option.key] = share
    return shares


def stated_hypothesis(turn: Turn, leave: Hypothesis, meant: Hypothesis) -> Hypothesis:
    """Return what the words of an ambiguous request state, for the guardrails of another hypothesis.

    A hypothesis that the assistant lists is one that it takes the words for. Of what it would do instead, only the
    values that were said are stated: the room of the request is not.
    """
    if any(listed.key == meant.key for listed in listed_hypotheses(turn)):
        return meant
    heard = normalise(turn.heard)
    said = tuple(slot for slot in leave.slots if normalise(str(slot.value)) in heard)
    return Hypothesis(intent=leave.intent, domain=leave.domain, slots=said)


def is_already_so(hypothesis: Hypothesis, turn: Turn) -> bool:
    """Return whether a hypothesis turns on a device that is on, by its state before the request.

    >>> from sayagain.turns import Context, Slot
    >>> lit = Turn(turn_id="t", started=0, request="", context=Context(device_states={"light.desk_lamp": "on"}))
    >>> is_already_so(Hypothesis(intent="HassTurnOn", slots=(Slot("name", "desk lamp"),)), lit)
    True
    """
    if turn.context is None or not {"turn", "on"} <= set(identifier_words(hypothesis.intent)):
        return False
    on = {
        normalise(device.partition(".")[2].replace("_", " "))
        for device, state in turn.context.device_states.items()
        if state.casefold() == "on"
    }
    return any(normalise(str(slot.value)) in on for slot in hypothesis.slots)


def _without_room(hypothesis: Hypothesis) -> object:
    return frozenset((slot.name, str(slot.value)) for slot in hypothesis.slots if slot.name not in _ROOM_SLOTS)
