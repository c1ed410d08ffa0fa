"""Two units that turns are grouped by: whose words they are (privacy), and what is left out together (fitting).

The *privacy unit* is what k-anonymity counts: a release shows to everybody only what `min_users` such units said. Turns
without a user id may all be one person's, so they are one unit together, or one per device.
The *fitting unit* is what cross-fitting, folds and the bootstrap keep together. Without a user id that is one session:
were all anonymous turns one fitting unit, nothing could be learnt from the rest of a home where nobody is identified.
"""

from collections.abc import Iterable, Sequence

import msgspec

from sayagain.config import Anonymous
from sayagain.turns.session import Session
from sayagain.turns.turn import Turn

__all__ = ["FEW_USERS", "fit_few_users", "fitting_unit", "privacy_unit", "privacy_units", "required_users"]

FEW_USERS = 5
"""Users below which a log is cross-fitted by session: as many as there are folds."""

_NOBODY = "\0"
"""Begins the name of every anonymous unit, as no user id does."""


def fitting_unit(session: Session) -> str:
    """Return what a session is left out with in cross-fitting: its user's turns, or where nobody is known itself.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on")
    >>> fitting_unit(Session(session_id="s", turns=(turn,)))
    'session s'
    """
    if session.user_id and not session.alone:
        return session.user_id
    return f"session {session.session_id}"


def fit_few_users(log: Sequence[Session]) -> list[Session]:
    """Return a log whose sessions are left out one by one where it has fewer than `FEW_USERS` users.

    Were one of a few users left out whole, next to nothing would be left to learn from, and with one user nothing.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on", user_id="ann")
    >>> [fitting_unit(session) for session in fit_few_users([Session(session_id="s", turns=(turn,))])]
    ['session s']
    """
    users = {session.user_id for session in log} - {None, ""}
    if len(users) >= FEW_USERS:
        return list(log)
    return [msgspec.structs.replace(session, alone=True) for session in log]


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
