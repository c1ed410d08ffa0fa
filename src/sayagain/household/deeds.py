"""Deeds: canonical actions and answers, so that the assistant's deed can be compared with the right one."""

from typing import NamedTuple

import msgspec

from sayagain.household.home import Device, Home, Satellite

__all__ = ["NOTHING", "Deed", "Memory", "Place"]


class Deed(NamedTuple):
    """One action or answer; hypotheses that lead to the same deed are equally right.

    >>> Deed("turn on", ("light.kitchen_light",)) == Deed("turn on", ("light.kitchen_light",), "")
    True
    """

    verb: str
    """For example `turn on`, `play`, `tell`."""
    targets: tuple[str, ...] = ()
    """Ids of devices, items, contacts or rooms, sorted; for `tell` also the topic."""
    value: str = ""
    """The number, time, item or kind."""


NOTHING = Deed("nothing")
"""The deed of small talk and of "never mind"."""


class Memory(msgspec.Struct, frozen=True, gc=False):
    """The last deed of a session."""

    deed: Deed
    """The last deed that worked."""
    time: int
    """Time of the deed, in milliseconds."""


class Place(msgspec.Struct, frozen=True):
    """The place of a request, as far as the assistant knows it."""

    home: Home
    """The home."""
    satellite: Satellite
    """The satellite spoken to."""
    memory: Memory | None = None
    """The last deed of the session; None at its start."""

    @property
    def area(self) -> str:
        """The id of the room."""
        return self.satellite.area

    def nearest_device(self, domain: str, device_class: str = "") -> Device | None:
        """Return the first device of a kind in this room, or else in the home.

        Args:
            domain: the domain.
            device_class: the device class; empty for any.
        """
        devices = [d for d in self.home.devices if d.domain == domain and device_class in {"", d.device_class}]
        return next((d for d in devices if d.area == self.area), devices[0] if devices else None)

    def last_device(self) -> Device | None:
        """Return the device of the last deed, if it had one."""
        if self.memory is None or not self.memory.deed.targets:
            return None
        return self.home.device(self.memory.deed.targets[0])
