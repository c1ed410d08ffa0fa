"""Here: a reading whose room was not said but filled in from where it was said means the room, not its name."""

import msgspec

from sayagain.text import normalise
from sayagain.turns import Hypothesis

__all__ = ["without_implicit_area"]


def without_implicit_area(reading: Hypothesis, area: str | None, words: str) -> Hypothesis | None:
    """Return a reading without its room, where the room is that of the satellite and nobody said it; else None.

    Args:
        reading: as the assistant reports it.
        area: the room in which it was said, by name or id; None where that is not known.
        words: that were said, and read so.

    >>> from sayagain.turns import Slot
    >>> pause = Hypothesis(intent="Pause", slots=(Slot("area", "living_room"),))
    >>> without_implicit_area(pause, "living_room", "pause the music").key
    'Pause|'
    >>> without_implicit_area(pause, "living_room", "pause the music in the living room")
    >>> without_implicit_area(pause, "kitchen", "pause the music")
    """
    if area is None:
        return None
    room = normalise(area)
    kept = tuple(slot for slot in reading.slots if slot.name != "area" or normalise(str(slot.value)) != room)
    if len(kept) == len(reading.slots) or f" {room} " in f" {normalise(words)} ":
        return None
    return msgspec.structs.replace(reading, slots=kept)
