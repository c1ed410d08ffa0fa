"""Placed hypotheses: what is meant, with the room of the request as `here`, so that rooms share what is learnt."""

from collections.abc import Sequence

from sayagain.context.conditions import HERE
from sayagain.text import limit_text, normalise
from sayagain.turns import Hypothesis, Slot, Turn

__all__ = ["in_room", "listed_hypotheses", "placed_hypothesis", "request_key", "room_of"]


def room_of(turn: Turn) -> str:
    """Return the room of a turn; empty where it is not known."""
    return turn.area or (turn.context.area if turn.context is not None else None) or ""


def placed_hypothesis(hypothesis: Hypothesis, turn: Turn) -> Hypothesis:
    """Return a hypothesis with the room of the request as `here`, unless its words name the room; without a confidence.

    >>> turn = Turn(turn_id="t", started=0, request="lights", area="attic")
    >>> placed_hypothesis(Hypothesis(intent="on", slots=(Slot("area", "attic"),)), turn).key
    'on|area=here'
    """
    room = room_of(turn)
    named = not room or normalise(room) in normalise(limit_text(turn.heard))
    slots = tuple(Slot(slot.name, HERE) if slot.value == room and not named else slot for slot in hypothesis.slots)
    return Hypothesis(intent=hypothesis.intent, domain=hypothesis.domain, slots=slots)


def in_room(placed: Hypothesis, turn: Turn) -> Hypothesis:
    """Return a placed hypothesis with the room of a request in the place of `here`."""
    room = room_of(turn)
    slots = tuple(Slot(slot.name, room) if slot.value == HERE else slot for slot in placed.slots)
    return Hypothesis(intent=placed.intent, domain=placed.domain, slots=slots)


def listed_hypotheses(turn: Turn) -> tuple[Hypothesis, ...]:
    """Return the assistant's n-best hypotheses of a request; none where it reports one alone, or how sure it is.

    Confidences are of an assistant that doubts what it heard; a parser that lists several means each of them.
    """
    listed = [hypothesis for hypothesis in turn.hypotheses if not hypothesis.empty]
    if len(listed) < 2 or any(hypothesis.confidence is not None for hypothesis in listed):
        return ()
    return tuple(listed)


def request_key(turn: Turn, listed: Sequence[Hypothesis]) -> str:
    """Return what requests share that may mean the same: the hypotheses listed, or else the words.

    Args:
        turn: the turn.
        listed: its `listed_hypotheses`.
    """
    if not listed:
        return f"words {normalise(limit_text(turn.heard))}"
    return " or ".join(sorted(placed_hypothesis(hypothesis, turn).key for hypothesis in listed))
