"""The homes of a log: whose home a turn belongs to that names none, by the other turns of its user or device."""

from collections.abc import Iterable

import msgspec

from sayagain.config import Anonymous
from sayagain.turns.turn import Turn

__all__ = ["Homes"]


class Homes:
    """The homes that the turns of a log name, by user, and by device where nobody is identified.

    A user who was logged before the home was known must not count as a second user. Where turns name several homes for
    one user or device, the first by name is taken.

    Args:
        turns: in any order.
        anonymous: as for `sayagain.turns.privacy_unit`; where each device is a unit, devices tell no home.

    >>> old = Turn(turn_id="a", started=0, request="lamp on", user_id="ann")
    >>> homes = Homes([old, msgspec.structs.replace(old, turn_id="b", home="flat")])
    >>> homes.fill(old).home
    'flat'
    """

    def __init__(self, turns: Iterable[Turn], anonymous: Anonymous = "one") -> None:
        self._anonymous = anonymous
        self._homes: dict[tuple[str, str], str] = {}
        for turn in turns:
            key = self._key(turn)
            if turn.home is not None and key is not None:
                self._homes[key] = min(turn.home, self._homes.get(key, turn.home))

    def fill(self, turn: Turn) -> Turn:
        """Return a turn with its home, where it names none and the log knows it."""
        key = self._key(turn) if turn.home is None and self._homes else None
        home = None if key is None else self._homes.get(key)
        return turn if home is None else msgspec.structs.replace(turn, home=home)

    def _key(self, turn: Turn) -> tuple[str, str] | None:
        if turn.user_id:
            return "user", turn.user_id
        device = turn.device_id or turn.satellite_id
        return ("device", device) if device and self._anonymous == "one" else None
