"""Two units of turns: the privacy unit (whose words they are) and the fitting unit (which turns stay in one fold).

The *privacy unit* is the unit of k-anonymity: a release shows only what at least `min_users` units said. It is the home
of a turn, where that is known: whoever can speak for a home can invent users of it. Else it is the user. Turns with
neither may all come from one person, so they are one unit together, or one per device.
The *fitting unit* is what cross-fitting, folds and the bootstrap keep together. Without a user id it is one session: if
all anonymous turns were one unit, a home without identified users would leave no other fold to learn from.
"""

from collections.abc import Iterable, Sequence

import msgspec

from sayagain.config import Anonymous
from sayagain.turns.session import Session
from sayagain.turns.turn import Turn

__all__ = ["FEW_USERS", "fit_few_users", "fitting_unit", "privacy_unit", "privacy_units", "required_users"]

FEW_USERS = 5
"""Number of users below which a log is cross-fitted by session: the number of folds."""

_NOBODY = "\0"
"""Prefix of every unit that is no user; no user id begins with it."""


def fitting_unit(session: Session) -> str:
    """Return the fitting unit of a session: its user, or the session itself if the user is unknown.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on")
    >>> fitting_unit(Session(session_id="s", turns=(turn,)))
    'session s'
    """
    if session.user_id and not session.alone:
        return session.user_id
    return f"session {session.session_id}"


def fit_few_users(log: Sequence[Session], *, few: bool | None = None) -> list[Session]:
    """Make each session its own fitting unit if the log has fewer than `FEW_USERS` users.

    Leaving out a whole user of a few would leave too little data to train on, and with one user none.

    Args:
        log: the sessions.
        few: whether there are so few, where the log is only a part; None to count them here.

    >>> turn = Turn(turn_id="t", started=0, request="lamp on", user_id="ann")
    >>> [fitting_unit(session) for session in fit_few_users([Session(session_id="s", turns=(turn,))])]
    ['session s']
    """
    users = {session.user_id for session in log} - {None, ""}
    if few is False or (few is None and len(users) >= FEW_USERS):
        return list(log)
    return [msgspec.structs.replace(session, alone=True) for session in log]


def privacy_unit(turn: Turn, anonymous: Anonymous = "one") -> str:
    """Return the privacy unit of a turn, the unit of k-anonymity.

    Args:
        turn: with or without a home and a user id.
        anonymous: the unit of turns without one; turns that lack a device too are one unit together.

    >>> a, b = (Turn(turn_id=x, started=0, request="lamp on", device_id=x) for x in "ab")
    >>> privacy_unit(a) == privacy_unit(b), privacy_unit(a, "device") == privacy_unit(b, "device")
    (True, False)
    """
    if turn.home is not None:
        return f"{_NOBODY}home {turn.home}"
    if turn.user_id:
        return turn.user_id
    device = (turn.device_id or turn.satellite_id or "") if anonymous == "device" else ""
    return f"{_NOBODY}device {device}"


def privacy_units(sessions: Iterable[Session], anonymous: Anonymous = "one") -> dict[str, str]:
    """Return the privacy unit of each fitting unit.

    If a session identifies its user only after the first turn, it belongs to that user.
    """
    units: dict[str, str] = {}
    for session in sessions:
        owner = next((turn for turn in session.turns if turn.user_id), session.turns[0])
        units.setdefault(fitting_unit(session), privacy_unit(owner, anonymous))
    return units


def required_users(min_users: int, users: int) -> int:
    """Return the users needed to share something with everybody: `min_users`, or all users if there are fewer.

    So a single person, or a home without identified users, learns from its own log.

    >>> required_users(2, 3), required_users(2, 1), required_users(2, 0)
    (2, 1, 1)
    """
    return max(1, min(min_users, users))
