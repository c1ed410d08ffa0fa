"""Two units that turns are grouped by: whose words they are (privacy), and what is left out together (fitting).

The *privacy unit* is what k-anonymity counts: a release shows to everybody only what `min_users` such units said. Turns
without a user id may all be one person's, so they are one unit together, or one per device.
The *fitting unit* is what cross-fitting, folds and the bootstrap keep together. Without a user id that is one session:
were all anonymous turns one fitting unit, nothing could be learnt from the rest of a home where nobody is identified.
"""

from collections.abc import Iterable

from sayagain.config import Anonymous
from sayagain.turns.session import Session
from sayagain.turns.turn import Turn

__all__ = ["fitting_unit", "privacy_unit", "privacy_units", "required_users"]

_NOBODY = "\0"
"""Begins the name of every anonymous unit, as no user id does."""


def fitting_unit(session: Session) -> str:
    """Return what a session is left out with in cross-fitting: its user's turns, or where nobody is known itself.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on")
    >>> fitting_unit(Session(session_id="s", turns=(turn,)))
    'session s'
    """
    return session.user_id or f"session {session.session_id}"


def privacy_unit(turn: Turn, anonymous: Anonymous = "one") -> str:
    """Return whom a turn counts as for k-anonymity.

    Args:
        turn: with or without a user id.
        anonymous: whom turns without one count as; a turn without a device, too, counts with all other such turns.

    >>> here, there = (Turn(turn_id=x, started=0, request="lamp on", device_id=x) for x in "ab")
    >>> privacy_unit(here) == privacy_unit(there), privacy_unit(here, "device") == privacy_unit(there, "device")
    (True, False)
    """
    if turn.user_id:
        return turn.user_id
    device = (turn.device_id or turn.satellite_id or "") if anonymous == "device" else ""
    return f"{_NOBODY}{device}"


def privacy_units(sessions: Iterable[Session], anonymous: Anonymous = "one") -> dict[str, str]:
    """Return the privacy unit of each fitting unit.

    A session in which a user was identified only after its first turn is that user's.
    """
    found: dict[str, str] = {}
    for session in sessions:
        owner = next((turn for turn in session.turns if turn.user_id), session.turns[0])
        found.setdefault(fitting_unit(session), privacy_unit(owner, anonymous))
    return found


def required_users(min_users: int, users: int) -> int:
    """Return how many users must stand behind what all are shown: `min_users`, or all there are where they are fewer.

    So a single person, or a home where nobody is identified, learns from itself.

    >>> required_users(2, 3), required_users(2, 1), required_users(2, 0)
    (2, 1, 1)
    """
    return max(1, min(min_users, users))
