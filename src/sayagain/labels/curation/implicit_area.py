"""Implicit areas: area slots that the assistant filled in from the device's room, because the user named no room."""

import msgspec

from sayagain.text import normalise
from sayagain.turns import Hypothesis

__all__ = ["is_implicit_area", "without_implicit_area"]


def is_implicit_area(name: str, value: object, area: str | None, request: str) -> bool:
    """Return whether a slot holds the device's own area although the request does not name that area.

    Args:
        name: name of the slot; only `area` can be implicit.
        value: value of the slot.
        area: area of the device, by name or id; None if unknown.
        request: the request. The area counts as named only as whole words: "garden" does not name the den.

    >>> is_implicit_area("area", "Den", "Den", "garden lights on"), is_implicit_area("area", "Den", "Den", "den off")
    (True, False)
    """
    if name != "area" or area is None:
        return False
    room = normalise(area)
    return normalise(str(value)) == room and f" {room} " not in f" {normalise(request)} "


def without_implicit_area(hypothesis: Hypothesis, area: str | None, words: str) -> Hypothesis | None:
    """Return a hypothesis without its implicit area; None if it has none.

    Args:
        hypothesis: the hypothesis as the assistant reports it.
        area: area of the device, by name or id; None if unknown.
        words: the request that the hypothesis interprets.

    >>> from sayagain.turns import Slot
    >>> pause = Hypothesis(intent="Pause", slots=(Slot("area", "living_room"),))
    >>> without_implicit_area(pause, "living_room", "pause the music").key
    'Pause|'
    >>> without_implicit_area(pause, "living_room", "pause the music in the living room")
    >>> without_implicit_area(pause, "kitchen", "pause the music")
    """
    explicit_slots = tuple(
        slot for slot in hypothesis.slots if not is_implicit_area(slot.name, slot.value, area, words)
    )
    return (
        None
        if len(explicit_slots) == len(hypothesis.slots)
        else msgspec.structs.replace(hypothesis, slots=explicit_slots)
    )
