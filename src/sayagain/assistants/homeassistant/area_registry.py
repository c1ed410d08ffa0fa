"""Which room a device or satellite stands in, as Home Assistant's registries say."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from sayagain.assistants.homeassistant.api import HomeAssistant
from sayagain.errors import ServiceError
from sayagain.text import normalise

__all__ = ["AreaRegistry", "is_implicit_slot"]

_log = logging.getLogger(__name__)

_CHANGES = ("area_registry_updated", "device_registry_updated", "entity_registry_updated")
_SETTLED = 1.0
"""Seconds to wait after a change, since changes come in crowds."""


def is_implicit_slot(name: str, value: object, area: str | None, request: str) -> bool:
    """Whether a slot is the room that Home Assistant put in by itself, because nobody named another.

    It is left out of readings, so that the same words are the same reading in every room.

    >>> (
    ...     is_implicit_slot("area", "Bedroom", "Bedroom", "turn on the lights"),
    ...     is_implicit_slot("area", "Den", "Bedroom", "den off"),
    ... )
    (True, False)

    Args:
        name: of the slot.
        value: of the slot.
        area: the room in which the words were said.
        request: the words.
    """
    if name != "area" or area is None:
        return name.startswith("preferred_")
    room = normalise(area)
    return normalise(str(value)) == room and room not in normalise(request)


class AreaRegistry:
    """The areas of devices and satellites, kept up to date."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        """Area names by area id."""
        self.of_device: dict[str, str] = {}
        """Area ids by device id."""
        self.of_satellite: dict[str, str] = {}
        """Area ids by entity id of a satellite."""
        self.device_of: dict[str, str] = {}
        """Device ids by entity id of a satellite."""
        self._changed: asyncio.Task[None] | None = None
        self._told: list[Callable[[], None]] = []

    async def follow(self, home: HomeAssistant) -> None:
        """Read the registries, and again whenever they change.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        await self.read(home)

        def soon(_: object = None) -> None:
            if self._changed is None or self._changed.done():
                self._changed = asyncio.create_task(self._read_soon(home))

        for kind in _CHANGES:
            await home.subscribe("subscribe_events", soon, event_type=kind)
        home.when_restored(soon)

    async def read(self, home: HomeAssistant) -> None:
        """Read the registries once.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
        """
        areas = await home.call("config/area_registry/list")
        devices = await home.call("config/device_registry/list")
        entities = await home.call("config/entity_registry/list")
        satellites = [each for each in entities if each["entity_id"].startswith("assist_satellite.")]
        self.names = {area["area_id"]: area["name"] for area in areas}
        self.of_device = {device["id"]: device["area_id"] for device in devices if device["area_id"]}
        self.device_of = {each["entity_id"]: each["device_id"] for each in satellites if each["device_id"]}
        self.of_satellite = {each["entity_id"]: each["area_id"] for each in satellites if each["area_id"]}

    def when_changed(self, told: Callable[[], None]) -> None:
        """Call `told` after each change of areas, devices or entities."""
        self._told.append(told)

    def area_id(self, device_id: str | None, satellite_id: str | None) -> str | None:
        """Return the area of a satellite or device, the satellite's own first; None when it stands in none."""
        if satellite_id is not None:
            if satellite_id in self.of_satellite:
                return self.of_satellite[satellite_id]
            device_id = device_id or self.device_of.get(satellite_id)
        return None if device_id is None else self.of_device.get(device_id)

    def area(self, device_id: str | None, satellite_id: str | None) -> str | None:
        """Return the area's name."""
        found = self.area_id(device_id, satellite_id)
        return None if found is None else self.names.get(found, found)

    async def _read_soon(self, home: HomeAssistant) -> None:
        await asyncio.sleep(_SETTLED)
        with contextlib.suppress(ServiceError):
            await self.read(home)
            for told in self._told:
                told()
