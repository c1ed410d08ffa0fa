"""The scope of a lesson: one person, one household or one device; who teaches for whom, and whose lessons apply."""

import json
from typing import Literal, NamedTuple, Self

from sayagain.config import Anonymous
from sayagain.turns import Turn

__all__ = ["LessonOwner", "LessonScope", "lesson_owners", "teaching_owner"]

LessonScope = Literal["person", "household", "device"]
"""Whom a lesson is for: `person`, one user; `household`, whoever speaks in one home; `device`, whoever speaks to one
device."""


class LessonOwner(NamedTuple):
    """Whom a lesson is for. A tuple, so that no user id can be mistaken for a home."""

    scope: LessonScope
    """The kind of owner."""
    name: str
    """The user id, the name of the home (empty where homes have no names), or home and device as JSON."""

    @classmethod
    def person(cls, user_id: str) -> Self:
        """Return a user as owner."""
        return cls("person", user_id)

    @classmethod
    def household(cls, home: str | None) -> Self:
        """Return a home as owner; None is the one home of a log that names none."""
        return cls("household", home or "")

    @classmethod
    def device(cls, home: str | None, device_id: str) -> Self:
        """Return a device as owner; devices of two homes may have one name."""
        return cls("device", json.dumps([home or "", device_id]))


def lesson_owners(turn: Turn, anonymous: Anonymous = "one") -> list[LessonOwner]:
    """Return whose lessons apply to a turn, the most specific first.

    An unidentified speaker of a log without homes belongs to its one home only where such speakers count as one user.
    An identified user of such a log does not: users of a log without homes may be strangers.

    Args:
        turn: with its user, home and device, as far as they are known.
        anonymous: the unit of turns without a user id, as in `privacy_unit`.

    >>> lesson_owners(Turn(turn_id="t", started=0, request="lamp on", user_id="ann", home="flat"))
    [LessonOwner(scope='person', name='ann'), LessonOwner(scope='household', name='flat')]
    """
    device = turn.device_id or turn.satellite_id
    owners = [LessonOwner.person(turn.user_id)] if turn.user_id else []
    if device:
        owners.append(LessonOwner.device(turn.home, device))
    if turn.home is not None or (not turn.user_id and anonymous == "one"):
        owners.append(LessonOwner.household(turn.home))
    return owners


def teaching_owner(turn: Turn, anonymous: Anonymous = "one") -> LessonOwner | None:
    """Return for whom the speaker of a turn teaches: for the user if identified, otherwise for the household.

    Args:
        turn: the turn in which something is taught.
        anonymous: as in `lesson_owners`; where unidentified speakers of a log without homes count as one user a device,
            they teach for their device.

    Returns:
        None for an unidentified speaker with neither home nor device, where such speakers may be strangers.

    >>> teaching_owner(Turn(turn_id="t", started=0, request="lamp on", device_id="kitchen")).scope
    'household'
    """
    owners = lesson_owners(turn, anonymous)
    preferred = [owner for owner in owners if owner.scope != "device"] or owners
    return preferred[0] if preferred else None
